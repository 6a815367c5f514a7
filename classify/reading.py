"""The reader that the tagger calls: outcomes with their directions, overall direction, facts and facets of one record."""

from __future__ import annotations

from classify.document import Document, read_document
from classify.fact_model import FactModels
from classify.facts import read_facts
from classify.lexicon import Lexicon
from classify.outcome_model import OutcomeModel
from classify.outcomes import read_directions
from db.records import Tag, TaggableRecord
from db.topic import Topic


class Reader:
    """Reads records for one topic. Build it once; it keeps the compiled words of the topic.

    No model is needed: a new topic works from its words alone. `outcomes` and `facts` weigh what the rules read, where
    there are some.
    """

    def __init__(self, topic: Topic, outcomes: OutcomeModel | None = None, facts: FactModels | None = None) -> None:
        self.topic = topic
        self.lexicon = Lexicon(topic)
        self._outcomes = outcomes
        self._facts = facts

    def read(self, record: TaggableRecord, *, study_design: str, relevance: str) -> list[Tag]:
        """Every tag of this reader for one record, given the labels that stand for its design and relevance.

        A notice gets none, and neither does a record that never names the topic's drug.
        """
        document = self.document(record, study_design=study_design, relevance=relevance)
        if document is None:
            return []
        return [
            *self.directions(document, study_design),
            *read_facts(document, study_design, self._facts),
        ]

    def directions(self, document: Document, study_design: str) -> list[Tag]:
        """The tags of outcomes and of the main result."""
        return read_directions(document, self.lexicon, study_design, self._outcomes)

    def document(self, record: TaggableRecord, *, study_design: str, relevance: str) -> Document | None:
        """The record made ready for `read_directions` and `read_facts`, None where there is nothing to read."""
        return None if study_design == "notice" else read_document(record, self.lexicon, relevance, study_design)
