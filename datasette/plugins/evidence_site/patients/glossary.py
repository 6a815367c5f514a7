"""Explains each medical word where it is first used."""

from __future__ import annotations

from dataclasses import replace

from evidence_site.patients import measures
from evidence_site.patients.study import Block, Meaning, Section
from evidence_site.patients.texts import Texts


def explain(sections: list[Section], texts: Texts) -> tuple[Section, ...]:
    """The sections with the meaning of each word of the glossary after the text that uses it first."""
    known: set[str] = set()
    return tuple(
        replace(
            section,
            blocks=tuple(replace(block, meanings=_meanings(block, texts, known)) for block in section.blocks),
            meanings=new_words(
                " ".join(f"{finding.name} {finding.statement.text}" for finding in section.findings), texts, known
            ),
        )
        for section in sections
    )


def _meanings(block: Block, texts: Texts, known: set[str]) -> tuple[Meaning, ...]:
    return new_words(block.statement.text, texts, known)


def new_words(text: str, texts: Texts, known: set[str]) -> tuple[Meaning, ...]:
    """Meanings of the words in `text` that are not in `known`, in the order of the glossary; adds them to `known`."""
    found = []
    for id_, entry in (texts.get("glossary") or {}).items():
        if id_ not in known and any(measures.mentions(text, form) for form in entry["forms"]):
            known.add(id_)
            found.append(Meaning(texts("heading.word", word=entry["word"]), texts.fill(entry["meaning"])))
    return tuple(found)
