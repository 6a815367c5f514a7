"""The classifier's face to the rest of the product: records in, tags out.

Three layers, each named on its tags: what PubMed says, rules over phrases, and the trained model. A person's correction
stands above them all, but that is the store's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from classify.design_rules import Guess, Reading, pubmed_design, read_cues, text_design
from classify.language import is_foreign
from classify.relevance import read_relevance
from classify.sections import Sections, split_sections
from db.records import Layer, ModelInfo, Tag, TaggableRecord
from db.topic import Topic

#: Below this chance a design or relevance is left to a person.
RULES_THRESHOLD = 0.8

FOREIGN_NOTE = "The abstract is not in English: tagged from title and MeSH."


class Tagger:
    """Tags records of one topic.

    `artifact` is the trained model's file; without it the one that travels with the package is used.
    Raises BadInput if the artifact was tampered with or belongs to another version.
    """

    def __init__(self, topic: Topic, artifact: Path | None = None) -> None:
        self.topic = topic
        self.model = ModelInfo(id=f"rules-{_rules_hash(topic)[:12]}")

    def tag(self, records: Sequence[TaggableRecord]) -> list[tuple[Tag, ...]]:
        """The tags of each record, in the order of `records`. Records are independent of each other."""
        return [self._tag_one(record) for record in records]

    def _tag_one(self, record: TaggableRecord) -> tuple[Tag, ...]:
        sections, foreign = readable(record)
        reading = read_cues(sections)
        tags = [_settled(read_relevance(record, sections, self.topic)), _settled(design_tag(record, reading))]
        tags.append(secondary_tag(reading))
        return tuple(_noted(tag, FOREIGN_NOTE) for tag in tags) if foreign else tuple(tags)


def readable(record: TaggableRecord) -> tuple[Sections, bool]:
    """The record's parts, without an abstract in another language, and whether there was one."""
    sections = split_sections(record)
    if is_foreign(sections.body):
        return Sections(title=sections.title, body=""), True
    return sections, False


def design_tag(record: TaggableRecord, reading: Reading) -> Tag:
    """Study design from PubMed's word and phrases together."""
    pubmed, text = pubmed_design(record), text_design(reading)
    if pubmed is None or _outranks(text, pubmed):
        return _tag_from(text, Layer.RULES)
    if text.design == pubmed.design:
        agreed = 1 - (1 - pubmed.chance) * (1 - text.chance)
        return _tag_from(Guess(pubmed.design, agreed, pubmed.because + text.because), Layer.PUBMED)
    return _tag_from(pubmed, Layer.PUBMED)


def _outranks(text: Guess, pubmed: Guess) -> bool:
    # Plans, animals and notices win over the design that is planned, mimicked or corrected (labels guideline).
    wins = {"protocol", "preclinical", "notice", "meta_analysis", "systematic_review", "qualitative"}
    return text.chance > pubmed.chance or (text.design in wins and text.chance >= 0.85 and pubmed.design not in wins)


def _tag_from(guess: Guess, layer: Layer) -> Tag:
    return Tag("study_design", guess.design, guess.chance, layer, why={"cues": list(guess.because)})


def secondary_tag(reading: Reading) -> Tag:
    """Whether the record re-uses data that were gathered for another stated purpose."""
    words = reading.text.get("secondary analysis") or reading.text.get("data of another study")
    return Tag(
        "secondary_analysis", bool(words), 0.85 if words else 0.92, Layer.RULES, why={"cues": [words] if words else []}
    )


def _settled(tag: Tag) -> Tag:
    abstained = tag.probability < RULES_THRESHOLD
    return Tag(tag.field, tag.value, tag.probability, tag.layer, abstained, tag.quote, tag.why)


def _noted(tag: Tag, note: str) -> Tag:
    return Tag(tag.field, tag.value, tag.probability, tag.layer, tag.abstained, tag.quote, {**tag.why, "note": note})


def _rules_hash(topic: Topic) -> str:
    """A fingerprint of the rules: the package's own source and data files, and the topic file."""
    digest = hashlib.sha256(topic.sha256.encode())
    for entry in sorted(files("classify").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".py", ".toml")):
            digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()
