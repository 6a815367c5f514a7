"""How many people a review pools, and how many studies it includes (labels guideline, part 5)."""

from __future__ import annotations

import re

from classify.document import Document
from classify.numerals import NUMBER, to_int
from classify.people import DECIMAL, MANY, PEOPLE, SKIP, Fact, counted_sentences

_POOLED = (
    re.compile(
        rf"(?:\b(?:comprising|including|involving|with|of|totall?ing|representing|enrolling|corresponding to|reporting on|encompassing|from|in|and) |\()(?:a total of |over |approximately |data from )?"
        rf"(?P<n>{NUMBER}){SKIP} {MANY}{PEOPLE}\b"
    ),
    re.compile(rf"\((?:total )?n ?= ?(?P<n>{NUMBER})\)|\((?:n ?= ?)?(?P<m>{NUMBER}) {PEOPLE}[:)]"),
)
_STUDIES = re.compile(
    rf"\b(?P<n>{NUMBER}){SKIP} (?:[\w'-]+ ){{0,5}}?(?:studies|trials|rcts|articles|publications|reports|papers|reviews|meta-analyses)\b(?P<after>[^.;]{{0,60}})"
)
_INCLUDED = re.compile(
    r"\b(?:includ|met|eligible|identified|yield|were reviewed|were enrolled|analy[sz]ed|in total|total of|involving|comprising|qualified|retained|selected|fulfilled)"
)
_SEARCHED = re.compile(r"\b(?:screened|records|abstracts|citations|duplicates|full-text|retrieved)\b")


def read_pooled(document: Document) -> Fact | None:
    for sentence in counted_sentences(document):
        words = document.text[sentence.start : sentence.end]
        if sentence.section in ("objective", "background") or not re.search(
            r"\b(?:studies|trials|rcts|included|reports)\b", words
        ):
            continue
        for pattern in _POOLED:
            matches = list(pattern.finditer(words))
            if len(matches) > 1 and not _is_sum(matches):  # several counts and no sum
                return None
            if matches:
                value = to_int(next(group for group in matches[0].groups() if group))
                if value > 10:
                    return Fact(value, sentence.start + matches[0].start(), sentence.start + matches[0].end(), 0.9)
    return None


def _is_sum(matches: list[re.Match[str]]) -> bool:
    """Whether the first count is all the others together: "four trials (n = 239) of … (n = 149) or … (n = 90)"."""
    first, *others = (to_int(next(group for group in match.groups() if group)) for match in matches)
    return first == sum(others)


def read_studies(document: Document, study_design: str) -> Fact | None:
    """How many studies a review includes. Several counts and no sum are left to a person."""
    if study_design not in ("meta_analysis", "systematic_review"):
        return None
    found: list[Fact] = []
    for sentence in counted_sentences(document):
        words = DECIMAL.sub("·", document.text[sentence.start : sentence.end])
        chosen = _CHOSEN.search(words)
        if chosen:
            return Fact(to_int(chosen["n"]), sentence.start + chosen.start("n"), sentence.start + chosen.end(), 0.93)
        for match in _STUDIES.finditer(words):
            around = words[max(0, match.start() - 60) : match.end()]
            if _INCLUDED.search(around) and not _is_searched(words, match) and to_int(match["n"]) > 1:
                place = sentence.start + match.start()
                found.append(Fact(to_int(match["n"]), place, sentence.start + match.start("after"), 0.93))
    return found[0] if len({fact.value for fact in found}) == 1 else None


#: "Of the 2,275 articles identified, 93 met the criteria", "yielded 317 articles, where 29 studies met …", "25 reports from
#: 15 trials": the second is the number.
_CHOSEN = re.compile(
    rf"\b(?:of (?:the |these )?(?:total )?{NUMBER} |(?:yielded|yielding|identified|retrieved|found) )(?:[\w-]+ ){{0,4}}?(?:stud(?:y|ies)|articles|records|citations|papers|publications|reports|titles|abstracts|references|results)\b[^.;,]{{0,60}}"
    rf", (?:of which |where |and |with )?(?P<n>{NUMBER})(?!\s?%| [\w-]+ (?:and|in) ) [^.;]{{0,140}}?\b(?:met|were included|were eligible|fulfilled|qualified|being included)\b"
)
_SUBSET = re.compile(r"\bof (?:which|these|them|those)\b|\bincluded: |\bincluding\b|\bcomprising\b")
_FOUND_FIRST = re.compile(
    r"^ (?:that )?(?:were |was )?(?:initially )?(?:identified|screened|retrieved|found|reviewed|searched|excluded|published)\b"
)
_FROM_TRIALS = re.compile(
    rf"^ (?:\([^)]*\) )?(?:from|of|and|,) (?:[\w-]+ )?{NUMBER} |^[^.;]{{0,40}}\band {NUMBER} (?:[\w-]+ ){{0,3}}?(?:stud|trials|reports|articles|cohort|others)"
)


def _is_searched(words: str, match: re.Match[str]) -> bool:
    """Whether a count is of what the search found, or one of several kinds ("13 trials and one cohort study")."""
    after = match["after"]
    return bool(
        "database" in match[0][: match.start("after") - match.start()]
        or _SEARCHED.search(after)
        or (_FOUND_FIRST.match(after) and not re.search(r"\bincluded\b|\bmet\b", after))
        or _FROM_TRIALS.match(after)
        or re.search(r"\b(?:yield\w+|and) $", words[max(0, match.start() - 9) : match.start()])
        or _SUBSET.search(words[max(0, match.start() - 160) : match.start()])
    )
