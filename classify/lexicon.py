"""The topic file's words, compiled: where a text speaks of the exposure, of an outcome or of a facet."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter

from classify.phrases import Hit, Phrases, holds, plain
from db.topic import OutcomeLexicon, Topic

MORE, LESS, UNCLEAR = 1, -1, 0
_POLARITY = {"more": MORE, "less": LESS, "unclear": UNCLEAR}


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase of the topic file stands for.

    `kind` is exposure, subject, outcome, context, benefit, harm, not (a phrase that is no outcome) or facet; `id` the
    outcome domain or facet value. `good` says which way the quantity is good for the patient (1 more, -1 less,
    0 neither). `in_context` marks an outcome term that counts only beside a context word of its domain.
    """

    kind: str
    id: str = ""
    facet: str = ""
    good: int = UNCLEAR
    in_context: bool = False


TermHit = Hit[Term]


@dataclass(frozen=True, slots=True)
class Found:
    """What a text holds, by kind; each list in order of place."""

    exposures: list[TermHit] = field(default_factory=list)
    subjects: list[TermHit] = field(default_factory=list)
    outcomes: list[TermHit] = field(default_factory=list)
    contexts: list[TermHit] = field(default_factory=list)
    facets: list[TermHit] = field(default_factory=list)


class Lexicon:
    """A topic's words, ready for use. Build it once per topic: it remembers the words it has seen."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.domains = {outcome.id: outcome for outcome in topic.outcomes}
        self.facet_names = {(value.facet, value.id): value for value in topic.facets}
        self._stems = tuple({plain(term).rstrip("*")[:5] for term in topic.exposure_terms})
        self._phrases: Phrases[Term] = Phrases(_terms(topic))

    def may_mention_exposure(self, text: str) -> bool:
        """Whether a text prepared by `phrases.plain` may name the studied drug: the cheap first question."""
        return holds(text, self._stems)

    def find(self, text: str) -> Found:
        """Everything the topic has a word for, in a text prepared by `phrases.plain`."""
        found = Found()
        places = {
            "exposure": found.exposures,
            "subject": found.subjects,
            "context": found.contexts,
            "facet": found.facets,
        }
        outcomes = found.outcomes
        for hit in self._phrases.find(text):
            places.get(hit[2].kind, outcomes).append(hit)
        found.outcomes[:] = _longest(found.outcomes)
        return found


def _longest(hits: list[TermHit]) -> list[TermHit]:
    """Of hits of one domain that overlap, the longest; those that are no outcome fall out afterwards."""
    kept: dict[str, tuple[list[int], list[int]]] = {}
    wanted: dict[str, list[TermHit]] = {}
    for hit in sorted(hits, key=_rank):
        start, end, term = hit
        starts, ends = kept.setdefault(term.id, ([], []))
        place = bisect_left(starts, end)  # what is kept doesn't overlap, so of what starts earlier the last ends last
        if place and ends[place - 1] > start:
            continue
        starts.insert(place, start)
        ends.insert(place, end)
        same = wanted.setdefault(term.id, [])
        if term.kind != "not":
            same.append(hit)
    return sorted(chain.from_iterable(wanted.values()), key=itemgetter(0))


def _rank(hit: TermHit) -> tuple[int, bool, bool]:
    start, end, term = hit
    return start - end, term.kind == "outcome", term.in_context


def _terms(topic: Topic) -> Iterator[tuple[str, Term]]:
    for phrase in topic.exposure_terms:
        yield phrase, Term("exposure")
    for phrase in topic.subject_terms:
        yield phrase, Term("subject")
    for outcome in topic.outcomes:
        yield from _outcome_terms(outcome)
    for value in topic.facets:
        for phrase in value.terms:
            yield phrase, Term("facet", value.id, value.facet)


def _outcome_terms(outcome: OutcomeLexicon) -> Iterator[tuple[str, Term]]:
    usual = _POLARITY[outcome.better_when]
    turned = dict.fromkeys(outcome.more_is_better, MORE) | dict.fromkeys(outcome.less_is_better, LESS)
    in_context = set(outcome.terms_in_context)
    listed = [*outcome.terms, *outcome.terms_in_context]
    for phrase in dict.fromkeys([*listed, *turned]):
        good = turned.get(phrase, usual)
        yield phrase, Term("outcome", outcome.id, good=good, in_context=phrase in in_context)
    for kind, phrases in (("benefit", outcome.benefit_terms), ("harm", outcome.harm_terms), ("not", outcome.not_terms)):
        for phrase in phrases:
            yield phrase, Term(kind, outcome.id)
    for phrase in outcome.context:
        yield phrase, Term("context", outcome.id)
