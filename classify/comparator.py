"""What the studied drug was compared with (labels guideline, part 5)."""

from __future__ import annotations

import re
from functools import cache

from classify.arms import every_arm_has_it, has_another_arm, is_added, names_another
from classify.comparator_names import (
    COMPARATOR_NAMES,
    COMPARATOR_PARTS,
    COMPARATORS,
    INERT,
    as_named,
    comparator_pattern,
    held,
    named,
)
from classify.document import Document
from classify.people import Fact
from classify.phrases import holds

_NO_COMPARATOR = frozenset(
    {"narrative_review", "systematic_review", "guideline", "commentary", "case_report", "qualitative"}
)


def read_comparator(document: Document, study_design: str) -> Fact | None:
    """What the drug was compared with.

    Several active comparators at once, and comparisons between the drug's own forms, are left to a person; so is a
    study in which every arm has the drug.
    """
    if study_design in _NO_COMPARATOR or every_arm_has_it(document):
        return None
    found = {name: fact for name, fact in _candidates(document, study_design).items() if not is_added(document, name)}
    if not found:
        return None
    if not _may_be_convulsive(document.title, study_design):
        found.pop("electroconvulsive therapy", None)
    if len(found) > 1:
        found.pop("usual care", None)  # mostly given to all
    active = [name for name in found if name not in INERT]
    if len(active) == 1 and active[0] in _OPIOIDS and active[0] not in document.title:
        return None
    inert = _inert(document, found)
    if names_another(document, found) or has_another_arm(document, found):
        return None
    if not active:
        return inert
    if active == ["midazolam"] and not (inert and _MIDAZOLAM_AND_PLACEBO.search(document.text)):
        return found["midazolam"]  # it serves as the placebo
    return _joined(document.title, {name: found[name] for name in active}, inert)


#: Given to all in an anaesthetic or a pump more often than compared, unless the title says so.
_OPIOIDS = frozenset({"fentanyl", "remifentanil", "alfentanil", "sufentanil"})


def _candidates(document: Document, study_design: str) -> dict[str, Fact]:
    """All that is set against the drug in the title, in a sentence with both, or as what the controls got."""
    found = _compared_in_title(document) | _compared_names(document)
    controlled = None if study_design == "observational" else _controlled(document)
    if controlled:
        found.setdefault(str(controlled.value), controlled)
    if "midazolam" in document.text and (match := _ACTIVE_PLACEBO.search(document.text)):
        found.setdefault("midazolam", Fact("midazolam", *match.span(), 0.93))
    for name, fact in _of_controls(document).items():
        found.setdefault(name, fact)
    return found


def _joined(title: str, active: dict[str, Fact], inert: Fact | None) -> Fact | None:
    """One comparator or two. Of more, some are mostly given beside the drug, so a person decides; and so where one of
    two could be an anaesthetic: it must stand in the title, in no mixture."""
    facts = [*active.values(), *([inert] if inert else [])]
    named = all(re.search(dict(COMPARATORS)[name], title) for name in active)
    if len(facts) > 2 or (
        len(facts) == 2 and (_MIXTURE.search(title) or (inert and not named and "midazolam" not in active))
    ):
        return None
    return facts[0]._replace(value="; ".join(str(fact.value) for fact in facts))


_MIXTURE = re.compile(r"combin|\bplus\b|\w-\w+-\w|/")


def _inert(document: Document, found: dict[str, Fact]) -> Fact | None:
    """A placebo, saline, or, where the text names both in one breath, both."""
    fact = found.get("placebo") or found.get("saline") or found.get("vehicle")
    if fact and "placebo" in found and (saline := _SALINE_PLACEBO.search(document.text)):
        return Fact("placebo; saline", *saline.span(), fact.chance)
    return fact


#: "Saline placebo" names both, as written (labels guideline); "placebo (saline)" only explains.
_SALINE_PLACEBO = re.compile(r"\bsaline placebo\b|\bplacebo saline\b")
#: Three arms: "ketamine, midazolam, or placebo"; but "midazolam as an active placebo" is one.
_MIDAZOLAM_AND_PLACEBO = re.compile(
    r"midazolam(?: \([^)]*\)|[\d. /]+mg(?:/kg)?)?,? (?:or|and|versus|vs\.?) (?:a |normal )*(?:placebo|saline)"
    r"|(?:placebo|saline)(?: \((?!midazolam)[^)]*\))?,? (?:or|and|versus|vs\.?) (?:[\d.]+ ?mg(?:/kg)? )?midazolam"
    r"|(?:placebo|saline),? or ketamine,? or midazolam|three-way|(?:(?<!active )placebo|saline), (?:midazolam|ketamine[^.;]{0,30}midazolam)|placebo \(saline,? or[^)]*midazolam"
)

#: Where electroconvulsive therapy names the study, the drug is often its anaesthetic: only "versus" compares.
_ECT_COMPARED = re.compile(r"(?:versus|vs\.?|and|or) (?:ect|electroconvulsive)|(?:ect|therapy) (?:versus|vs|or)|compar")
_ECT = re.compile(r"\bect\b|electroconvulsive")


def _may_be_convulsive(title: str, study_design: str) -> bool:
    if _ECT.search(title):
        return _ECT_COMPARED.search(title) is not None
    return study_design in ("randomised_trial", "protocol", "observational")


_CONTROLLED = re.compile(
    r"\b(placebo|midazolam|saline|vehicle)[- ]controll\w+|\bform of the (placebo)\b|\bmatched (placebo)\b|\b(placebo) group\b|\bplacebo \((midazolam)\b"
)
_CONTROLLED_PARTS = ("placebo", "-controll", " controll")
#: "Midazolam 0.045 mg/kg (active placebo)".
_ACTIVE_PLACEBO = re.compile(
    r"\bmidazolam\b(?:[^.;,]|\.(?=\d)){0,40}?\(?(?:used )?(?:as )?(?:an? )?(?:psycho)?active[- ](?:placebo|control|comparator)"
    r"|\bmidazolam \(placebo|(?:active|negative)[- ](?:placebo|control|comparator),? \(?(?:of |was )?midazolam"
)
#: Controlled by a placebo was an earlier trial, or will be a later one.
_NOT_THIS_TRIAL = re.compile(r"\b(?:previous|prior|earlier|recent|other|most|our|several|future|larger)\b[^.;]{0,60}$")


#: What marks a sentence as being about the record's own study, wherever it stands.
_THIS_STUDY = re.compile(
    r"\b(?:in this|in the present|this (?:was|is)|took part in|participated in|were enrolled in)\b"
)


def _controlled(document: Document) -> Fact | None:
    match = _CONTROLLED.search(document.title)
    if match:
        return Fact(next(group for group in match.groups() if group), *match.span(), 0.95, True)
    if "open-label" in document.title or "open label" in document.title:
        return None
    for sentence in document.sentences if holds(document.text, _CONTROLLED_PARTS) else ():
        words = document.text[sentence.start : sentence.end]
        if not holds(words, _CONTROLLED_PARTS) or not (sentence in document.own_sentences or _THIS_STUDY.search(words)):
            continue
        match = _CONTROLLED.search(document.text, sentence.start, sentence.end)
        if (
            match
            and not re.search(r"\b(?:trials|studies)\b", document.text[match.end() : match.end() + 25])
            and not _NOT_THIS_TRIAL.search(document.text[sentence.start : match.start()])
        ):
            return Fact(next(group for group in match.groups() if group), *match.span(), 0.93)
    return None


#: What the controls, or another numbered group, got: "in the control group, normal saline was injected", "the same volume
#: of saline"; and not what they got beside something else.
_CONTROLS_GOT = (
    r"\b(?:(?:equal|same|equivalent|identical|similar|comparable|matched) (?:amounts?|volumes?|doses?) (?:\([^)]*\) )?(?:of )?(?:an? )?"
    r"|(?:controls?|comparison|comparator) (?:groups?|arms?|conditions?|interventions?(?: ?\d)?|drug)(?: \([^)]{0,20}\))?(?! .{0,30}ketamine)[^.;]{0,45}?"
    r"\b(?:received|receiving|given|with|was|were|of|administered|condition|group|got)\b[^.;]{0,25}?"
    r"|(?:controls?|comparison|comparator) (?:groups?|arms?|conditions?|interventions?(?: ?\d)?|drug)(?: \([^)]{0,20}\))?[,:]? ?\(?(?:[\d.]+ ?m[gl](?:/kg)? (?:of )?)?"
    r"|\bserved as|(?:was|were) used as (?:an? )?(?:active )?(?:control|placebo)[^.;]{0,10}"
    r"|group [a-z0-9]{1,3}(?:\)|:)?,?(?: patients?)?(?: \([^)]{0,20}\))? ?(?:were (?:given|administered)|receive[sd]|given|got|was given)? ?|\b[b-e]: "
    r"|(?:as-usual|second) group (?:first )?(?:received|was given) |\((?=(?:normal )?saline(?: control| group)?\)))"
    r"(?:intravenous |iv |i\.v\. |single-dose |an? |the )*(?:0\.9 ?% |normal |isotonic |physiologic(?:al)? |[\d.]+ ?m[gl](?:/kg)? (?:of )?)*"
)


_CONTROLS = re.compile(
    rf"{_CONTROLS_GOT}(?:{COMPARATOR_NAMES})(?! (?:and|plus|with|in addition|\+)|[-+/]| (?:an[a]?esthesia|induction))"
    r"|(?P<list>,? and (?:normal |0\.9 ?% )*saline (?:infusions?|placebo|groups?|control)|\bsaline (?:was|were) (?:used|given|administered|injected|infused) (?:as|in|to|instead)|or (?:normal |an? )*saline\b)"
)


def _of_controls(document: Document) -> dict[str, Fact]:
    """What the controls got, where the drug itself is not named beside it."""
    found: dict[str, Fact] = {}
    if not (held(document.text) and document.studied):
        return found
    for sentence in document.own_sentences:
        words = document.text[sentence.start : sentence.end]
        if not holds(words, ("control", "volume", "amount", "group", "saline", "served", "compar")):
            continue
        for match in _CONTROLS.finditer(words):
            name, place = ("saline", match.span()) if match["list"] else named(match)
            if (
                place[0] >= 0
                and "ketamine" not in words[match.start() : match.end()]
                and not _given_with_ketamine(words)
            ):
                found.setdefault(
                    name,
                    Fact(
                        as_named(name, words[slice(*place)]), sentence.start + place[0], sentence.start + place[1], 0.9
                    ),
                )
    return found


def _given_with_ketamine(words: str) -> bool:
    return re.search(r"ketamine (?:was|were)? ?(?:diluted|dissolved|prepared|mixed)|\bdiluted\b", words) is not None


#: In a title, "and" may join what was compared or what was given together; the other words compare.
_TITLE_AGAINST = r"(?:,? or|,? versus|,? vs\.?|(?:,? as)? compared (?:with|to))"


_TITLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"ketamine{_TITLE_AGAINST} (?:[\w-]+ ){{0,2}}?(?:{COMPARATOR_NAMES})(?! ?(?:plus|\+|/|with))",
        rf"(?:{COMPARATOR_NAMES}){_TITLE_AGAINST} (?:[\w-]+ ){{0,2}}?(?:es|s-|ar)?ketamine\b(?! ?(?:plus|\+|/|with))",
        rf"compari(?:son|ng)\b.*\bketamine (?:and|with|to) (?:[\w-]+ ){{0,2}}?(?:{COMPARATOR_NAMES})",
        rf"compari(?:son|ng)\b.*\b(?:{COMPARATOR_NAMES}) (?:and|with|to) (?:[\w-]+ ){{0,2}}?(?:es|s-|ar)?ketamine\b",
    )
)


def _compared_in_title(document: Document) -> dict[str, Fact]:
    title = document.title
    if not (held(title) and document.in_title.exposures):
        return {}
    found: dict[str, Fact] = {}
    for pattern in _TITLES:
        if match := pattern.search(title):
            name, place = named(match)
            found.setdefault(name, Fact(as_named(name, title[slice(*place)]), *place, 0.93, True))
    return found


def _compared_names(document: Document) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    indices = held(document.text)
    parts = [part for index in indices for part in COMPARATOR_PARTS[index]]
    pattern = comparator_pattern(indices)
    for sentence in document.own_sentences if parts else ():
        mentions = document.exposures(sentence)
        words = document.text[sentence.start : sentence.end]
        if not mentions or not holds(words, parts):
            continue
        places = [(hit.start - sentence.start, hit.end - sentence.start) for hit in mentions]
        for match in pattern.finditer(words):
            if _compared(words, match, places):
                name, (start, end) = named(match)
                fact = Fact(as_named(name, match[0]), sentence.start + start, sentence.start + end, 0.9)
                found.setdefault(name, fact)
    return found


_AGAINST = re.compile(
    r"\bor\b|\bversus\b|\bvs\b|\bcompar(?:ed|ing|ison) (?:\w+ ){0,2}(?:with|to)\b|\bthan\b|\brelative to\b|\bover\b|\band (?:[\w-]+ ){0,3}?(?:groups?|arms?|cohorts?|conditions?)\b"
)
_ADDED = re.compile(
    r"(?:\bplus\b|\bin addition to\b|\badded to\b|\btogether with\b|\bwith\b|\bfollowing\b|\bduring\b|\bpretreat\w*|\bpreceded by\b|\bunder\b|\+|(?<!vs )(?<!vs\. )(?<!versus )\bin\b|\bfor\b)\s"
    r"(?:[\w-]+\s){0,3}$"
)
_COMPARED_WITH = re.compile(r"compar\w+ (?:[\w,./()-]+ ){0,6}(?:with|to) (?:an? )?(?:[\w-]+\s){0,2}$")


#: "Comparing ketamine to placebo", "both ketamine and placebo infusions".
_CONTRAST_AHEAD = re.compile(r"\b(?:compar\w+|between|both|contrast\w*)\b[^.;]{0,90}$")
_AND = re.compile(r"^[^.;]{0,60}\b(?:and|to|with|against)\s(?:an? |in |iv |normal )*$")


def _compared(words: str, match: re.Match[str], mentions: list[tuple[int, int]]) -> bool:
    """Whether the name stands against the drug ("ketamine or placebo"), not beside it ("with propofol")."""
    before = [end for start, end in mentions if end <= match.start()]
    after = [start for start, end in mentions if start >= match.end()]
    reach = 220 if "either" in words or "random" in words else 110
    if before and match.start() - max(before) < reach:
        between = words[max(before) : match.end() + 30]
        contrast = _CONTRAST_AHEAD.search(words[: max(before)]) and _AND.search(words[max(before) : match.start()])
        if contrast or _AGAINST.search(between):
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
