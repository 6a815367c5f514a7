"""Finds who and what a sentence speaks of: the intervention, the comparator and the outcome that a prompt names.

Words are matched by their stems; abbreviations by the long form that the text gives or by the first letters of the prompt's
words; doses and group names ("group II") where only one arm has them. Where an arm has no word of its own in the sentence,
the usual words for it count ("placebo", "the intervention group").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

INTERVENTION, COMPARATOR, OUTCOME = "INT", "CMP", "OUT"
#: Stand in a text where a dose or a group's name was that only one arm has.
OF_INTERVENTION, OF_COMPARATOR = "\x03I", "\x03C"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: Words that tell no arm or outcome from another.
_COMMON = _set(
    """a an the of in on at to and or for with without by from as is was were be been than vs versus per group groups arm arms patients
    participants subjects patient subject women men children people plus alone only after before during mg kg g ml day days week weeks
    month months year years daily dose doses treatment therapy rate rates level levels score scores mean median number total change
    changes percentage proportion incidence use using used this that these those their its received receiving receive given between both
    all each other followed time times no not combined combination min h hr hours hour mcg i ii iii one two three treated administration
    administered regimen"""
)
_CONTROL = _set(
    """placebo control controls sham usual standard conventional baseline vehicle saline untreated waitlist waiting nothing normal
    routine comparator comparison alone"""
)
_USUAL_COMPARATOR = _set("placebo control controls sham comparator comparison untreated conventional usual standard")
_USUAL_INTERVENTION = _set("intervention experimental active supplemented treated treatment study verum test")
_ALWAYS_CONTROL = _set("placebo sham control controls baseline")
_SMALL = _set("of and the in for with to")
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_CAPITALS = re.compile(r"\b[A-Z][A-Za-z0-9]*[A-Z][A-Za-z0-9]*\b")
_BRACKET = re.compile(r"\(\s?([A-Za-z][A-Za-z0-9/+-]{1,11})(?:[;,][^)]{0,40})?\)")
_GROUP = re.compile(r"\b(?:groups?|arm|cohort)\s+([a-z]{1,2}\d?|\d|[ivx]{1,4})\b")
_DOSE = re.compile(
    r"(\d*\.?\d+)\s?-?\s?(mg|g|kg|ml|mcg|%|percent|weeks?|months?|days?|h|hours?|hz|min|minutes?|iu|cm|mm|gy|l|times|years?|mumol|nmol)"
    r"(?![a-z])"
)


def stem(word: str) -> str:
    """The beginning of a long word, a short one without its plural s."""
    if len(word) >= 8:
        return word[:7]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _stems(text: str) -> set[str]:
    """The stems that tell a prompt's part; all of its words where they are all common."""
    words = _words(text)
    return {stem(word) for word in words if word not in _COMMON and len(word) > 1} or {stem(word) for word in words}


def _initials(text: str) -> set[str]:
    """The first letters of each two to six words in a row."""
    letters = "".join(word[0].lower() for word in re.findall(r"[A-Za-z]+", text) if word.lower() not in _SMALL)
    return {letters[start : start + length] for length in range(2, 7) for start in range(len(letters) - length + 1)}


def abbreviations(text: str) -> dict[str, set[str]]:
    """What "long form (LF)" defines: the abbreviation in lower case to the stems of its long form."""
    found = {}
    for match in _BRACKET.finditer(text):
        letters = [letter.lower() for letter in match[1] if letter.isalpha()]
        if match[1] == match[1].lower():
            continue
        before = re.findall(r"[A-Za-z]+", text[max(0, match.start() - 120) : match.start()])
        long_form: list[str] = []
        for length in range(1, min(len(before), len(letters) + 2) + 1):
            if before[-length][0].lower() == letters[0]:
                long_form = before[-length:]
                if length >= len(letters) - 1:
                    break
        if long_form:
            found[match[1].lower().rstrip("s")] = {
                stem(word.lower()) for word in long_form if word.lower() not in _COMMON
            }
    return found


@dataclass(frozen=True, slots=True)
class Parts:
    """The words of a prompt's three parts, ready to be found in one text.

    Stems that both arms have tell neither. `initials` are by role; `defined` what the text's abbreviations stand for;
    `capitals` the text's words with two capital letters or more, in lower case.
    """

    stems: Mapping[str, set[str]]
    initials: Mapping[str, set[str]]
    defined: Mapping[str, set[str]]
    capitals: frozenset[str]
    control_first: bool
    within: bool

    def role(self, word: str) -> str | None:
        """Which part a word belongs to, None for none and for a word of both arms."""
        known = self._by_stem(stem(word))
        if known or word in _COMMON:
            return known
        short = word.rstrip("s") if len(word) > 2 else word
        long_form = self.defined.get(short)
        if long_form:
            counts = {role: len(long_form & stems) for role, stems in self.stems.items()}
            if max(counts.values()) >= max(1, len(long_form) / 2):
                return _most(counts)
        if short in self.capitals and len(short) >= 2:
            holders = [role for role in (INTERVENTION, COMPARATOR) if short in self.initials[role]]
            if len(holders) == 1:
                return holders[0]
            return OUTCOME if short in self.initials[OUTCOME] else None
        return None

    def _by_stem(self, word: str) -> str | None:
        return next((role for role, stems in self.stems.items() if word in stems), None)


def _most(counts: Mapping[str, int]) -> str | None:
    """The arm with the most words, the outcome where it has as many or more than both; None where both arms have the same."""
    first, second, third = counts[INTERVENTION], counts[COMPARATOR], counts[OUTCOME]
    if max(first, second) >= third and first != second:
        return INTERVENTION if first > second else COMPARATOR
    return OUTCOME if third >= max(first, second) else None


def read_parts(text: str, intervention: str, comparator: str, outcome: str, context: str = "") -> Parts:
    """The prompt's words for a text; `context` (the abstract) may define further abbreviations."""
    defined = abbreviations(f"{context} {text}")
    first, second, third = _stems(intervention), _stems(comparator), _stems(outcome)
    shared = first & second
    first, second, third = (_spelled_out(part, defined) for part in (first - shared, second - shared, third))
    both = first & second
    first_words, second_words = set(_words(intervention)), set(_words(comparator))
    return Parts(
        stems={INTERVENTION: first - both, COMPARATOR: second - both, OUTCOME: third},
        initials={
            INTERVENTION: _initials(intervention),
            COMPARATOR: _initials(comparator),
            OUTCOME: _initials(outcome),
        },
        defined=defined,
        capitals=frozenset(word.lower().rstrip("s") for word in _CAPITALS.findall(text)),
        control_first=bool(first_words & _CONTROL) and not second_words & _CONTROL,
        within=_stems(comparator) <= _stems(intervention),
    )


def _spelled_out(stems: set[str], defined: Mapping[str, set[str]]) -> set[str]:
    return stems.union(*(defined[word] for word in stems if word in defined))


def mark_doses(text: str, intervention: str, comparator: str) -> str:
    """The text in lower case with doses and group names that only one arm has replaced by a sign of that arm."""
    kinds: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = ((_DOSE, _dose), (_GROUP, _group))
    for pattern, key in kinds:
        first = {key(match) for match in pattern.finditer(intervention.lower())}
        second = {key(match) for match in pattern.finditer(comparator.lower())}
        signs = dict.fromkeys(first - second, OF_INTERVENTION) | dict.fromkeys(second - first, OF_COMPARATOR)
        cursor, pieces = 0, []
        for match in pattern.finditer(text):
            if key(match) in signs:
                pieces += [text[cursor : match.start()], f" {signs[key(match)]} "]
                cursor = match.end()
        text = "".join([*pieces, text[cursor:]])
    return text


def _dose(match: re.Match[str]) -> str:
    return f"{float(match[1]):g} {match[2][:2]}"


def _group(match: re.Match[str]) -> str:
    return match[1]


def find_roles(tokens: Sequence[str], parts: Parts) -> list[str | None]:
    """The role of each token, None for those that belong to no part of the prompt."""
    signs = {OF_INTERVENTION: INTERVENTION, OF_COMPARATOR: COMPARATOR}
    roles = [signs.get(token) or (parts.role(token) if token[0].isalpha() else None) for token in tokens]
    usual = {INTERVENTION: _USUAL_INTERVENTION, COMPARATOR: _USUAL_COMPARATOR}
    control = COMPARATOR
    if parts.control_first:
        usual, control = {INTERVENTION: _USUAL_COMPARATOR, COMPARATOR: _USUAL_INTERVENTION}, INTERVENTION
    unnamed = [role for role in (COMPARATOR, INTERVENTION) if role not in roles]
    for place, word in enumerate(tokens):
        if roles[place] is None:
            named = next((role for role in unnamed if word in usual[role]), None)
            if named is None and word in _ALWAYS_CONTROL:
                named = control
            if named is None and word == "alone" and place and roles[place - 1] is None and parts.within:
                named = COMPARATOR
            roles[place] = named
    return roles
