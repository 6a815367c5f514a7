"""The models that weigh what may be a record's facts: arithmetic, what is shown, how they are learned. Texts are invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classify.artifact import load_artifact, save_artifact
from classify.candidates import marked_drugs, nearest_drugs
from classify.datasets import Example
from classify.document import Document
from classify.fact_answers import QUESTIONS, answer, chosen, possible_answers
from classify.fact_model import NEVER, FactModel, facts_from_content, facts_to_content
from classify.fact_training import FactRows, Judged, certain_from, fact_rows, train_facts
from classify.facts import read_facts
from classify.reading import Reader
from classify.time_candidates import follow_up_candidates
from db.errors import BadInput
from db.records import Layer, TaggableRecord
from harvest.topics import load_topic

TOPIC = load_topic()
READER = Reader(TOPIC)


def document(abstract: str, design: str = "randomised_trial", title: str = "Ketamine in adults (invented)") -> Document:
    record = TaggableRecord(id="1", title=title, abstract=abstract)
    made = READER.document(record, study_design=design, relevance="core")
    assert made is not None
    return made


def model(certain: float = NEVER, bias: float = -3.0, **weights: float) -> FactModel:
    names = {name.replace("_", " "): weight for name, weight in weights.items()}
    return FactModel(tuple(names), np.array(list(names.values()), np.float32), bias, certain)


def test_a_chance_is_that_of_the_logistic_regression() -> None:
    one = FactModel(("a", "b"), np.array([2, -1], np.float32), 0.5)
    assert one.chance({"a": 1.0, "b": 2.0, "unknown": 9.0}) == pytest.approx(1 / (1 + np.exp(-0.5)))
    assert one.weighed({"a": 1.0, "b": 2.0, "unknown": 9.0}) == [["a", 2.0]]


@pytest.mark.parametrize(
    ("field", "abstract", "design", "values"),
    [
        pytest.param("n_participants", "METHODS: Twenty patients and 22 controls were scanned after ketamine.", "nonrandomised_trial", [20, 22, 42], id="two groups and their sum"),
        pytest.param("n_participants", "METHODS: Thirty patients in each group got ketamine or saline.", "randomised_trial", [60, 90, 30], id="so many in each group"),
        pytest.param("n_participants", "METHODS: Adults had ketamine (n = 31) or saline (n = 33).", "randomised_trial", [31, 33, 64], id="arms"),
        pytest.param("n_studies", "RESULTS: Of 300 articles on ketamine, 12 trials were included.", "systematic_review", [300, 12, 312], id="found and included"),
        pytest.param("n_studies", "RESULTS: Of 300 articles on ketamine, 12 trials were included.", "randomised_trial", [], id="no review"),
        pytest.param("dose", "METHODS: Ketamine 0.5 mg/kg or midazolam 0.045 mg/kg was given.", "randomised_trial", ["0.5 mg/kg", "0.045 mg/kg"], id="every drug's"),
        pytest.param("sessions", "METHODS: Ketamine was infused twice weekly for four weeks.", "randomised_trial", [4, 8, 1], id="a schedule"),
        pytest.param("comparator", "METHODS: Adults had ketamine, AZD6765 or normal saline.", "randomised_trial", ["azd6765", "saline"], id="names as written"),
        pytest.param("follow_up", "METHODS: Mood was rated one week and 28 days after ketamine.", "randomised_trial", ["one week", "28 days"], id="times"),
    ],
)  # fmt: skip
def test_possible_answers_are_all_that_may_be_meant(
    field: str, abstract: str, design: str, values: list[object]
) -> None:
    found = possible_answers(document(abstract, design), design, field, None)
    assert [item.mentions[0].value for item in found] == values


def test_mentions_of_one_value_are_one_possible_answer_with_the_signs_of_all() -> None:
    made = document("METHODS: Mood was rated 14 days after ketamine. RESULTS: At two weeks ketamine had helped.")
    (found,) = possible_answers(made, "randomised_trial", "follow_up", None)
    assert [mention.value for mention in found.mentions] == ["14 days", "two weeks"]
    assert {"section methods", "section results", "said 2 times", "right after after"} <= set(found.features)


@pytest.mark.parametrize(
    ("field", "chances", "told"),
    [
        ("n_participants", [0.2, 0.7, 0.3], ([1], 0.7)),
        ("n_participants", [0.2, 0.39], ([], 0.0)),
        ("n_participants", [], ([], 0.0)),
        ("dose", [0.9, 0.8, 0.1], ([0, 1], pytest.approx(0.9 * 0.8 * 0.9))),
        ("dose", [0.4, 0.1], ([], 0.0)),
    ],
)
def test_the_likeliest_answer_is_given_and_of_several_values_each_likely_one(
    field: str, chances: list[float], told: tuple[list[int], Any]
) -> None:
    assert chosen(field, chances) == told


def test_an_answer_is_quoted_where_its_signs_are_strongest_and_certain_from_the_threshold() -> None:
    made = document("OBJECTIVE: Ketamine was studied in 40 adults. METHODS: 40 adults were randomised to ketamine.")
    for certain, shown in ((0.9, True), (0.99, False)):
        weighs = {"n_participants": model(certain, telling_randomis=6.0)}
        tag = next(tag for tag in read_facts(made, "randomised_trial", weighs) if tag.field == "n_participants")
        assert (tag.value, tag.quote, tag.layer, tag.abstained) == (40, "40 adults", Layer.MODEL, not shown)
        assert tag.probability == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-4)
        assert tag.why == {"terms": [["telling randomis", 6.0]]}
    told = answer(made, "randomised_trial", "n_participants", None, model(telling_randomis=6.0))
    assert told is not None
    assert made.text[told.fact.start - 9 : told.fact.end] == "methods: 40 adults"


def test_several_values_are_joined_as_written() -> None:
    made = document("METHODS: Adults had ketamine at 0.2 or 0.5 mg.kg-1, or midazolam 0.045 mg/kg.")
    told = answer(made, "randomised_trial", "dose", None, model(own_by_rule=6.0))
    assert told is not None
    assert told.fact.value == "0.2 mg/kg; 0.5 mg/kg"


def test_a_sum_is_quoted_from_its_first_part_to_its_last() -> None:
    made = document("METHODS: Adults had ketamine (n = 31) or saline (n = 33).")
    weighs = {"n_participants": model(form_sum=6.0)}
    tag = next(tag for tag in read_facts(made, "randomised_trial", weighs) if tag.field == "n_participants")
    assert (tag.value, tag.quote) == (64, "n = 31) or saline (n = 33")


def test_where_nothing_is_likely_there_is_no_fact_and_without_a_model_the_rules_decide() -> None:
    made = document("METHODS: Forty adults were randomised to ketamine or placebo. Ketamine 0.5 mg/kg was infused.")
    unlikely = read_facts(made, "randomised_trial", dict.fromkeys(QUESTIONS, model(bias=-9.0)))
    assert not {tag.field for tag in unlikely} & set(QUESTIONS)
    ruled = {tag.field: tag for tag in read_facts(made, "randomised_trial")}
    assert {field: ruled[field].value for field in ("n_participants", "dose", "comparator")} == {
        "n_participants": 40,
        "dose": "0.5 mg/kg",
        "comparator": "placebo",
    }
    assert all(ruled[field].abstained for field in ("n_participants", "dose", "comparator"))


def test_the_models_survive_the_artifact(tmp_path: Path) -> None:
    models = {"dose": model(0.8, own_by_rule=1.5), "sessions": model(most=2.0)}
    save_artifact(tmp_path / "m.skops", {"facts": facts_to_content(models)}, {})
    back = facts_from_content(load_artifact(tmp_path / "m.skops").content["facts"])
    assert {field: (one.names, one.weights.tolist(), one.bias, one.certain) for field, one in back.items()} == {
        "dose": (("own by rule",), [1.5], -3.0, 0.8),
        "sessions": (("most",), [2.0], -3.0, NEVER),
    }


@pytest.mark.parametrize("change", [{"names": "a\nb"}, {"weights": None}, {"certain": None}, {"bias": "x"}])
def test_a_model_whose_parts_dont_fit_is_refused(change: dict[str, Any]) -> None:
    content = facts_to_content({"dose": model(own_by_rule=1.0)})
    content["dose"] |= change
    with pytest.raises(BadInput, match="part on dose is damaged"):
        facts_from_content(content)


def test_the_threshold_looks_only_at_records_that_no_rule_was_mended_with() -> None:
    unseen = np.array([number % 2 == 0 for number in range(200)])
    rows = FactRows("dose", [], np.zeros(0, bool), [], np.zeros(0, np.int64), {}, unseen)
    # Of the unseen ones those below 0.5 are wrong; all others are right, whatever their chance.
    judged = [Judged(number, number / 200, number % 2 == 1 or number >= 100) for number in range(200)]
    threshold = certain_from(rows, judged)
    assert threshold is not None
    assert 0.45 < threshold < 0.5
    assert certain_from(rows, judged[100:130]) is None  # too few to tell


def _example(number: int) -> Example:
    count = 20 + 2 * number
    abstract = (
        f"BACKGROUND: {count + 300} adults took part in an older survey."
        f" METHODS: {count} adults were randomised to ketamine 0.5 mg/kg or midazolam 0.045 mg/kg."
    )
    labels = {"n_participants": count, "dose": "0.5 mg/kg", "follow_up": None, "facts_unseen": number % 2 == 0}
    record = TaggableRecord(id=str(number), title=f"Ketamine in adults, trial {number} (invented)", abstract=abstract)
    return Example(record, labels, "mine", "")


def test_rows_carry_the_labels_of_their_records() -> None:
    rows = fact_rows([_example(3)], ["randomised_trial"], READER)["dose"]
    assert dict(zip(rows.plain, rows.right.tolist(), strict=True)) == {"0.5mg/kg": True, "0.045mg/kg": False}
    assert (rows.truth, rows.unseen.tolist()) == ({0: frozenset({"0.5mg/kg"})}, [False])


def test_models_learn_from_labelled_records_and_are_judged_on_those_they_never_saw() -> None:
    examples = [_example(number) for number in range(160)]
    fold = np.arange(160) % 5
    trained = train_facts(examples, ["randomised_trial"] * 160, fold, READER)
    assert set(trained.models) == {"n_participants", "dose"}  # of the rest nothing is stated
    assert trained.figures["dose"] == {"given": 80, "right": 80, "stated": 80, "shown": 80, "shown_right": 80}
    reader = Reader(TOPIC, facts=trained.models)
    tags = reader.read(_example(500).record, study_design="randomised_trial", relevance="core")
    facts = {tag.field: (tag.value, tag.abstained) for tag in tags}
    assert (facts["n_participants"], facts["dose"]) == ((1020, False), ("0.5 mg/kg", False))


def test_the_nearest_drugs_are_those_on_both_sides_whoever_else_is_named() -> None:
    words = "midazolam or ketamine 0.5 mg/kg, then placebo"
    own, others = [(13, 21)], [(0, 9), (38, 45)]
    told = nearest_drugs(words, 22, 31, marked_drugs(own, others))
    assert told == {
        "drug before own": 1.0,
        "drug before own beside": 1.0,
        "drug after another": 1.0,
        "drug after another near": 1.0,
        "drug after another through then": 1.0,
        "drug after another through ,": 1.0,
        "between own and another": 1.0,
    }
    # A drug is not its own neighbour.
    assert "between none and own" in nearest_drugs(words, 0, 9, marked_drugs(own, others))


def test_a_table_of_times_is_not_read_to_its_end() -> None:
    made = document("Ketamine was given. Scores fell at " + "2 weeks " * 500)
    assert len(follow_up_candidates(made, "randomised_trial", None)) == 100
