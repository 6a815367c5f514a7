"""Topic facets: who was studied, what was given together with the drug, and which form of it (labels guideline, part 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from classify.document import Document
from classify.lexicon import TermHit
from classify.sentences import Sentence

CONDITIONS, CO_TREATMENTS, FORMULATION = "conditions", "co_treatments", "formulation"
_REVIEWS = frozenset({"meta_analysis", "systematic_review", "narrative_review", "guideline", "commentary"})
_WHO = (
    r"(?:patients?|subjects?|individuals?|people|adults?|participants?|women|men|inpatients?|outpatients?|persons?|volunteers|adolescents"
    r"|youths?|veterans?|males?|females?|parturients|children|those|sample|cases?|users|drinkers|woman|man)"
)
#: "patients with X", "a man suffering from X", "diagnosed with X", "comorbid X".
_BEFORE = re.compile(
    rf"\b(?:{_WHO}\b[^.;]{{0,45}}?\b(?:with|who had|having|suffering|meeting|diagnos\w+|experiencing|reporting|in|of|undergoing)\b[^.;]{{0,60}}"
    r"|diagnos\w+ (?:of|with)[^.;]{0,60}|comorbid(?:ity)?(?: with| of)? (?:[\w-]+ ){0,5}|co-?occurring (?:[\w-]+ ){0,4}|criteria for (?:[\w-]+ ){0,6}|history of (?:[\w-]+ ){0,2})$"
)
#: "depressed inpatients", "alcohol-dependent adults".
_AFTER = re.compile(rf"^(?:[- ](?:[\w/-]+[- ]){{0,3}}?)(?:{_WHO})\b|^\)? {_WHO}\b")
_ABSENT = re.compile(
    r"\b(?:no|without|non|not|exclud\w+|exclusion\w*|free of|absence of|never|negative for|nor|rule out|neither|other than)[ -](?:[\w,/-]+ ){0,7}$"
)
#: Words that name people by what they take or have: "chronic ketamine users (n = 20)".
_PEOPLE_THEMSELVES = re.compile(r"(?:users|abusers|smokers|drinkers|alcoholics|addicts)$")
#: What is to be prevented or changed in people chosen for something else: "postoperative depression", "effect on
#: suicidality in adults with …".
_TO_PREVENT = re.compile(r"\b(?:post-?operative|peri-?operative|post-?surgical)(?: \w+){0,1} $")
#: Depression after childbirth or surgery, in people chosen for that.
_AFTERWARDS = re.compile(r"\b(?:post-?partum|post-?natal|perinatal|post-?operative|peri-?operative)(?: [\w-]+)? $")
_OPERATED = re.compile(r"\b(?:ca?esarean|surg(?:ery|ical)|undergoing|resection|delivery|parturients?)\b")
_ACTED_ON = re.compile(r"\b(?:effects?|impact|influence|efficacy)\b.*\bon (?:[\w-]+ ){0,2}$")
_IN_PEOPLE = re.compile(rf"^\w*(?: symptoms| scores)? (?:in|among) (?:[\w-]+ ){{0,4}}?{_WHO}\b")
_EXCLUDES = re.compile(r"\bexclu(?:sion|d)\w*\b")
_EFFECT_WORD = re.compile(
    r"^[- ](?:scores?|scales?|rating|symptoms?|severity|inventory|levels?|measures?|improve|remission|response|efficacy|effects?|relapse|use\b|consumption|identification)"
)
_TREATED = re.compile(r"\b(?:for|in|of|with|treat\w*)\s(?:[\w,/-]+\s){0,6}$")
_PAST = re.compile(r"\b(?:failed|history|prior|previous|refractory|resistant|instead)\b[^.;]{0,60}$")
_TOGETHER = re.compile(
    r"\bplus\b|\bin\b|\bcombin\w+\b|\btogether with\b|\bin addition\b|\bwith\b|\badjunct\w*|\badded\b|\baddition of\b|\balongside\b|\bpaired\b|\bfollowed by\b|\bduring\b"
    r"|\bassisted\b|\baugment\w*|\+|\bconcomitant|\bbefore\b|\bafter\b|\bpre-?treat\w*|\badjunctive\b|\bunder\b|\bconcurrent\b"
)
_AGAINST = re.compile(r"\bor\b|\bversus\b|\bvs\b|\bcompared\b|\bthan\b|\binstead of\b|\brather than\b")


class FacetFound(NamedTuple):
    """A facet value and the words that show it; `in_title` says whether they stand in the title."""

    id: str
    start: int
    end: int
    in_title: bool


def read_facet(document: Document, facet: str, study_design: str, comparator: str) -> list[FacetFound]:
    """The values of one facet, each with its first evidence. `comparator` is what the drug was compared with."""
    accept = {CONDITIONS: _is_condition, CO_TREATMENTS: _is_co_treatment, FORMULATION: _is_formulation}[facet]
    found: dict[str, FacetFound] = {}
    whole = Sentence(0, len(document.title), "title")
    places = [(document.title, whole, document.in_title.facets, True)]
    places += [
        (document.text, sentence, document.facets(sentence), False) for sentence in _own(document, facet, study_design)
    ]
    for text, sentence, hits, in_title in places:
        for hit in _facet_hits(hits, facet):
            if hit.payload.id not in found and accept(document, text, sentence, hit, comparator, study_design):
                found[hit.payload.id] = FacetFound(hit.payload.id, hit.start, hit.end, in_title)
    if facet == FORMULATION and any(value.in_title for value in found.values()):
        dosed = {value.id for value in found.values() if value.in_title or _is_given(document, value)}
        return [value for value in found.values() if value.id in dosed]
    return list(found.values())


def _own(document: Document, facet: str, study_design: str) -> list[Sentence]:
    if study_design in _REVIEWS and facet != FORMULATION:
        wanted = ("objective", "conclusions") if facet == CONDITIONS else ()
        return [sentence for sentence in document.sentences if sentence.section in wanted]
    sections = ("conclusions", "limitations")
    return [sentence for sentence in document.own_sentences if sentence.section not in sections]


def _facet_hits(hits: list[TermHit], facet: str) -> Iterator[TermHit]:
    """The facet's words in a sentence; of overlapping ones the longest ("(R,S)-ketamine" is no S-ketamine)."""
    own = [hit for hit in hits if hit.payload.facet == facet]
    for hit in own:
        longer = (other for other in own if other.end - other.start > hit.end - hit.start)
        if not any(other.start < hit.end and hit.start < other.end for other in longer):
            yield hit


def _is_condition(
    document: Document, text: str, sentence: Sentence, hit: TermHit, comparator: str, study_design: str
) -> bool:
    before = text[max(sentence.start, hit.start - 110) : hit.start]
    after = text[hit.end : hit.end + 45]
    if _ABSENT.search(before) or (sentence.section != "title" and _EXCLUDES.search(text, sentence.start, sentence.end)):
        return False
    if hit.payload.id == "healthy_volunteers":
        return True
    if _TO_PREVENT.search(before) or (
        sentence.section == "title" and _ACTED_ON.search(before) and _IN_PEOPLE.match(text[hit.end : hit.end + 90])
    ):
        return False
    if hit.payload.id == "depression" and _is_to_come(document, before, text[hit.start : hit.end]):
        return False
    if _PEOPLE_THEMSELVES.search(text[hit.start : hit.end]):
        return study_design not in _REVIEWS
    if hit.payload.id == "family_history":
        # Often only a predictor; who was chosen by it is said in the title or in methods and results.
        return sentence.section == "title" or (
            sentence.section in ("methods", "results")
            and bool(re.search(r"\b(?:with|without)\b[^.;]{0,40}$|^fh", before + text[hit.start : hit.end]))
        )
    if sentence.section == "title" or sentence.section == "condition":
        return not _EFFECT_WORD.match(after) or bool(_BEFORE.search(before))
    if study_design in _REVIEWS:
        treated = sentence.section == "objective" or bool(_TREATED.search(before))
        return treated and not _EFFECT_WORD.match(after)
    if _EFFECT_WORD.match(after) and not _AFTER.match(after):
        return False
    return bool(_BEFORE.search(before) or _AFTER.match(after))


def _is_to_come(document: Document, before: str, words: str) -> bool:
    """Whether depression is what may follow childbirth or surgery, not what the people had."""
    if not (_AFTERWARDS.search(before) or words in ("ppd", "pod")):
        return False
    return bool(_OPERATED.search(document.title) or _OPERATED.search(document.text))


def _is_co_treatment(
    document: Document, text: str, sentence: Sentence, hit: TermHit, comparator: str, study_design: str
) -> bool:
    words = text[hit.start : hit.end]
    if any((name and name in words) or words in name for name in comparator.split("; ") if name):
        return False
    if _PAST.search(text[max(sentence.start, hit.start - 80) : hit.start]):
        return False
    mentions = document.in_title.exposures if sentence.section == "title" else document.in_text.exposures
    near = [
        place
        for place in mentions
        if sentence.start <= place.start < sentence.end
        and min(abs(place.start - hit.end), abs(hit.start - place.end)) < 110
    ]
    if not near:
        return False
    closest = min(near, key=lambda place: min(abs(place.start - hit.end), abs(hit.start - place.end)))
    first, last = sorted((closest.start, hit.start))
    between = text[first : last + 1]
    return bool(
        _TOGETHER.search(between) or text[closest.end : hit.start] in ("-", "-assisted ", " assisted ")
    ) and not _AGAINST.search(between)


def _is_formulation(
    document: Document, text: str, sentence: Sentence, hit: TermHit, comparator: str, study_design: str
) -> bool:
    return sentence.section not in ("registration", "eligibility")


def _is_given(document: Document, value: FacetFound) -> bool:
    """Whether a form named only in the text was given too, not merely mentioned: a dose or an arm stands beside it."""
    around = document.text[max(0, value.start - 30) : value.end + 45]
    if value.id == "ketamine" and "racemic" not in document.text:
        return bool(
            re.search(
                r"\b(?:or|and|versus|vs\.?|/) ?(?:es|ar|s-|r-)ketamine|ketamine (?:or|and|versus|vs\.?) ketamine",
                around,
            )
        )
    return bool(re.search(r"mg|group|arm|recei|\bor\b|versus|vs", around))
