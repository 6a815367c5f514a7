"""From possible answers and a trained model to the answer, with its quote and the chance that it is right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from classify.candidates import Candidate, Features
from classify.count_candidates import people_candidates, study_candidates
from classify.document import Document
from classify.drug_candidates import comparator_candidates, dose_candidates
from classify.fact_model import FactModel
from classify.fact_values import plain_value
from classify.people import Fact
from classify.session_candidates import session_candidates
from classify.time_candidates import follow_up_candidates


class Question(NamedTuple):
    """Where a fact's possible answers come from, and whether it may have several values at once."""

    candidates: Callable[[Document, str, Fact | None], list[Candidate]]
    several: bool = False


#: By field, as in `fact_model.WEIGHED`.
QUESTIONS = {
    "n_participants": Question(people_candidates),
    "n_studies": Question(study_candidates),
    "dose": Question(dose_candidates, several=True),
    "sessions": Question(session_candidates),
    "comparator": Question(comparator_candidates, several=True),
    "follow_up": Question(follow_up_candidates),
}
#: An answer with a smaller chance is none; of several values each needs an even chance.
LEAST, LEAST_OF_SEVERAL = 0.4, 0.5


@dataclass(frozen=True, slots=True)
class Possible:
    """A possible answer: its value in plain form, its mentions, and the signs of all of them."""

    plain: str
    mentions: list[Candidate]
    features: Features


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer, with its chance and the signs that spoke most for it."""

    fact: Fact
    certain: bool
    terms: list[list[str | float]]


def possible_answers(document: Document, study_design: str, field: str, ruled: Fact | None) -> list[Possible]:
    """What the record may mean, in order of first mention; `ruled` is what the rules say."""
    groups: dict[str, list[Candidate]] = {}
    for candidate in QUESTIONS[field].candidates(document, study_design, ruled):
        for plain in plain_value(field, candidate.value):
            groups.setdefault(plain, []).append(candidate)
    return [Possible(plain, mentions, _together(mentions)) for plain, mentions in groups.items()]


def _together(mentions: Sequence[Candidate]) -> Features:
    features: Features = {}
    for mention in mentions:
        features.update(mention.features)
    features[f"said {min(len(mentions), 4)} times"] = 1.0
    return features


def chosen(field: str, chances: Sequence[float]) -> tuple[list[int], float]:
    """The places of the values that are the answer (none where nothing is likely enough), and the chance that it is right
    and whole."""
    if not chances:
        return [], 0.0
    if QUESTIONS[field].several:
        places = [place for place, chance in enumerate(chances) if chance >= LEAST_OF_SEVERAL]
        whole = 1.0
        for chance in chances:
            whole *= max(chance, 1 - chance)
        return places, whole if places else 0.0
    best = max(range(len(chances)), key=chances.__getitem__)
    return ([best], chances[best]) if chances[best] >= LEAST else ([], 0.0)


#: "n = 31" is quoted whole.
_EQUALS = re.compile(r"\bn ?= ?$")


def answer(document: Document, study_design: str, field: str, ruled: Fact | None, model: FactModel) -> Answer | None:
    """The likeliest answer, None where none is likely enough."""
    possible = possible_answers(document, study_design, field, ruled)
    places, chance = chosen(field, [model.chance(item.features) for item in possible])
    if not places:
        return None
    told = [possible[place] for place in places]
    shown = [max(item.mentions, key=lambda mention: model.score(mention.features)) for item in told]
    value = shown[0].value if len(shown) == 1 else "; ".join(str(item.value) for item in shown)
    first = shown[0]
    text = document.title if first.in_title else document.text
    equals = _EQUALS.search(text[max(0, first.start - 4) : first.start])
    start = first.start - len(equals[0]) if equals else first.start
    chance = round(chance, 4)
    fact = Fact(value, start, first.end, chance, first.in_title)
    return Answer(fact, chance >= model.certain, model.weighed(told[0].features))
