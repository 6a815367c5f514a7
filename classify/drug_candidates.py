"""Doses that may be the studied drug's, and drugs that may be what it was compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from classify.candidates import Candidate, Features, Place, around, context_of, marked_drugs, nearest_drugs
from classify.comparator_names import COMPARATORS, INERT, as_named, held
from classify.document import Document
from classify.dosing import OTHER_DRUG, dose_mentions, drug_places, in_range, named_drugs, other_places, own_doses
from classify.people import Fact


def dose_candidates(document: Document, study_design: str, ruled: Fact | None) -> list[Candidate]:
    """Every dose in the abstract."""
    ruled_values = _several(ruled)
    found: list[Candidate] = []
    for index, sentence in enumerate(document.sentences):
        mentions, others = drug_places(document, sentence), other_places(document, sentence)
        doses = list(dose_mentions(document, sentence, mentions))
        if not doses:
            continue
        own = {start for start, _, _ in own_doses(document, sentence)}
        drugs = ("own and another" if others else "own") if mentions else "another" if others else "none"
        context = {**context_of(document, index, study_design), f"drugs {drugs}": 1.0}
        words = document.text[sentence.start : sentence.end]
        marked = marked_drugs(mentions, others)
        for match, values, signs in doses:
            start, end = match.span()
            features: Features = {**context, **around(words, start - sentence.start, end - sentence.start)}
            features |= nearest_drugs(document.text, start, end, marked)
            features |= dict.fromkeys(signs, 1.0)
            features["own by rule" if start in own else "another's by rule"] = 1.0
            features[f"listed {min(len(values), 4)}"] = 1.0
            for value in values:
                found.append(Candidate(value, start, end, False, {**features, **_signs_of_dose(value, ruled_values)}))
    _compare_doses(found)
    return found


def _several(ruled: Fact | None) -> frozenset[str]:
    return frozenset(str(ruled.value).split("; ")) if ruled else frozenset()


def _signs_of_dose(value: str, ruled: frozenset[str]) -> Features:
    told: Features = {f"unit {value.partition(' ')[2]}": 1.0, f"value {value}": 1.0}
    told[f"the rules say {_among(value, ruled)}"] = 1.0
    if value in ruled:
        told[f"the rules say so, of {min(len(ruled), 3)}"] = 1.0
    if "-" in value:
        told["range"] = 1.0
    return told


def _among(value: str, ruled: frozenset[str]) -> str:
    return "none" if not ruled else "so" if value in ruled else "another"


def _compare_doses(found: Sequence[Candidate]) -> None:
    """Adds to each dose how it stands to the record's others."""
    values = list(dict.fromkeys(str(candidate.value) for candidate in found))
    units = [str(candidate.value).partition(" ")[2] for candidate in found]
    for place, candidate in enumerate(found):
        signs = {
            "unit of the first": units[place] == units[0],
            "others by weight": "kg" not in units[place] and any("kg" in unit for unit in units),
            "within a range": in_range(str(candidate.value), values),
            f"values {min(len(values), 5)}": True,
            f"rank {min(place, 4)}": True,
        }
        candidate.features.update({name: 1.0 for name, holds in signs.items() if holds})


_CONTROL = re.compile(r"\b(?:healthy )?controls?\b(?! (?:diet|condition))")
_GROUP = re.compile(r"^\)?(?: \([^)]{0,12}\))?[ -](?:groups?|arms?|treated|controll\w+|conditions?)\b")
#: Words of a comparison, or of what is given together.
_COMPARING = re.compile(
    r"\b(?:versus|vs|compared?|comparing|comparison|comparator|than|random\w*|or|control\w*|placebo|crossover|cross-over|between"
    r"|relative|either|superior|groups?|arms?|received|both|active|plus|add\w*|under|induc\w+|anesthesia|anaesthesia)\b"
)


def comparator_candidates(document: Document, study_design: str, ruled: Fact | None) -> list[Candidate]:
    """Every other drug or treatment in title and abstract, placebo, saline and controls."""
    titled = [(hit.start, hit.end) for hit in document.in_title.exposures]
    base: Features = {f"design {study_design}": 1.0, "drug studied": float(document.studied), "in title": 1.0}
    others = [match.span() for match in OTHER_DRUG.finditer(document.title)]
    found = list(_named_in(document.title, 0, others, titled, base))
    for index, sentence in enumerate(document.sentences):
        words, offset = document.text[sentence.start : sentence.end], sentence.start
        others = [(start - offset, end - offset) for start, end in named_drugs(document, sentence)]
        if not others and not _CONTROL.search(words) and not held(words):
            continue
        mentions = [(start - offset, end - offset) for start, end in drug_places(document, sentence)]
        found += _named_in(words, offset, others, mentions, context_of(document, index, study_design))
    _compare_names(found, study_design, _several(ruled))
    return found


def _kind(name: str) -> str:
    return "inert" if name in INERT else "control" if "control" in name else "active"


def _compare_names(found: Sequence[Candidate], study_design: str, ruled: frozenset[str]) -> None:
    """Adds to each name how it stands to the record's others, and what the rules say."""
    names = {str(candidate.value) for candidate in found}
    titled = {str(candidate.value) for candidate in found if candidate.in_title}
    for candidate in found:
        name = str(candidate.value)
        kind, ruling = _kind(name), _among(name, ruled)
        signs = {
            f"name {name}": True,
            f"names {min(len(names), 5)}": True,
            f"kind {kind}": True,
            f"kind {kind}, {study_design}": True,
            f"the rules say {ruling}": True,
            f"the rules say {ruling}, {kind}": True,
            f"inert besides, {kind}": bool(names & INERT - {name}),
            f"midazolam besides, {kind}": "midazolam" in names - {name},
            f"another in the title, {kind}": bool(titled) and name not in titled,
            f"alone, {kind}": len(names) == 1,
        }
        candidate.features.update({sign: 1.0 for sign, holds in signs.items() if holds})


def _named_in(
    words: str, offset: int, others: Sequence[Place], mentions: Sequence[Place], context: Features
) -> Iterator[Candidate]:
    places = _names(words, others)
    if not places:
        return
    in_title = "in title" in context
    marked = marked_drugs(mentions, list(places))
    telling: Features = {f"telling {match[0]}": 1.0 for match in _COMPARING.finditer(words)}
    for span, name in sorted(places.items()):
        features: Features = {**context, **telling, **around(words, *span)}
        features |= nearest_drugs(words, *span, marked)
        if mentions:
            features["with the drug in one sentence"] = 1.0
        if _GROUP.match(words[span[1] :]):
            features["a group"] = 1.0
        if in_title:
            sides = ("before", "after", "right", "drug", "between")
            features |= {f"title: {sign}": 1.0 for sign in features if sign.startswith(sides)}
        value = as_named(name, words[slice(*span)])
        yield Candidate(value, offset + span[0], offset + span[1], in_title, features)


def _names(words: str, others: Sequence[Place]) -> dict[Place, str]:
    """Every drug or control in a text by its place, the drugs at `others` among them."""
    places: dict[Place, str] = {}
    for index in held(words):
        name, pattern = COMPARATORS[index]
        places |= {match.span(): name for match in re.finditer(pattern, words)}
    known = list(places)
    for span in others:
        if not any(start < span[1] and span[0] < end for start, end in known):
            places[span] = words[slice(*span)]
    for match in _CONTROL.finditer(words):
        places[match.span()] = "healthy controls" if match[0].startswith("healthy") else "control"
    return places
