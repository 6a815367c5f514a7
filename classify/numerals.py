"""Numbers as abstracts write them: "1,029", "11 714", "Ninety-six", "one hundred and eighty-six"."""

from __future__ import annotations

import re

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = (
    {word: value for value, word in enumerate(_UNITS)}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
    | {"a": 1, "an": 1}
)
_WORD = "|".join(sorted([*_UNITS, *_TENS], key=len, reverse=True))

#: A whole number in digits (thousands by comma or thin space) or in words; for use inside larger patterns.
NUMBER = (
    r"(?:[0-9]{1,3}(?:[,\u2009\u00a0 ][0-9]{3})+(?![0-9])|[0-9]+|"
    rf"(?:(?:an?|{_WORD})[ -]hundred(?: and)?[ -]?)?(?:{_WORD})(?:[ -](?:{_WORD}))?|(?:{_WORD})[ -]hundred)"
)


def to_int(text: str) -> int:
    """The value of a text that matches NUMBER."""
    digits = re.sub(r"[,\s]", "", text)
    if digits.isdigit():
        return int(digits)
    total = current = 0
    for word in re.split(r"[\s-]+", text.lower()):
        if word == "hundred":
            total, current = total + max(current, 1) * 100, 0
        elif word != "and":
            current += _VALUES.get(word, 0)
    return total + current
