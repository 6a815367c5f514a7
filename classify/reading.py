"""The reader that the tagger calls: outcomes with their directions, overall direction, facts and facets of one record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classify.document import Document, read_document
from classify.facts import read_facts
from classify.lexicon import Lexicon
from classify.outcomes import read_directions
from db.records import Tag, TaggableRecord
from db.topic import Topic


class Reader:
    """Reads records for one topic. Build it once; it keeps the compiled words of the topic.

    `models` are the fitted parts of the artifact by name, as `classify.direction_model` and `classify.outcome_model`
    make them; without them (a new topic, or no artifact) the rules alone decide.
    """

    def __init__(self, topic: Topic, models: Mapping[str, Any] | None = None) -> None:
        self.topic = topic
        self.lexicon = Lexicon(topic)
        self.models = dict(models or {})

    def read(self, record: TaggableRecord, *, study_design: str, relevance: str) -> list[Tag]:
        """Every tag of this reader for one record, given the labels that stand for its design and relevance.

        A notice gets none, and neither does a record that never names the topic's drug.
        """
        document = self.document(record, study_design=study_design, relevance=relevance)
        if document is None:
            return []
        return [
            *read_directions(document, self.lexicon, study_design, self.models),
            *read_facts(document, study_design),
        ]

    def document(self, record: TaggableRecord, *, study_design: str, relevance: str) -> Document | None:
        """The record made ready for `read_directions` and `read_facts`, None where there is nothing to read."""
        return None if study_design == "notice" else read_document(record, self.lexicon, relevance)
