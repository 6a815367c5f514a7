"""The names of what a drug is compared with, and where a text has them."""

from __future__ import annotations

import re
from functools import lru_cache

from classify.phrases import holds

INERT = frozenset({"placebo", "saline", "vehicle"})
#: Comparators by the name that the label carries.
COMPARATORS = (
    ("placebo", r"placebo"),
    ("saline", r"saline|sodium chloride"),
    ("midazolam", r"midazolam"),
    ("electroconvulsive therapy", r"electroconvulsive therapy|\bect\b"),
    ("naltrexone", r"naltrexone"),
    ("lorazepam", r"lorazepam"),
    ("propofol", r"propofol"),
    ("methohexital", r"methohexital"),
    ("etomidate", r"etomidate"),
    ("thiopental", r"thiopental|thiopentone"),
    ("morphine", r"morphine"),
    ("fentanyl", r"\bfentanyl"),
    ("quetiapine", r"quetiapine"),
    ("usual care", r"usual care|standard care|standard of care|treatment as usual"),
    ("diphenhydramine", r"diphenhydramine"),
    ("remifentanil", r"remifentanil"),
    ("alfentanil", r"alfentanil"),
    ("sufentanil", r"sufentanil"),
    ("dexmedetomidine", r"dexmedetomidine"),
    ("pethidine", r"pethidine|meperidine"),
    ("tramadol", r"tramadol"),
    ("haloperidol", r"haloperidol"),
    ("risperidone", r"risperidone"),
    ("amphetamine", r"\b(?:dex)?amphetamine"),
    ("amitriptyline", r"amitriptyline"),
    ("lanicemine", r"lanicemine|azd6765"),
    ("psilocybin", r"psilocybin"),
    ("scopolamine", r"scopolamine|hyoscine"),
    ("magnesium", r"magnesium"),
    ("paracetamol", r"paracetamol|acetaminophen"),
    ("lidocaine", r"lidocaine"),
    ("clonidine", r"clonidine"),
    ("neostigmine", r"neostigmine"),
    ("tropisetron", r"tropisetron"),
    ("nitrous oxide", r"nitrous oxide"),
    ("theta burst stimulation", r"theta burst"),
    ("vehicle", r"vehicle"),
)
#: Pieces of text of which each comparator's pattern needs one.
COMPARATOR_PARTS = tuple(
    tuple(re.sub(r"\\b|\(\?:.*?\)", "", part) for part in re.sub(r"\(\?:.*?\)", "", pattern).split("|"))
    for _, pattern in COMPARATORS
)


#: Every comparator's pattern in one, each in a group of its own (see `named`).
COMPARATOR_NAMES = "|".join(f"(?P<c{index}>{pattern})" for index, (_, pattern) in enumerate(COMPARATORS))


@lru_cache(maxsize=256)
def comparator_pattern(indices: tuple[int, ...]) -> re.Pattern[str]:
    """The pattern of the comparators that a text can hold at all: the fewer, the faster."""
    return re.compile("|".join(f"(?P<c{index}>{COMPARATORS[index][1]})" for index in indices))


def named(match: re.Match[str]) -> tuple[str, tuple[int, int]]:
    """The comparator that a match of their pattern names, and where."""
    for group, text in match.groupdict().items():
        if text is not None and group != "list":
            return COMPARATORS[int(group[1:])][0], match.span(group)
    return "", (-1, -1)


def as_named(name: str, written: str) -> str:
    """The name as written, but one name for what has several usual ones."""
    return name if name in _ONE_NAME else written


_ONE_NAME = frozenset({"placebo", "saline", "electroconvulsive therapy", "usual care"})


def held(text: str) -> tuple[int, ...]:
    """Which comparators a text can hold at all."""
    return tuple(index for index, parts in enumerate(COMPARATOR_PARTS) if holds(text, parts))
