"""How hard the patient pages are to read, measured over every known study."""

from __future__ import annotations

import re
from statistics import median
from typing import Any

import pytest

from db.collections import collection_files, read_collections
from db.topic import Topic
from harvest.topics import load_topic
from tests.conftest import ROOT
from tests.patients.conftest import LANGUAGES, language_of

OUTCOMES = ("alcohol_use", "craving", "withdrawal", "mood", "safety")
#: Words that a patient page must not use, or not without saying what they mean (which the glossary test checks).
HARD = (
    "clinician|subjects|placebo-controlled|randomi[sz]ed|cohort|efficacy|adverse|baseline|pharmac\\w*|etiolog\\w*|"
    "statistically|significant\\w*|subanaesthetic|dissociat\\w*|intravenous|abstinen\\w*|relapse|comorbid\\w*|enrolled|%"
)


def pages(topic: Topic, texts: Any) -> list[tuple[str, Any]]:
    """The page of each known study that is a publication, from its curated facts and a machine's usual tags."""
    from evidence_site.patients.compose import compose
    from evidence_site.patients.study import Fact, PatientStudy

    made = []
    for row in topic.known_studies:
        key = row["pmid"] or row["doi"]
        if not key:
            continue
        facts = {
            name: Fact(row[name]) for name in ("relevance", "study_design", "comparator", "follow_up") if row[name]
        }
        if row["n_participants"]:
            facts["n_participants"] = Fact(int(row["n_participants"]))
        facts |= {
            "overall_direction": Fact("mixed", False),
            "conditions": Fact(["aud", "depression", "healthy_volunteers"], False),
            "co_treatments": Fact(["psychotherapy", "naltrexone"], False),
            "route": Fact("intravenous", False),
            "dose": Fact("0.8 mg/kg", False),
            "sessions": Fact(3, False),
            "blinding": Fact("double-blind", False),
        }
        outcomes = {name: Fact(row[f"{name}_direction"]) for name in OUTCOMES if row[f"{name}_direction"]}
        outcomes["brain_mechanism"] = Fact("not_reported", False)
        study = PatientStudy(
            key, row["doi"], row["title"], int(row["year"] or 0) or None, "", "2026-11-20", facts, outcomes
        )
        made.append((key, compose(study, texts)))
    return made


def test_every_known_study_reads_at_grade_6_or_easier(topic: Topic, texts: dict[str, Any], grades: Any) -> None:
    """Flesch–Kincaid over the whole page: median at most 6, none above 8."""
    found = {key: grades.flesch_kincaid_grade(" ".join(page.texts())) for key, page in pages(topic, texts["en"])}
    assert len(found) >= 70
    assert median(found.values()) <= 6
    assert {key: grade for key, grade in found.items() if grade > 8} == {}


def test_the_spanish_pages_are_easy_by_fernandez_huerta(topic: Topic, texts: dict[str, Any], grades: Any) -> None:
    """Fernández-Huerta: 80 and more is easy, 70 and more fairly easy."""
    with language_of(grades, "es"):
        found = {key: grades.fernandez_huerta(" ".join(page.texts())) for key, page in pages(topic, texts["es"])}
    assert median(found.values()) >= 80
    assert {key: score for key, score in found.items() if score < 70} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_known_study_has_a_hard_word_or_a_long_sentence(language: str, topic: Topic, texts: dict[str, Any]) -> None:
    hard, long = [], []
    for key, page in pages(topic, texts[language]):
        for text in page.texts():
            hard += [(key, word[0]) for word in re.finditer(rf"\b(?:{HARD})\b|%", text, re.IGNORECASE)]
            long += [(key, part) for part in re.split(r"[.?!]\s", text) if len(part.split()) > 26]
    assert (hard, long) == ([], [])


def test_every_plain_finding_belongs_to_a_known_study(topic: Topic, texts: dict[str, Any]) -> None:
    known = {row["pmid"] for row in topic.known_studies} | {row["doi"].lower() for row in topic.known_studies}
    for language in LANGUAGES:
        assert set(texts[language].get("studies")) - known == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_safety_statement_and_the_help_lines_stand_on_every_page(
    language: str, topic: Topic, texts: dict[str, Any]
) -> None:
    for _, page in pages(topic, texts[language]):
        whole = " ".join(page.texts())
        assert "FDA" in whole
        assert [line.number for line in page.help_lines] == ["911", "988", "1-800-662-4357"]


def test_the_lists_that_travel_with_the_topic_are_as_easy_to_read(topic: Topic, grades: Any) -> None:
    collections, _ = read_collections(collection_files([topic.collections_folder]))
    for collection in collections:
        notes = [collection.intro, *(entry.note for entry in collection.studies)]
        assert grades.flesch_kincaid_grade(" ".join(note["en"] for note in notes)) <= 6
        with language_of(grades, "es"):
            assert grades.fernandez_huerta(" ".join(note["es"] for note in notes)) >= 80
        for text in (text for note in notes for text in note.values()):
            assert not re.search(rf"\b(?:{HARD})\b|%", text, re.IGNORECASE), text


@pytest.mark.parametrize("name", ["ketamine-opioid"])
def test_another_topics_pages_are_made_and_as_easy_to_read(name: str, grades: Any) -> None:
    """Every design and outcome of the second topic, in both languages, without a word of alcohol."""
    from evidence_site.patients.compose import compose
    from evidence_site.patients.study import Fact, PatientStudy
    from evidence_site.patients.texts import Texts
    from evidence_site.patients.variants import DESIGNS

    topic = load_topic(ROOT / "harvest" / "topics" / f"{name}.toml")
    for language in LANGUAGES:
        words = Texts(language, topic.pages[language]["patients"])
        for design in DESIGNS:
            facts = {"study_design": Fact(design), "relevance": Fact("core"), "n_participants": Fact(40)}
            facts |= {"formulation": Fact(["ketamine"]), "co_treatments": Fact(["buprenorphine", "methadone"])}
            for direction in ("favours_ketamine", "no_clear_difference", "favours_comparator", "mixed"):
                outcomes = {outcome.id: Fact(direction) for outcome in topic.outcomes}
                page = compose(PatientStudy("1", title="x", facts=facts, outcomes=outcomes), words)
                text = " ".join(page.texts())
                assert not re.search(r"alcohol|drink|beb[ie]|{|}", text, re.IGNORECASE), text
                if design in ("randomised_trial", "systematic_review"):
                    assert sum(len(part.findings) for part in page.sections) == len(topic.outcomes)
                if language == "en":
                    assert grades.flesch_kincaid_grade(text) <= 8
