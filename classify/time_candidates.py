"""Times that may be how long a study followed its people."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice

from classify.candidates import Candidate, Features, around, context_of, verdict
from classify.document import Document
from classify.follow_up import TIME, length_in_days, signs_of_time, time_as_written
from classify.people import Fact

#: Words that tell what a time in their sentence is for.
_TELLING = re.compile(
    r"\b(?:follow\w*|assess\w*|measur\w*|evaluat\w*|relapse\w*|outcome\w*|baseline|primary|secondary|sustain\w*|maintain\w*|post\w*"
    r"|discharge|birth|surgery|operat\w*|infusion\w*|treat\w*|receiv\w*|phase|open-label|random\w*|history|aged|last\w*|persist\w*"
    r"|until|end ?point\w*|score\w*|remission|response)\b"
)
#: More times than these in one sentence are a table, and looking at each would take as long as their square.
_MOST = 100
#: Lengths in days at which a time counts as of another kind: an hour, a day, …, years.
_EDGES = (1 / 24, 0.9, 1.9, 6.5, 13, 27, 80, 180, 365, 800)


def follow_up_candidates(document: Document, study_design: str, ruled: Fact | None) -> list[Candidate]:
    """Every length of time in title and abstract."""
    found: list[tuple[float, Candidate]] = []
    base: Features = {f"design {study_design}": 1.0, "drug studied": float(document.studied), "in title": 1.0}
    for match in TIME.finditer(document.title):
        features = {**base, **around(document.title, *match.span())}
        value = time_as_written(document.record.title, match)
        found.append((length_in_days(match), Candidate(value, *match.span(), True, features)))
    for index, sentence in enumerate(document.sentences):
        matches = list(islice(TIME.finditer(document.text, sentence.start, sentence.end), _MOST))
        if not matches:
            continue
        words = document.text[sentence.start : sentence.end]
        context = context_of(document, index, study_design)
        context |= {f"telling {match[0]}": 1.0 for match in _TELLING.finditer(words)}
        for match in matches:
            start, end = match.span()
            features = {**context, **around(words, start - sentence.start, end - sentence.start)}
            features |= {f"time {sign}": 1.0 for sign in signs_of_time(document.text, match, sentence)}
            features[f"unit {(match['unit'] or match['named'] or match['of'])[:2]}"] = 1.0
            if match["named"]:
                features["a named day"] = 1.0
            value = time_as_written(document.record.abstract, match)
            found.append((length_in_days(match), Candidate(value, start, end, False, features)))
    _compare_times(found, ruled)
    return [candidate for _, candidate in found]


def _compare_times(found: Sequence[tuple[float, Candidate]], ruled: Fact | None) -> None:
    """Adds to each time how it stands to the record's others, and what the rules say."""
    lengths = sorted(days for days, _ in found)
    measured = sorted(days for days, candidate in found if _is_measured(candidate.features))
    different = min(len(set(lengths)), 6)
    for place, (days, candidate) in enumerate(found):
        longest = 1.05 * days
        longer = len(measured) - bisect_right(measured, longest)
        ruling = verdict(ruled and ruled.value, candidate.value)
        signs = {
            f"length {sum(days >= edge for edge in _EDGES)}": True,
            f"longer ones {min(len(lengths) - bisect_right(lengths, longest), 4)}": True,
            f"longer measured {min(longer, 3)}": True,
            "longest measured": "time measured" in candidate.features and not longer,
            f"times {different}": True,
            f"rank {min(place, 4)}": True,
            f"the rules say {ruling}": True,
            f"the rules say so at {ruled.chance if ruled else 0:.2f}": ruling == "so",
        }
        candidate.features.update({name: 1.0 for name, holds in signs.items() if holds})


def _is_measured(features: Features) -> bool:
    return "time measured" in features and "time not the study's" not in features
