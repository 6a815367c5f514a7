"""Study design without training: what PubMed says of a record, and phrases that leave little doubt.

Two of the three layers. `pubmed_design` reads publication types and MeSH check tags; `text_design` reads phrases. Both
give a guess with an honest chance of being right, measured on the development data (docs/classifier.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from classify.design_cues import find_cues, is_notice, is_remark
from classify.sections import Sections, words
from classify.taxonomy import load_taxonomy
from db.records import TaggableRecord

#: Publication types in the order in which they decide: what is rare and exact first, "Review" and "Letter" last.
_ORDER = (
    "notice", "protocol", "meta_analysis", "systematic_review", "guideline", "case_report", "randomised_trial",
    "observational", "nonrandomised_trial", "narrative_review", "commentary",
)  # fmt: skip

#: How often a publication type's design is right, by design (weak where indexers and the guideline differ).
_PUBMED_CHANCE = {
    "notice": 0.98, "protocol": 0.96, "meta_analysis": 0.94, "systematic_review": 0.9, "guideline": 0.85,
    "case_report": 0.93, "randomised_trial": 0.93, "observational": 0.88, "nonrandomised_trial": 0.6,
    "narrative_review": 0.75, "commentary": 0.7,
}  # fmt: skip

_ANIMAL_TAGS = {"animals"}
_HUMAN_TAGS = {"humans"}


@dataclass(frozen=True, slots=True)
class Guess:
    """A design that a rule gives: how likely it is right, and what it rests on (publication types or found words)."""

    design: str
    chance: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One record's words, and its cues: those in the title, and those anywhere in title or abstract."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    notice: bool
    remark: bool
    title_words: list[str]
    body_words: list[str]

    @property
    def announced(self) -> bool:
        """Whether the record says of itself what it is, which no model outweighs."""
        return self.notice or self.remark

    @property
    def empty(self) -> bool:
        return not self.body_words

    @cached_property
    def ruled(self) -> Guess:
        """The design by phrases alone, as `text_design` gives it."""
        return text_design(self)


@cache
def _designs_by_type() -> dict[str, str]:
    return {
        name.lower(): term.id
        for term in load_taxonomy()
        if term.kind == "study_design"
        for name in term.publication_types
    }


def check_tags(record: TaggableRecord) -> set[str]:
    """MeSH headings in lower case, stars and qualifiers cut off ("Rats*" and "Rats/genetics" are "rats")."""
    return set(map(_bare_heading, record.mesh))


@lru_cache(maxsize=50_000)
def _bare_heading(heading: str) -> str:
    return heading.split("/")[0].rstrip("*").strip().lower()


def animals_only(record: TaggableRecord) -> bool:
    """True where the MeSH check tags say Animals and don't say Humans."""
    tags = check_tags(record)
    return bool(tags & _ANIMAL_TAGS) and not tags & _HUMAN_TAGS


def pubmed_design(record: TaggableRecord) -> Guess | None:
    """The design that publication types and check tags imply, or None where they say nothing about design."""
    known = _designs_by_type()
    types = {known[name.lower()]: name for name in record.publication_types if name.lower() in known}
    if animals_only(record) and not types.keys() & {
        "notice",
        "narrative_review",
        "commentary",
        "meta_analysis",
        "systematic_review",
    }:
        return Guess("preclinical", 0.93, ("MeSH Animals without Humans",))
    for design in _ORDER:
        if design in types:
            return Guess(design, _PUBMED_CHANCE[design], (types[design],))
    return None


def read_cues(sections: Sections) -> Reading:
    """Every cue of the record. Searched in lower case: medical text is capitalised at will."""
    title, body = sections.title.lower(), sections.body.lower()
    in_title, in_body = words(title), words(body)
    return Reading(
        title=find_cues(title, in_title),
        text=find_cues(f"{title}\n{body}", in_title + in_body),
        notice=is_notice(sections.title),
        remark=is_remark(title, body),
        title_words=in_title,
        body_words=in_body,
    )


def text_design(reading: Reading) -> Guess:
    """The design by phrases alone. The first rule that fits decides; the order follows the labels guideline."""
    for rule in (
        _notice,
        _remark,
        _protocol,
        _review,
        _laboratory,
        _patients_words,
        _one_case,
        _trial,
        _case,
        _opinion,
        _observed,
    ):
        guess = rule(reading)
        if guess:
            return guess
    return Guess("other", 0.3, ())


def _guess(reading: Reading, design: str, chance: float, *names: str) -> Guess:
    words = (reading.title.get(name) or reading.text.get(name) for name in names)
    return Guess(design, chance, tuple(dict.fromkeys(word.strip() for word in words if word)))


def _notice(reading: Reading) -> Guess | None:
    return Guess("notice", 0.97, ("title",)) if reading.notice else None


def _remark(reading: Reading) -> Guess | None:
    return Guess("commentary", 0.9, ("says so of itself",)) if reading.remark else None


def _protocol(reading: Reading) -> Guess | None:
    text = reading.text
    if "study protocol" in reading.title:
        return _guess(reading, "protocol", 0.95, "study protocol")
    if "registry form" in text and "results" not in text:
        return _guess(reading, "protocol", 0.93, "registry form", "will be done")
    if "registry form" in text and "will be done" in text:
        return _guess(reading, "protocol", 0.88, "registry form", "will be done")
    if "will be done" in text and not text.keys() & {"association", "pooled"}:
        return _guess(reading, "protocol", 0.8, "will be done", "study protocol", "aims in the present tense")
    return None


def _review(reading: Reading) -> Guess | None:
    title, text = reading.title, reading.text
    if "meta-analysis" in title and "randomised design" not in title:
        return _guess(reading, "meta_analysis", 0.93, "meta-analysis")
    if "systematic review" in title:
        return _guess(reading, "meta_analysis" if "pooled" in text and "meta-analysis" in text else "systematic_review", 0.9,
                      "systematic review", "pooled")  # fmt: skip
    if "searched databases" in text and "studies were included" in text:
        pooled = "meta-analysis" in text or "pooled" in text
        return _guess(
            reading,
            "meta_analysis" if pooled else "systematic_review",
            0.75,
            "searched databases",
            "meta-analysis",
            "pooled",
        )
    if "guideline" in title:
        return _guess(reading, "guideline", 0.7, "guideline")
    if "systematic review" in text and "review" in text and "people were recruited" not in text:
        return _guess(reading, "systematic_review", 0.7, "systematic review", "review")
    if "review" in title or (
        "review" in text and not text.keys() & {"allocated at random", "people were recruited", "retrospective"}
    ):
        return _guess(reading, "narrative_review", 0.72, "review", "overview of a field")
    return None


def _laboratory(reading: Reading) -> Guess | None:
    title, text = reading.title, reading.text
    lab = {"animals", "animal strain", "cells and tissue"}
    if title.keys() & lab and "people" not in title and "healthy volunteers" not in text:
        return _guess(reading, "preclinical", 0.92, "animal strain", "animals", "cells and tissue")
    if text.keys() & {"animal strain"} or (text.keys() & lab and "people" not in text):
        return _guess(reading, "preclinical", 0.85, "animal strain", "animals", "cells and tissue")
    return None


def _patients_words(reading: Reading) -> Guess | None:
    if "interviews" in reading.title:
        return _guess(reading, "qualitative", 0.85, "interviews")
    return None


def _random(reading: Reading) -> Guess | None:
    title, text = reading.title, reading.text
    if (
        "randomised design" in title
        or "allocated at random" in text
        or ("random" in title and "randomised trials in the plural" not in title)
    ):
        return _guess(reading, "randomised_trial", 0.92, "randomised design", "allocated at random", "random")
    if "randomised design" in text and ("placebo" in text or "double-blind" in text or "received a dose" in text):
        return _guess(reading, "randomised_trial", 0.85, "randomised design", "placebo", "double-blind")
    return None


def _trial(reading: Reading) -> Guess | None:
    text = reading.text
    if "not randomised" not in text and (guess := _random(reading)):
        return guess
    if "open-label" in text or "single arm" in text:
        return _guess(reading, "nonrandomised_trial", 0.75, "open-label", "single arm")
    if text.keys() & {"double-blind", "placebo", "crossover"} and "people" in text:
        return _guess(reading, "nonrandomised_trial", 0.6, "placebo", "double-blind", "crossover")
    return None


def _one_case(reading: Reading) -> Guess | None:
    """A patient whose age is told, in a record that calls itself a case or is about one patient."""
    title, text = reading.title, reading.text
    named = title.keys() & {"case report", "one patient"} or text.keys() & {"patient presented", "case series"}
    if "aged patient" in text and named and not text.keys() & {"allocated at random", "cohort", "cross-sectional"}:
        return _guess(reading, "case_report", 0.9, "aged patient", "case report", "one patient", "patient presented")
    return None


def _case(reading: Reading) -> Guess | None:
    title, text = reading.title, reading.text
    told = title.keys() & {"case report", "case series"} or "aged patient" in text
    if told and not text.keys() & {"cohort", "cross-sectional"}:
        return _guess(reading, "case_report", 0.85, "case report", "case series", "aged patient")
    return None


def _opinion(reading: Reading) -> Guess | None:
    if "comment" in reading.title or (reading.empty and "comment" in reading.text):
        return _guess(reading, "commentary", 0.65, "comment")
    return None


def _observed(reading: Reading) -> Guess | None:
    text = reading.text
    if "interviews" in text and not text.keys() & {"survey", "cohort", "association"}:
        return _guess(reading, "qualitative", 0.7, "interviews")
    strong = ("retrospective", "cohort", "cross-sectional", "case-control", "survey", "registry data", "observational")
    if text.keys() & set(strong):
        return _guess(reading, "observational", 0.78, *strong)
    if "healthy volunteers" in text and "received a dose" in text:
        return _guess(reading, "nonrandomised_trial", 0.55, "healthy volunteers", "received a dose")
    if "association" in text and "people" in text:
        return _guess(reading, "observational", 0.55, "association")
    return None
