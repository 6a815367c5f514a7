"""A patient page never says more than its labels do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.taxonomy import ids
from db.topic import Topic
from tests.patients.conftest import LANGUAGES

DESIGNS = ids("study_design")
DOMAINS = ids("outcome_domain")
DIRECTIONS = ids("direction")
STATUSES = ("", "retracted", "withdrawn", "concern", "corrected", "notice", "missing")
PEOPLE_DESIGNS = ("randomised_trial", "nonrandomised_trial", "observational", "qualitative", "case_report")


def fact(value: Any, checked: bool = True) -> Any:
    from evidence_site.patients.study import Fact

    return Fact(value, checked)


def study(**parts: Any) -> Any:
    from evidence_site.patients.study import PatientStudy

    facts = parts.pop("facts", {})
    outcomes = parts.pop("outcomes", {})
    return PatientStudy(
        key=parts.pop("key", "99000001"),
        looked_on="2026-11-20",
        facts={name: value if hasattr(value, "checked") else fact(value) for name, value in facts.items()},
        outcomes={name: value if hasattr(value, "checked") else fact(value) for name, value in outcomes.items()},
        **parts,
    )


def compose(study: Any, texts: Any, unchecked: str = "say") -> Any:
    from evidence_site.patients.compose import compose

    return compose(study, texts, unchecked)


def section(page: Any, name: str) -> list[str]:
    """The statements of one section, unchecked ones with their mark."""
    for part in page.sections:
        if part.id == name:
            return [f"{s.text}{'' if s.checked else ' *'}" for s in part.statements()]
    return []


def whole(page: Any) -> str:
    return "\n".join(page.texts())


def test_a_trial_is_told_from_its_labels(texts: dict[str, Any]) -> None:
    """Every section of an ordinary trial, with what a person checked and what only a machine read."""
    page = compose(
        study(
            year=2025,
            facts={
                "relevance": "core",
                "study_design": "randomised_trial",
                "n_participants": 40,
                "overall_direction": fact("favours_ketamine", checked=False),
                "comparator": "Midazolam 0.025 mg/kg IV, same therapy",
                "route": fact("intravenous", checked=False),
                "dose": "0.71 mg/kg",
                "sessions": 1,
                "follow_up": "21 days after the infusion",
                "blinding": "double-blind",
                "conditions": ["aud"],
            },
            outcomes={"alcohol_use": "favours_ketamine", "craving": fact("no_clear_difference", checked=False)},
        ),
        texts["en"],
    )
    assert page.title == "A trial of ketamine and alcohol, 2025"
    assert {part.id: section(page, part.id) for part in page.sections if part.id not in {"safety", "ask"}} == {
        "studied": [
            "This was a trial: a test with people. Chance chose who got what, and when, like the toss of a coin.",
            "It is about ketamine and alcohol.",
        ],
        "people": ["40 people took part.", "Among them were people with alcohol use disorder."],
        "given": [
            "The drug was a form of ketamine, given by a drip into a vein. *",
            "Each person got it once.",
            "The dose was 0.71 mg for each kilo of body weight.",
            "The researchers compared it with midazolam.",
            "The people and the staff were not told who got what.",
            "The researchers kept track for 21 days.",
        ],
        "found": [
            "“Better” means better than without ketamine.",
            "People did better with their drinking.",
            "There was no clear difference in the wish to drink. *",
        ],
        "sure": [
            "This is a fair way to test a treatment. Still, one trial rarely gives the full answer.",
            "It was a small study. Small studies can mislead.",
        ],
        "not_told": [
            (
                "It does not tell if ketamine is right for you. "
                "It does not tell what happens later than the researchers looked."
            )
        ],
        "checked": ["We last looked for news on 20 November 2026.", "A person checked facts on this page."],
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["retracted", "withdrawn"])
def test_a_withdrawn_study_says_so_first_and_tells_no_result(language: str, status: str, texts: dict[str, Any]) -> None:
    page = compose(
        study(
            key="35012326",
            status=status,
            facts={"study_design": "randomised_trial", "overall_direction": "favours_ketamine"},
            outcomes=dict.fromkeys(DOMAINS, "favours_ketamine"),
        ),
        texts[language],
    )
    assert page.alerts[:2] == (texts[language](f"alert.{status}"), texts[language](f"alert.{status}_why"))
    assert section(page, "found") == section(page, "short") == []
    assert [part for part in page.sections if part.findings] == []
    assert page.variant == "retracted"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("design", [*DESIGNS, "unknown"])
def test_each_design_gets_wording_that_fits(design: str, language: str, texts: dict[str, Any]) -> None:
    page = compose(study(facts={"study_design": design, "relevance": "core", "n_participants": 12}), texts[language])
    kind = section(page, "studied")[0]
    assert kind == texts[language](f"kind.{design}")
    told_of_people = texts[language]("people.many", n="12") in section(page, "people")
    assert told_of_people == (design in PEOPLE_DESIGNS)


def test_a_plan_has_no_results_but_says_what_it_will_look_at(texts: dict[str, Any]) -> None:
    page = compose(
        study(
            facts={"study_design": "protocol", "n_participants": 96, "overall_direction": "not_reported"},
            outcomes={"mood": "not_reported", "alcohol_use": "not_reported", "craving": "not_reported"},
        ),
        texts["en"],
    )
    headings = {part.id: part.heading for part in page.sections}
    assert (headings["people"], headings["given"]) == ("Who is it for?", "What is the plan to give?")
    assert section(page, "people") == ["The plan is for 96 people."]
    assert section(page, "planned") == ["The plan is to look at drinking, the wish to drink and mood and worry."]
    assert section(page, "short") == section(page, "found") == []


def test_a_paper_about_something_else_says_only_that(texts: dict[str, Any]) -> None:
    page = compose(
        study(facts={"relevance": "off_topic", "study_design": "observational"}, outcomes={"mood": "mixed"}),
        texts["en"],
    )
    assert page.title == "A paper on something else"
    assert page.alerts[0].startswith("This paper is not about ketamine for drinking problems.")
    assert [part.id for part in page.sections] == ["studied", "sure", "not_told", "safety", "checked", "ask"]


def test_what_a_person_wrote_in_numbers_is_found_by_pmid_or_doi(texts: dict[str, Any]) -> None:
    facts = {"study_design": "randomised_trial"}
    by_pmid = compose(study(key="35012326", facts=facts), texts["en"])
    by_doi = compose(study(key="99", doi="10.1176/appi.ajp.2019.19070684", facts=facts), texts["en"])
    assert "10 more days without a drink in every 100 days" in section(by_pmid, "short")[0]
    assert "17 people got ketamine and 23 did not." in section(by_doi, "short")[0]


def test_a_machine_alone_never_accuses_a_paper_of_hopefulness(texts: dict[str, Any]) -> None:
    said = texts["en"]("found.more_hopeful")
    by = {
        checked: said
        in whole(
            compose(study(facts={"study_design": "randomised_trial", "claims_more": fact(True, checked)}), texts["en"])
        )
        for checked in (True, False)
    }
    assert by == {True: True, False: False}


def test_a_comparator_of_none_is_not_an_unknown_one(texts: dict[str, Any]) -> None:
    given = {
        comparator: section(
            compose(
                study(
                    facts={"study_design": "nonrandomised_trial"} | ({"comparator": comparator} if comparator else {}),
                    outcomes={"mood": "favours_ketamine"},
                ),
                texts["en"],
            ),
            "found",
        )[0]
        for comparator in ("none (before and after)", "", "Saline (crossover)")
    }
    assert given == {
        "none (before and after)": "“Better” means better after ketamine than before it.",
        "": "“Better” means better than without ketamine, or better than before it.",
        "Saline (crossover)": "“Better” means better than without ketamine.",
    }


def test_the_default_topic_has_plain_words_for_every_value(topic: Topic, texts: dict[str, Any]) -> None:
    """No id can reach a reader, and no value of the default topic goes untold."""
    wanted = {f"directions.{value}" for value in DIRECTIONS}
    wanted |= {f"{table}.{domain}" for table in ("areas", "names") for domain in DOMAINS}
    wanted |= {f"{table}.{design}" for table in ("title", "kind", "sure") for design in (*DESIGNS, "unknown")}
    names = {"conditions": "conditions", "co_treatments": "co_treatments", "formulation": "drugs"}
    wanted |= {f"{names[value.facet]}.{value.id}" for value in topic.facets if value.facet in names}
    for language in LANGUAGES:
        assert [name for name in sorted(wanted) if not texts[language].maybe(name)] == []


_value = st.sampled_from
_facts = st.fixed_dictionaries(
    {},
    optional={
        "relevance": _value(ids("relevance")),
        "study_design": _value(DESIGNS),
        "secondary_analysis": st.booleans(),
        "overall_direction": _value(DIRECTIONS),
        "n_participants": st.one_of(st.none(), st.integers(0, 200_000)),
        "n_studies": st.one_of(st.none(), st.integers(0, 900)),
        "dose": _value((None, "0.5 mg/kg", "56 mg; 84 mg", "0.2 mg/kg/h", "see text", "1.5 mg")),
        "route": _value((None, "intravenous", "intranasal", "oral", "other", "something new")),
        "sessions": _value((None, 1, 6)),
        "comparator": _value((None, "placebo", "none (before and after)", "Saline; midazolam", "various")),
        "follow_up": _value((None, "6 months", "1 week", "after the infusion", "0 days")),
        "blinding": _value((None, "double-blind", "single-blind", "open-label")),
        "conditions": st.lists(_value(("aud", "depression", "healthy_volunteers", "something_new")), max_size=3),
        "co_treatments": st.lists(_value(("psychotherapy", "other", "naltrexone", "something_new")), max_size=3),
        "formulation": st.lists(_value(("ketamine", "esketamine")), max_size=2),
        "claims_more": st.booleans(),
        "finding": st.just("CLINICIANS ONLY"),
        "population": st.just("CLINICIANS ONLY"),
        "intervention": st.just("CLINICIANS ONLY"),
    },
)


@st.composite
def studies(draw: st.DrawFn) -> Any:
    facts = {name: fact(value, draw(st.booleans())) for name, value in draw(_facts).items()}
    outcomes = draw(st.dictionaries(_value((*DOMAINS, "something_new")), _value(DIRECTIONS), max_size=6))
    return study(
        year=draw(st.one_of(st.none(), st.integers(1950, 2030))),
        status=draw(_value(STATUSES)),
        facts=facts,
        outcomes={name: fact(value, draw(st.booleans())) for name, value in outcomes.items()},
    )


_SLOTS = re.compile(r"\\\{[^}]*\\\}")


def _could_be(template: str, text: str) -> bool:
    """True if a template, with anything in its braces, gives this text."""
    pattern = _SLOTS.sub(".+?", re.escape(template))
    return re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL) is not None


@pytest.mark.parametrize("language", LANGUAGES)
@given(study=studies(), unchecked=st.sampled_from(["say", "leave_out"]))
@settings(max_examples=150, deadline=None)
def test_a_finding_tells_its_own_direction_and_no_other(
    language: str, study: Any, unchecked: str, texts: dict[str, Any]
) -> None:
    """Whatever the labels, each finding's sentence comes from the templates of its own label."""
    words = texts[language]
    page = compose(study, words, unchecked)
    for part in page.sections:
        for finding in part.findings:
            label = study.outcomes[finding.domain]
            assert finding.direction == label.value
            own = words.maybe(f"directions_{finding.domain}.{label.value}")
            assert finding.word == (own or words(f"directions.{label.value}"))
            assert bool(own) == (finding.domain == "safety" and label.value not in {"mixed", "not_reported"})
            assert finding.statement.checked is label.checked
            assert label.checked or unchecked == "say"
            wrong = [
                other
                for name in ("people", "case", "animals", "review")
                for key in (finding.domain, "any")
                for other, template in (words.get(f"found.{name}.{key}") or {}).items()
                if other != label.value and _could_be(template, finding.statement.text)
            ]
            assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
@given(study=studies())
@settings(max_examples=150, deadline=None)
def test_only_known_labels_are_told_and_only_with_their_mark(language: str, study: Any, texts: dict[str, Any]) -> None:
    """The main result is told if and only if its label stands; nothing unchecked goes without its mark."""
    words = texts[language]
    page = compose(study, words)
    main = [
        direction
        for direction in DIRECTIONS
        for name in ("people", "case", "animals", "review")
        for said in section(page, "short")
        if _could_be(words.get(f"overall.{name}.{direction}"), said.removesuffix(" *"))
    ]
    assert set(main) <= {study.value("overall_direction")}
    assert page.has_unchecked == (words("alert.mark") in whole(page).split("\n", 1)[-1])
    assert "CLINICIANS ONLY" not in whole(page)
    assert not re.search(r"[{}]|_|\bNone\b", whole(page))


@pytest.mark.parametrize("language", LANGUAGES)
@given(study=studies())
@settings(max_examples=100, deadline=None)
def test_leaving_out_tells_nothing_that_no_person_has_checked(language: str, study: Any, texts: dict[str, Any]) -> None:
    page = compose(study, texts[language], "leave_out")
    assert not page.has_unchecked
    if not any(fact.checked for fact in (*study.facts.values(), *study.outcomes.values())):
        assert section(page, "short") == []
        assert [part for part in page.sections if part.findings] == []


@pytest.mark.parametrize("language", LANGUAGES)
@given(study=studies())
@settings(max_examples=100, deadline=None)
def test_every_medical_word_is_explained_where_it_is_first_used(
    language: str, study: Any, texts: dict[str, Any]
) -> None:
    from evidence_site.patients.measures import mentions

    words = texts[language]
    page = compose(study, words)
    explained: list[str] = []
    for part in page.sections:
        for block in part.blocks:
            explained += [meaning.word for meaning in block.meanings]
            _assert_explained(words, block.statement.text, explained, mentions)
        explained += [meaning.word for meaning in part.meanings]
        for finding in part.findings:
            _assert_explained(words, finding.statement.text, explained, mentions)
    assert len(explained) == len(set(explained))


def _assert_explained(words: Any, text: str, explained: list[str], mentions: Any) -> None:
    for entry in words.get("glossary").values():
        if any(mentions(text, form) for form in entry["forms"]):
            assert f"{entry['word']}:" in explained


def test_the_classifiers_main_result_gives_way_to_outcomes_that_a_person_checked(texts: dict[str, Any]) -> None:
    """A machine's "does not say" beside a person's "better" would contradict it."""
    facts = {"study_design": "randomised_trial", "overall_direction": fact("not_reported", checked=False)}
    checked = study(facts=facts, outcomes={"alcohol_use": fact("mixed")})
    unchecked = study(facts=facts, outcomes={"alcohol_use": fact("mixed", checked=False)})
    assert section(compose(checked, texts["en"]), "short") == []
    assert len(section(compose(unchecked, texts["en"]), "short")) == 1


@pytest.mark.parametrize("design", ["randomised_trial", "case_report", "preclinical", "systematic_review"])
def test_little_harm_is_never_called_better(design: str, texts: dict[str, Any]) -> None:
    facts = {"study_design": fact(design), "relevance": fact("core")}
    page = compose(study(facts=facts, outcomes={"safety": fact("favours_ketamine")}), texts["en"])
    (found,) = (part for part in page.sections if part.id == "found")
    assert [finding.word for finding in found.findings] == ["Little harm seen"]
    assert "harm" in found.findings[0].statement.text
    assert "etter" not in " ".join(statement.text for statement in found.statements())


def test_a_tag_that_a_persons_account_of_the_treatment_confirms_needs_no_mark(texts: dict[str, Any]) -> None:
    tags = {"formulation": fact(["ketamine"], checked=False), "route": fact("intravenous", checked=False)}
    for account, checked in (
        ("Ketamine 0.8 mg/kg IV over 40 min", True),
        ("Esketamine 0.4 mg/kg IV", False),
        ("Ketamine by mouth", False),
        ("", False),
    ):
        facts = {"study_design": fact("randomised_trial"), "intervention": fact(account), **tags}
        page = compose(study(facts=facts), texts["en"])
        (given,) = (part for part in page.sections if part.id == "given")
        drug = given.blocks[0].statement
        assert (drug.text, drug.checked) == ("The drug was ketamine, given by a drip into a vein.", checked), account
