"""What the order of a contrast's events says: whose number is larger, which arm "higher" speaks of, which clause counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classify.contrasts import Contrast, Event
from classify.mentions import COMPARATOR, INTERVENTION, OUTCOME

_ARMS = (INTERVENTION, COMPARATOR)
_BREAKS = ("END", "BUT")
_SAYS_SOMETHING = frozenset({"UP", "DOWN", "GOOD", "BAD", "SAME", "NEG", "PNS", "PSIG"})
_MEASURED = frozenset({"RATIOUP", "RATIODN", "DIFFUP", "DIFFDN", "CIUP", "CIDN"})
_SIGNIFICANT = frozenset({"PSIG", "CISIG", "CIUP", "CIDN"})
_MISSED = frozenset({"PNS", "CINS"})
#: Left out of the clause's sequence: they order nothing there.
_FILLERS = frozenset({"NUM", "END", "AND", "RESP"})
#: Tokens between a mention of an arm and its number, at most.
_NEAR = 12


def signs_of(contrast: Contrast) -> dict[str, list[str]]:
    """The four blocks of a contrast for the model: masked words, events of all sentences, events of the clause that
    counts, and signs worked out from them (in no order)."""
    events, clause = contrast.events, best_clause(contrast.events)
    return {
        "words": list(contrast.words),
        "events": _without_repeats(event.kind for event in events if event.kind != "NUM"),
        "clause": _without_repeats(event.kind for event in clause if event.kind not in _FILLERS),
        "signs": list(dict.fromkeys(_signs(contrast, events, clause))),
    }


def _without_repeats(kinds: Iterator[str]) -> list[str]:
    kept: list[str] = []
    for kind in kinds:
        if not kept or kept[-1] != kind:
            kept.append(kind)
    return kept


def best_clause(events: Sequence[Event]) -> list[Event]:
    """The first clause that says most: of the outcome, of a change or test, of the intervention."""
    parts: list[list[Event]] = [[]]
    for event in events:
        if event.kind in _BREAKS:
            parts.append([event] if event.kind == "BUT" else [])
        else:
            parts[-1].append(event)

    def worth(part: Sequence[Event]) -> float:
        kinds = {event.kind for event in part}
        return 2 * (OUTCOME in kinds) + 1.5 * bool(kinds & _SAYS_SOMETHING) + (INTERVENTION in kinds)

    return max(parts, key=worth)


def _signs(contrast: Contrast, events: Sequence[Event], clause: Sequence[Event]) -> Iterator[str]:
    numbers, clause_numbers = larger(events), larger(clause)
    if numbers:
        yield f"larger {numbers}"
    if clause_numbers:
        yield f"larger in clause {clause_numbers}"
    kinds = {event.kind for event in events}
    yield from (f"measured {kind}" for kind in sorted(kinds & _MEASURED))
    changes, clause_changes = directed(events), directed(clause)
    yield from (change.sign() for change in changes)
    whole, part = sum(change.way for change in changes), sum(change.way for change in clause_changes)
    yield f"sum {_way(whole)}"
    yield f"sum of clause {_way(part)}"
    if changes:
        yield f"first {_way(changes[0].way)}"
        yield f"last {_way(changes[-1].way)}"
    yield f"good {contrast.good}"
    if OUTCOME not in kinds:
        yield "no outcome"
    if not kinds & set(_ARMS):
        yield "no arm"
    yield f"tests {'s' if kinds & _SIGNIFICANT else ''}{'n' if kinds & _MISSED else ''}"
    yield from (f"outcome {kind}" for kind in sorted(contrast.outcome_kinds & {"UP", "DOWN", "GOOD", "BAD"}))
    way = _way(part or whole)
    yield f"way {way} numbers {numbers.split()[-1] if numbers else '-'}"
    yield f"way {way} good {contrast.good}"
    yield from (f"way {way} outcome {kind}" for kind in sorted(contrast.outcome_kinds & {"UP", "DOWN"}))


def _way(way: int) -> str:
    return "up" if way > 0 else "down" if way < 0 else "none"


@dataclass(frozen=True, slots=True)
class Change:
    """A word of change and what it says of the intervention: `way` 1 more with it, -1 less; `named` whether an arm was
    found that it speaks of; `negated`; `of_outcome` whether the outcome stands in the same clause."""

    way: int
    named: bool
    negated: bool
    of_outcome: bool

    def sign(self) -> str:
        """The change as a feature's name."""
        told = (("of an arm", self.named), ("negated", self.negated), ("of outcome", self.of_outcome))
        return " ".join(["change", _way(self.way), *(word for word, is_so in told if is_so)])


def directed(events: Sequence[Event]) -> list[Change]:
    """Every "more" and "less" with the arm that it speaks of: "higher with placebo than with zelaxin" is less with zelaxin."""
    kinds = [event.kind for event in events]
    found = []
    for place, kind in enumerate(kinds):
        if kind in ("UP", "DOWN"):
            start = max((i for i in range(place) if kinds[i] in _BREAKS), default=-1) + 1
            end = next((i for i in range(place + 1, len(kinds)) if kinds[i] in _BREAKS), len(kinds))
            arm = _subject(kinds, place, start, end)
            way = (1 if kind == "UP" else -1) * (-1 if arm == COMPARATOR else 1)
            negated = "NEG" in kinds[max(start, place - 3) : place]
            found.append(Change(way, arm is not None, negated, OUTCOME in kinds[start:end]))
    return found


def _subject(kinds: Sequence[str], place: int, start: int, end: int) -> str | None:
    """The arm that a word of change at `place` speaks of, inside the clause from `start` to `end`."""
    after = next((i for i in range(place + 1, end) if kinds[i] == "THAN"), None)
    before = next((i for i in range(start, place) if kinds[i] == "THAN"), None)
    if after is not None:
        reference = next((kind for kind in kinds[after + 1 : end] if kind in _ARMS), None)
        nearest = [kind for kind in reversed(kinds[start:after]) if kind in _ARMS]
    elif before is not None:  # "compared with placebo, zelaxin reduced pain"
        reference = next((kind for kind in kinds[before + 1 : place] if kind in _ARMS), None)
        around = [*kinds[place + 1 : end], *reversed(kinds[before + 1 : place])]
        nearest = [kind for kind in around if kind in _ARMS and kind != reference]
    else:
        by_distance = sorted((abs(i - place) + (0.5 if i < place else 0), kinds[i]) for i in range(start, end))
        return next((kind for _, kind in by_distance if kind in _ARMS), None)
    others = [kind for kind in nearest if kind != reference]
    return others[0] if others else _other(reference) if reference else None


def _other(arm: str) -> str:
    return COMPARATOR if arm == INTERVENTION else INTERVENTION


def larger(events: Sequence[Event]) -> str:
    """Whether the intervention's number is "hi", "lo" or "eq" against the comparator's, "" without two numbers.

    A word before it tells how it was found where that is less sure than a pair in a known order or a number beside each
    arm: "pair" is a pair in an unknown order, "order" the first two numbers in the order of the arms, "bare" without arms.
    """
    numbers = [place for place, event in enumerate(events) if event.kind == "NUM"]
    if len(numbers) < 2:
        return ""
    kinds = [event.kind for event in events]
    pair = next((two for two in pairwise(numbers) if _is_pair(events, kinds, *two)), None)
    if pair:
        order = _order_around(kinds, *pair)
        if len(order) == 2:
            return _compared(events, *pair, order[0])
    beside = {arm: place for arm in _ARMS if (place := _beside(events, kinds, numbers, arm)) is not None}
    if len(set(beside.values())) == 2:
        return _compared(events, beside[INTERVENTION], beside[COMPARATOR], INTERVENTION)
    if pair:
        return f"pair {_compared(events, *pair, order[0] if order else INTERVENTION)}"
    named = list(dict.fromkeys(kind for kind in kinds if kind in _ARMS))
    how = "order" if len(named) == 2 else "bare"
    return f"{how} {_compared(events, numbers[0], numbers[1], named[0] if len(named) == 2 else INTERVENTION)}"


def _compared(events: Sequence[Event], first: int, second: int, arm_of_first: str) -> str:
    difference = events[first].value - events[second].value
    if arm_of_first == COMPARATOR:
        difference = -difference
    return "hi" if difference > 0 else "lo" if difference < 0 else "eq"


def _is_pair(events: Sequence[Event], kinds: Sequence[str], first: int, second: int) -> bool:
    """Whether two numbers are told in one breath: "12 vs 15", "12 and 15"."""
    between = set(kinds[first + 1 : second])
    return (
        events[second].place - events[first].place <= 5 and bool(between & {"THAN", "AND"}) and not between & {*_ARMS}
    )


def _order_around(kinds: Sequence[str], first: int, second: int) -> list[str]:
    """The arms in the order in which a pair of numbers lists them, as far as the words before, then after it, tell."""
    before: list[str] = []
    for kind in reversed(kinds[:first]):
        if kind in _ARMS and kind not in before:
            before.insert(0, kind)
        if len(before) == 2:
            return before
    ending = next((i for i in range(second + 1, len(kinds)) if kinds[i] == "END"), len(kinds))
    after = [kind for kind in kinds[second + 1 : ending] if kind in _ARMS]
    return list(dict.fromkeys([*before, *after]))


def _beside(events: Sequence[Event], kinds: Sequence[str], numbers: Sequence[int], arm: str) -> int | None:
    """The place of the number that stands nearest to the arm's first mention that has one; one after it is nearer."""
    stops: Mapping[str, None] = dict.fromkeys((*_ARMS, "END"))
    for mention in (place for place, kind in enumerate(kinds) if kind == arm):
        near = [
            (abs(events[number].place - events[mention].place) + (1.5 if number < mention else 0), number)
            for number in numbers
            if not any(kind in stops for kind in kinds[min(number, mention) + 1 : max(number, mention)])
        ]
        if near and min(near)[0] <= _NEAR:
            return min(near)[1]
    return None
