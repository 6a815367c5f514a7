"""How the study was run: comparator, blinding and registration (labels guideline, part 5)."""

from __future__ import annotations

import re
from functools import cache

from classify.document import Document
from classify.participants import Fact
from classify.phrases import holds
from classify.sieve import Sought
from db.registries import find_registry_ids

REVIEWS = frozenset({"meta_analysis", "systematic_review", "narrative_review", "guideline", "commentary"})
_BLINDING = (
    (
        "double-blind",
        Sought(
            r"\b(?:double|triple|quadruple)[- ]?(?:blind\w*|mask\w*|dummy, double)|\bdoubly[- ]blind\w*|\b(?:participants|patients|subjects) and (?:\w+ ){0,3}(?:raters?|investigators?|assessors?|researchers?|staff|clinicians?) (?:were|will be|are) (?:all )?(?:blind\w*|masked)"
        ),
    ),
    ("single-blind", Sought(r"\b(?:single|observer|assessor|rater)[- ]?(?:blind\w*|mask\w*)")),
    (
        "open-label",
        Sought(
            r"\bopen[- ]?label\w*|\bunblinded\b|\bun-blinded\b|\bnon-?blinded\b|\bopen (?:study|trial|clinical trial)\b|\bnot blinded\b"
        ),
    ),
)
#: What every word on blinding has: the quick question before the patterns.
_BLINDING_PARTS = ("blind", "mask", "open", "dummy")
_PRIOR = re.compile(r"\b(?:previous|prior|earlier|recent|other|most)\b[^.;]{0,60}$")


def read_blinding(document: Document, study_design: str) -> Fact | None:
    """Who knew the allocation: double-blind (triple-blind too), single-blind or open-label (unblinded too)."""
    if study_design in REVIEWS or study_design == "preclinical":
        return None
    double, single, opened = (_find_blinding(document, pattern) for _, pattern in _BLINDING)
    # An open phase before or after a blinded one doesn't make the study open; one before a randomised add-on does not
    # blind the drug, but the study is named by its blinded part (labels guideline).
    chosen = next(
        ((name, fact) for (name, _), fact in zip(_BLINDING, (double, single, opened), strict=True) if fact), None
    )
    return chosen[1]._replace(value=chosen[0]) if chosen else None


def _find_blinding(document: Document, pattern: Sought) -> Fact | None:
    match = pattern.search(document.title)
    if match:
        return Fact("", *match.span(), 0.95, True)
    if not holds(document.text, _BLINDING_PARTS):
        return None
    for sentence in document.own_sentences:
        words = document.text[sentence.start : sentence.end]
        match = pattern.search(document.text, sentence.start, sentence.end) if holds(words, _BLINDING_PARTS) else None
        if (
            match
            and not _PRIOR.search(document.text[sentence.start : match.start()])
            and not re.match(
                r"[^.;]{0,40}\b(?:trials|studies) (?:are|is) (?:needed|warranted|required)",
                document.text[match.end() : match.end() + 70],
            )
        ):
            return Fact("", *match.span(), 0.95)
    return None


_OWN_REGISTRATION = re.compile(r"regist|identifier|clinicaltrials|trial|prospero|number|isrctn|protocol|\bid\b")


def read_registry_ids(document: Document, study_design: str) -> Fact | None:
    """The registrations of the record's own study: where several stand, those that the text calls registrations."""
    abstract = document.record.abstract
    found = [
        (entry.number, place) for entry in find_registry_ids(abstract) if (place := _place(abstract, entry.number)) >= 0
    ]
    numbers = list(dict.fromkeys(number for number, _ in found))
    if not numbers:
        return None
    if len(numbers) > 1 and study_design not in REVIEWS:
        named = [
            number for number, place in found if _OWN_REGISTRATION.search(document.text[max(0, place - 60) : place])
        ]
        numbers = list(dict.fromkeys(named)) or numbers[:1]
    place = next(place for number, place in found if number == numbers[0])
    return Fact(numbers, place, place + len(numbers[0]), 0.97)


def _place(abstract: str, number: str) -> int:
    """Where a registration number stands; its digits are enough, as authors space the prefix as they like."""
    direct = abstract.find(number)
    if direct >= 0:
        return direct
    digits = re.search(r"[0-9][0-9/-]{4,}", number)
    return abstract.find(digits[0]) if digits else 0


#: Comparators by the name that the label carries.
_COMPARATORS = (
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
    ("fentanyl", r"fentanyl"),
    ("quetiapine", r"quetiapine"),
    ("usual care", r"usual care|standard care|standard of care|treatment as usual"),
    ("diphenhydramine", r"diphenhydramine"),
    ("remifentanil", r"remifentanil"),
    ("dexmedetomidine", r"dexmedetomidine"),
    ("pethidine", r"pethidine|meperidine"),
    ("haloperidol", r"haloperidol"),
    ("vehicle", r"vehicle"),
)
#: Pieces of text of which each comparator's pattern needs one.
_COMPARATOR_PARTS = tuple(tuple(part.replace("\\b", "") for part in pattern.split("|")) for _, pattern in _COMPARATORS)


@cache
def _comparator_pattern(indices: tuple[int, ...]) -> re.Pattern[str]:
    """The pattern of the comparators that a text can hold at all: the fewer, the faster."""
    return re.compile("|".join(f"(?P<c{index}>{_COMPARATORS[index][1]})" for index in indices))


_AGAINST = re.compile(
    r"\bor\b|\bversus\b|\bvs\b|\bcompar(?:ed|ing|ison) (?:\w+ ){0,2}(?:with|to)\b|\bthan\b|\brelative to\b|\bover\b|\band (?:[\w-]+ ){0,3}?(?:groups?|arms?|cohorts?|conditions?)\b"
)
_BOTH = re.compile(r"\bbetween\b|\bgroups?\b|\barms?\b|\binfusions\b|\btwo\b|\beither\b")
_ADDED = re.compile(
    r"(?:\bplus\b|\bin addition to\b|\badded to\b|\btogether with\b|\bwith\b|\bfollowing\b|\bduring\b|\bpretreat\w*|\bpreceded by\b|\bunder\b|\+|\bin\b|\bfor\b)\s"
    r"(?:[\w-]+\s){0,3}$"
)
_COMPARED_WITH = re.compile(r"compar\w+ (?:[\w,./()-]+ ){0,6}(?:with|to) (?:an? )?(?:[\w-]+\s){0,2}$")
_CONTROLLED = Sought(
    r"\b(placebo|midazolam|saline|vehicle)[- ]controll\w+|\bform of the (placebo)\b|\bmatched (placebo)\b|\b(placebo) group\b|\bplacebo \((midazolam)\b"
)
_CONTROLLED_PARTS = ("placebo", "-controll", " controll")
#: A placebo for a drug that is added to the studied one is not its comparator: "ketamine, then riluzole or placebo".
_ADD_ON = Sought(
    r"(?:riluzole|lamotrigine|naltrexone|cbd|cannabidiol|org [0-9]+|lithium|lorazepam|pretreatment)\)? (?:\([^)]*\) )?(?:\w+ )?(?:or|versus|vs\.?|and) (?:oral )?placebo|placebo pre-?treatment|preceded by (?:\w+ ){0,4}\([^)]*\) or placebo|placebo tablet"
)


_ECT_COMPARED = re.compile(r"(?:versus|vs\.?|and) (?:ect|electroconvulsive)|(?:ect|therapy) (?:versus|vs)|compar")


def read_comparator(document: Document, study_design: str) -> Fact | None:
    """What the drug was compared with. Saline that serves as the placebo is a placebo.

    Several comparators at once, and comparisons between its own forms, are left to a person.
    """
    if study_design in (
        "narrative_review",
        "systematic_review",
        "guideline",
        "commentary",
        "case_report",
        "qualitative",
    ):
        return None
    if "placebo" in document.text and _ADD_ON.search(document.text):
        return None
    found = {name: fact for name, fact in _compared_names(document).items() if not _is_added(document.title, name)}
    controlled = _controlled(document)
    if controlled:
        found.setdefault(str(controlled.value), controlled)
    # Where electroconvulsive therapy names the study, the drug is often its anaesthetic: only "versus" compares.
    if re.search(r"\bect\b|electroconvulsive", document.title) and not _ECT_COMPARED.search(document.title):
        found.pop("electroconvulsive therapy", None)
    if "placebo" in found:
        midazolam = "midazolam" in document.text and re.search(
            r"placebo \(midazolam|midazolam \(?(?:as )?(?:an )?(?:active )?placebo|midazolam[- ]controll", document.text
        )
        name = "midazolam" if midazolam else "placebo"
    else:
        name = next((name for name in ("midazolam", *found) if name in found and name != "saline"), "saline")
        if len(found.keys() - {"saline", "midazolam"}) > 1:
            return None
    fact = found.get(name) or found.get("placebo")
    if fact and name == "placebo" and "saline" in document.text and (saline := _SALINE_PLACEBO.search(document.text)):
        return Fact("placebo; saline", *saline.span(), fact.chance)
    return fact._replace(value=name) if fact else None


#: "Saline placebo" names both, as written (labels guideline); "placebo (saline)" only explains.
_SALINE_PLACEBO = Sought(r"\bsaline placebo\b|\bplacebo saline\b")


def _is_added(title: str, name: str) -> bool:
    """Whether the title says that it was given with the drug: "ketamine added to 0.5 mg/kg midazolam"."""
    return bool(re.search(rf"\badded to (?:[\w./()-]+ ){{0,6}}?{re.escape(name)}", title))


def _controlled(document: Document) -> Fact | None:
    match = _CONTROLLED.search(document.title)
    if match:
        return Fact(next(group for group in match.groups() if group), *match.span(), 0.95, True)
    for sentence in document.own_sentences if holds(document.text, _CONTROLLED_PARTS) else ():
        if not holds(document.text[sentence.start : sentence.end], _CONTROLLED_PARTS):
            continue
        match = _CONTROLLED.search(document.text, sentence.start, sentence.end)
        if match and not re.search(r"\b(?:trials|studies)\b", document.text[match.end() : match.end() + 25]):
            return Fact(next(group for group in match.groups() if group), *match.span(), 0.93)
    return None


def _compared_names(document: Document) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    indices = tuple(index for index, parts in enumerate(_COMPARATOR_PARTS) if holds(document.text, parts))
    parts = [part for index in indices for part in _COMPARATOR_PARTS[index]]
    pattern = _comparator_pattern(indices)
    for sentence in document.own_sentences if parts else ():
        mentions = document.exposures(sentence)
        words = document.text[sentence.start : sentence.end]
        if not mentions or not holds(words, parts):
            continue
        places = [(hit.start - sentence.start, hit.end - sentence.start) for hit in mentions]
        for match in pattern.finditer(words):
            if _compared(words, match, places):
                name = _COMPARATORS[int((match.lastgroup or "c0")[1:])][0]
                found.setdefault(name, Fact(name, sentence.start + match.start(), sentence.start + match.end(), 0.9))
    return found


def _compared(words: str, match: re.Match[str], mentions: list[tuple[int, int]]) -> bool:
    """Whether the name stands against the drug ("ketamine or placebo"), not beside it ("with propofol")."""
    before = [end for start, end in mentions if end <= match.start()]
    after = [start for start, end in mentions if start >= match.end()]
    reach = 220 if "either" in words or "random" in words else 110
    if before and match.start() - max(before) < reach:
        between = words[max(before) : match.end() + 30]
        if _AGAINST.search(between):
            return not _given_with(words, match)
    return bool(
        after
        and min(after) - match.end() < 90
        and _AGAINST.search(words[match.end() : min(after)].replace("than", ""))
        and not _given_with(words, match)
    )


def _given_with(words: str, match: re.Match[str]) -> bool:
    lead = words[max(0, match.start() - 80) : match.start()]
    return bool(_ADDED.search(lead) and not _COMPARED_WITH.search(lead))
