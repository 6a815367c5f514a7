"""Turns "did the intervention raise or lower this outcome, says this sentence" into features.

Names of outcome, intervention and comparator are masked, so that what is learnt is how such sentences are built and
not which drugs work. The direction model learns from them (Evidence Inference and its kind), on any subject.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from classify import cues
from classify.phrases import plain
from classify.statements import no_difference, significance

INT, CMP, OUT = "INT", "CMP", "OUT"
_TOKEN = re.compile(r"[0-9]+(?:[.,·][0-9]+)*|[a-z]+(?:'[a-z]+)?|[%±<>=≤≥();,]")
_NUMBER = re.compile(r"[0-9]+(?:[.,·][0-9]+)*")
_EMPTY = frozenset(
    [
        "the",
        "of",
        "and",
        "or",
        "in",
        "with",
        "to",
        "for",
        "a",
        "an",
        "at",
        "on",
        "by",
        "from",
        "per",
        "as",
        "plus",
        "vs",
        "versus",
        "group",
        "groups",
        "arm",
        "patients",
        "treatment",
        "therapy",
        "mg",
        "kg",
        "dose",
        "doses",
        "daily",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "after",
        "mean",
        "rate",
        "rates",
        "number",
        "total",
        "score",
        "scores",
        "level",
        "levels",
        "change",
    ]
)
_CONTROL = re.compile(
    r"control|placebo|usual|standard|sham|conventional|no |without|saline|waitlist|wait list|vehicle|traditional"
)
_GENERIC_INT = frozenset(
    ["intervention", "treated", "experimental", "treatment", "active", "study", "test", "program", "programme", "trial"]
)
_GENERIC_CMP = frozenset(
    [
        "control",
        "controls",
        "placebo",
        "conventional",
        "usual",
        "standard",
        "comparison",
        "sham",
        "nontreated",
        "untreated",
    ]
)
_THAN = frozenset(["than", "compared", "versus", "vs", "relative", "over", "comparison"])


@dataclass(frozen=True, slots=True)
class Contrast:
    """A sentence and what is asked of it: how `outcome` went under `intervention` against `comparator`."""

    sentence: str
    outcome: str
    intervention: str
    comparator: str

    def swapped(self) -> Contrast:
        """The same question from the other arm's side: its answer is the mirror image."""
        return Contrast(self.sentence, self.outcome, self.comparator, self.intervention)


def masked(contrast: Contrast) -> list[str]:
    """The sentence's tokens with the names replaced by INT, CMP and OUT, numbers by NUM, p values by PSIG or PNS."""
    text = plain(contrast.sentence)
    text = cues.P_VALUE.sub(_p_token, text)
    tokens = _TOKEN.findall(text.replace("psig", " psig ").replace("pns", " pns "))
    own, other, outcome = _names(contrast)
    marked = [_mark(token, before, own, other, outcome) for before, token in pairwise(["", *tokens])]
    if not (INT in marked and CMP in marked):
        marked = _with_generic(tokens, marked, contrast)
    return [token for before, token in pairwise(["", *marked]) if token != before or token not in (INT, CMP, OUT)]


def _p_token(match: re.Match[str]) -> str:
    value = float(match["value"].replace(",", ".").replace("·", "."))
    return " pns " if value > 0.05 or (value >= 0.05 and match["sign"] in ">≥") else " psig "


def _names(contrast: Contrast) -> tuple[set[str], set[str], set[str]]:
    """The telling words of intervention and comparator (what both share tells nothing) and of the outcome."""
    own, other = _content(contrast.intervention), _content(contrast.comparator)
    shared = own & other
    outcome = _content(contrast.outcome) - own - other
    return own - shared, other - shared, outcome


def _content(name: str) -> set[str]:
    text = plain(name)
    tokens = _TOKEN.findall(text)
    words = {token for token in tokens if token not in _EMPTY and (len(token) > 1 or token.isdigit())}
    words |= {f"group {label}" for label in re.findall(r"\b(?:group|arm)s? \(?([a-z0-9]{1,2})\b", text)}
    words |= {f"group {label}" for label in re.findall(r"^\(?([a-z0-9])\b\)?(?= ?-| group)", text.strip())}
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", text) if word not in ("the", "of", "and", "a"))
    return words | ({initials} if 2 <= len(initials) <= 6 else set())


def _mark(token: str, before: str, own: set[str], other: set[str], outcome: set[str]) -> str:
    group = f"group {token}" if before in ("group", "groups", "arm") else ""
    if _known(token, own) or (group and group in own):
        return INT
    if _known(token, other) or (group and group in other):
        return CMP
    if _known(token, outcome):
        return OUT
    if token == "psig" or token == "pns":  # noqa: S105 (no password: the mark of a p value)
        return token.upper()
    return "NUM" if _NUMBER.fullmatch(token) else token


def _known(token: str, names: set[str]) -> bool:
    if token in names:
        return not token.replace(".", "").isdigit() or len(token) > 1
    return len(token) > 4 and any(len(name) > 4 and name[:5] == token[:5] for name in names)


def _with_generic(tokens: list[str], marked: list[str], contrast: Contrast) -> list[str]:
    """Where an arm is not named, the usual words for it ("the control group", "the intervention")."""
    own_control = bool(_CONTROL.search(plain(contrast.intervention)))
    other_control = bool(_CONTROL.search(plain(contrast.comparator)))
    if own_control and not other_control:
        treated, control = CMP, INT
    else:
        treated, control = INT, CMP
    result = []
    for token, mark in zip(tokens, marked, strict=True):
        if mark == token and token in _GENERIC_INT and treated not in marked:
            result.append(treated)
        elif mark == token and token in _GENERIC_CMP and control not in marked:
            result.append(control)
        else:
            result.append(mark)
    return result


def features(contrast: Contrast) -> dict[str, float]:
    """Named features of a contrast: masked n-grams of one to four tokens, and what cues, numbers and p values say."""
    tokens = masked(contrast)
    found: Counter[str] = Counter()
    for size in (1, 2, 3, 4):
        for index in range(len(tokens) - size + 1):
            found["_".join(tokens[index : index + size])] += 1
    named: dict[str, float] = {f"w:{name}": 1.0 for name in found}
    named.update(_reading(contrast, tokens))
    return named


def _reading(contrast: Contrast, tokens: list[str]) -> dict[str, float]:
    text = plain(contrast.sentence)
    null, tested = no_difference(text), significance(text)
    sign, arms = _relation(tokens)
    numbers = _numbers(contrast.sentence, contrast)
    outcome = plain(contrast.outcome)
    turn = (
        "down"
        if cues.DOWN.search(outcome)
        else "up"
        if cues.GOOD.search(outcome) or cues.UP.search(outcome)
        else "none"
    )
    values = {
        "null": bool(null),
        f"tested={tested}": True,
        f"sign={sign}": True,
        f"arms={arms}": True,
        f"numbers={numbers}": True,
        f"sign={sign}&numbers={numbers}": True,
        f"sign={sign}&turn={turn}": True,
        f"null={bool(null)}&tested={tested}": True,
        f"null={bool(null)}&sign={sign}&tested={tested}": True,
        f"tested={tested}&numbers={numbers}": True,
        f"turn={turn}": True,
        "short": len(tokens) < 12,
        "table": "\t" in contrast.sentence or tokens.count("NUM") * 2 > len(tokens),
    }
    return {f"r:{name}": 1.0 for name, value in values.items() if value}


_SIGNS = {"up": 1, "down": -1}


def _relation(tokens: list[str]) -> tuple[int, str]:
    """The sign that the main comparison gives the intervention (1 up, -1 down, 0 untold), and the arms' order."""
    order = [token for token in tokens if token in (INT, CMP)]
    arms = ">".join(order[:3])
    cue = next(((index, _kind(token)) for index, token in enumerate(tokens) if _kind(token)), None)
    if cue is None:
        return 0, arms
    place, kind = cue
    than = next((index for index, token in enumerate(tokens) if index > place and token in _THAN), None)
    left = tokens[: than if than is not None else len(tokens)]
    own = max((i for i, token in enumerate(left) if token == INT), default=-1)
    other = max((i for i, token in enumerate(left) if token == CMP), default=-1)
    if own < 0 and other < 0 and than is not None:
        right = [token for token in tokens[than:] if token in (INT, CMP)]
        return (_SIGNS[kind] * (-1 if right[:1] == [INT] else 1), arms) if right else (_SIGNS[kind], arms)
    if own < 0 or other < 0:
        return _SIGNS[kind] * (1 if other < 0 else -1), arms
    nearest = INT if abs(own - place) <= abs(other - place) else CMP
    return _SIGNS[kind] * (1 if nearest == INT else -1), arms


def _kind(token: str) -> str:
    if cues.UP.fullmatch(token) or cues.GOOD.fullmatch(token):
        return "up"
    return "down" if cues.DOWN.fullmatch(token) or cues.BAD.fullmatch(token) else ""


def _numbers(sentence: str, contrast: Contrast) -> str:
    """Whether the intervention's number is the higher one: "up", "down", "same" or "" where numbers can't be paired."""
    text = cues.P_VALUE.sub(" ", plain(sentence))
    text = re.sub(r"±\s?\d+(?:[.,·]\d+)?|\(?95\s?% ?(?:ci|confidence interval)[^)\]]*[)\]]?|\bn\s?=\s?\d+", " ", text)
    own, other, outcome = _names(contrast)
    tokens = _TOKEN.findall(text)
    marks = [_mark(token, before, own, other, outcome) for before, token in pairwise(["", *tokens])]
    marks = _with_generic(tokens, marks, contrast)
    pair = _versus(tokens, marks) or _after_arms(tokens, marks)
    if pair is None:
        return ""
    first, second = pair
    return "same" if first == second else "up" if first > second else "down"


def _value(token: str) -> float:
    plain_number = re.sub(r"[,·]", ".", token)
    whole, _, rest = plain_number.partition(".")
    return float(f"{whole}.{rest.replace('.', '')}" if rest else whole)


def _versus(tokens: list[str], marks: list[str]) -> tuple[float, float] | None:
    """ "8% versus 39%": two numbers around a word of comparison, in the order in which the arms are named."""
    order = [mark for mark in marks if mark in (INT, CMP)]
    if not order:
        return None
    for index, token in enumerate(tokens):
        if token in ("vs", "versus", "and", "compared", "than", "to"):
            left = next((tokens[i] for i in range(index - 1, max(-1, index - 4), -1) if marks[i] == "NUM"), None)
            right = next((tokens[i] for i in range(index + 1, min(len(tokens), index + 4)) if marks[i] == "NUM"), None)
            if left and right:
                values = _value(left), _value(right)
                return values if order[0] == INT else (values[1], values[0])
    return None


def _after_arms(tokens: list[str], marks: list[str]) -> tuple[float, float] | None:
    """ "25 days in the one and 9 days in the other": the number nearest to each arm's name."""
    places = {arm: [i for i, mark in enumerate(marks) if mark == arm] for arm in (INT, CMP)}
    numbers = [i for i, mark in enumerate(marks) if mark == "NUM"]
    if not (places[INT] and places[CMP] and len(numbers) >= 2):
        return None
    own = min(numbers, key=lambda i: min(abs(i - place) for place in places[INT]))
    left = [i for i in numbers if i != own]
    other = min(left, key=lambda i: min(abs(i - place) for place in places[CMP]))
    return _value(tokens[own]), _value(tokens[other])
