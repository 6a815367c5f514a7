"""The classifier's face to the rest of the product: records in, tags out.

Three layers, each named on its tags: what PubMed says, rules over phrases, and the trained model. A person's correction
stands above them all, but that is the store's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from classify.artifact import Artifact, load_artifact, packaged_artifact
from classify.design import design_tags, secondary_tag
from classify.design_rules import read_cues
from classify.fact_model import facts_from_content
from classify.language import is_foreign
from classify.model import from_content
from classify.outcome_model import outcomes_from_content
from classify.reading import Reader
from classify.relevance import read_relevance
from classify.sections import Sections, split_sections
from db.records import ModelInfo, Tag, TaggableRecord
from db.topic import Topic

#: Records tagged at once: enough for numpy to pay off, few enough for little memory.
BATCH = 500

FOREIGN_NOTE = "The abstract is not in English: tagged from title and MeSH."
#: Longer abstracts are cut: some sources put a whole text there, and a slip of a parser must not stop the run.
LONGEST = 40_000

LONG_NOTE = f"The abstract is too long to be one: only its first {LONGEST:,} characters were read."


class Tagger:
    """Tags records of one topic.

    `artifact` is the trained model's file; without it the one that travels with the package is used, and without that
    the rules alone decide. Raises BadInput if the artifact was tampered with or belongs to another version.
    """

    def __init__(self, topic: Topic, artifact: Path | None = None) -> None:
        path = artifact or packaged_artifact()
        loaded = load_artifact(path) if path else None
        self.topic = topic
        self.model = _model_info(topic, loaded, path)
        self._design = from_content(loaded.content["design"]) if loaded and "design" in loaded.content else None
        self.trained_on = frozenset(str(loaded.content.get("trained_on", "")).split()) if loaded else frozenset()
        outcomes = loaded.content.get("outcomes") if loaded else None
        facts = loaded.content.get("facts") if loaded else None
        self._reader = Reader(
            topic,
            outcomes_from_content(outcomes) if outcomes else None,
            facts_from_content(facts) if facts else None,
        )

    def tag(self, records: Sequence[TaggableRecord]) -> list[tuple[Tag, ...]]:
        """The tags of each record, in the order of `records`. Records are independent of each other."""
        return [tags for start in range(0, len(records), BATCH) for tags in self._batch(records[start : start + BATCH])]

    def _batch(self, records: Sequence[TaggableRecord]) -> Iterable[tuple[Tag, ...]]:
        records = [_cut(record) for record in records]
        readable_parts = [readable(record) for record in records]
        readings = [read_cues(sections) for sections, _ in readable_parts]
        designs = design_tags(records, readings, self._design)
        for record, (sections, foreign), reading, design in zip(
            records, readable_parts, readings, designs, strict=True
        ):
            tags = [read_relevance(record, sections, self.topic), design, secondary_tag(reading)]
            if foreign:
                yield _noted(tags, FOREIGN_NOTE)
                continue
            read = self._reader.read(record, study_design=str(design.value), relevance=str(tags[0].value))
            tags += read if sections.body else _from_title(read)
            yield _noted(tags, LONG_NOTE) if len(record.abstract) == LONGEST else tuple(tags)


def _cut(record: TaggableRecord) -> TaggableRecord:
    """Without what follows the longest abstract that is believable: a slip of a parser must not stop the run."""
    if len(record.abstract) <= LONGEST:
        return record
    return replace(record, abstract=record.abstract[:LONGEST], sections=())


def _noted(tags: Sequence[Tag], note: str) -> tuple[Tag, ...]:
    return tuple(replace(tag, why={**tag.why, "note": note}) for tag in tags)


def readable(record: TaggableRecord) -> tuple[Sections, bool]:
    """The record's parts, without an abstract in another language, and whether there was one."""
    sections = split_sections(record)
    if is_foreign(sections.body):
        return Sections(title=sections.title, body=""), True
    return sections, False


def _from_title(tags: Sequence[Tag]) -> list[Tag]:
    """A title may tell what was found; what it does not tell is unknown, not "not reported"."""
    told = [tag for tag in tags if tag.value not in (None, [])]
    return [replace(tag, abstained=True) if tag.value == "not_reported" else tag for tag in told]


def _model_info(topic: Topic, loaded: Artifact | None, path: Path | None) -> ModelInfo:
    rules = _rules_hash(topic)
    if loaded is None or path is None:
        return ModelInfo(id=f"rules-{rules[:12]}")
    card = path.with_name("card.md")
    return ModelInfo(
        id=f"model-{loaded.sha256[:12]}-{rules[:8]}",
        artifact_sha256=loaded.sha256,
        training_sha256=str(loaded.metadata.get("training_sha256", "")),
        metrics=dict(loaded.metadata.get("metrics", {})),
        card=card.read_text(encoding="utf-8") if card.exists() else "",
    )


def _rules_hash(topic: Topic) -> str:
    """A fingerprint of the rules: the package's own source and data files, and the topic file."""
    digest = hashlib.sha256(topic.sha256.encode())
    for entry in sorted(files("classify").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".py", ".toml")):
            digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()
