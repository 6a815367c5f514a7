"""The model that weighs what the rules read: its arithmetic, what it may show, and how it is learned. Texts are invented."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from classify.artifact import load_artifact, save_artifact
from classify.datasets import Example
from classify.evaluation import compare_outcomes
from classify.outcome_model import (
    LISTED,
    WORDS_LENGTH,
    OutcomeModel,
    Vocabulary,
    outcomes_from_content,
    outcomes_to_content,
)
from classify.outcome_training import (
    ABSENT,
    DISPUTED,
    OutcomeRows,
    certain_from,
    learn_vocabulary,
    outcome_rows,
    tabled,
    train_outcomes,
)
from classify.outcomes import read_directions
from classify.reading import Reader
from db.errors import BadInput
from db.records import Layer, TaggableRecord
from harvest.topics import load_topic

TOPIC = load_topic()
FAVOURS, NONE, AGAINST, MIXED, NOT_REPORTED = range(5)
BENEFIT = (
    "METHODS: Forty adults were randomised. RESULTS: Ketamine reduced alcohol craving compared with placebo (p = 0.01)."
    " CONCLUSIONS: Ketamine reduced alcohol craving."
)


def model_that_says(direction: int, chance: float = 0.99, reported: float = 0.99, **certain: float) -> OutcomeModel:
    """A model that says the same of everything."""
    bias = np.full(6, np.log((1 - chance) / 4), np.float32)
    bias[0], bias[1 + direction] = np.log(reported / (1 - reported)), np.log(chance)
    return OutcomeModel(signs("unused"), np.zeros((1, 6), np.float32), bias, certain)


def signs(*names: str) -> Vocabulary:
    return Vocabulary(names, np.zeros(len(names), np.float32))


def craving(model: OutcomeModel | None, abstract: str = BENEFIT) -> Any:
    record = TaggableRecord(id="1", title="Ketamine for alcohol use disorder (invented)", abstract=abstract)
    reader = Reader(TOPIC, model)
    document = reader.document(record, study_design="randomised_trial", relevance="core")
    assert document is not None
    tags = read_directions(document, reader.lexicon, "randomised_trial", model)
    return next((tag for tag in tags if tag.field == "outcomes.craving"), None)


def test_chances_are_those_of_the_two_regressions() -> None:
    weights = np.array([[1, 0, 2, 0, 0, 0], [0, -1, 0, 0, 0, 3]], np.float32)
    model = OutcomeModel(signs("a", "b"), weights, np.zeros(6, np.float32))
    told = model.chances([{"a": 2.0, "unknown": 5.0}, {"b": 1.0}, {}])
    assert told[:, 0] == pytest.approx([1 / (1 + np.exp(-2)), 0.5, 0.5])
    first, second = np.exp([0, 4, 0, 0, 0]), np.exp([-1, 0, 0, 0, 3])
    assert told[0, 1:] == pytest.approx(first / first.sum())
    assert told[1, 1:] == pytest.approx(second / second.sum())
    assert told[2, 1:] == pytest.approx([0.2] * 5)
    assert model.chances([]).shape == (0, 6)
    assert model.weighed({"a": 2.0, "b": 1.0}, "no_clear_difference") == [("a", 3.2)]


def test_what_is_shown_is_counted_in_numbers() -> None:
    """One right of one shown is 1 of 1, in JSON too, where it once said true."""
    tag = craving(model_that_says(FAVOURS, favours_ketamine=0.9))
    record = TaggableRecord(id="1", title="Ketamine (invented)", abstract=BENEFIT)
    example = Example(record, {"outcomes": [{"domain": "craving", "direction": "favours_ketamine"}]}, "own")
    shown = compare_outcomes([example], [{tag.field: tag}])["shown"]
    assert json.dumps(shown) == '{"outcome favours_ketamine": {"n": 1, "right": 1}}'


@pytest.mark.parametrize(
    ("domain", "results", "direction", "said"),
    [
        ("craving", "Alcohol craving did not differ between ketamine and placebo.", "no_clear_difference", NONE),
        ("safety", "Dizziness was more frequent with ketamine than with placebo.", "favours_comparator", AGAINST),
    ],
)
def test_a_plain_comparison_is_shown_unless_the_model_reads_it_otherwise(
    domain: str, results: str, direction: str, said: int
) -> None:
    record = TaggableRecord(
        id="1",
        title="Ketamine for alcohol use disorder (invented)",
        abstract=f"METHODS: Forty adults were randomised to ketamine or placebo. RESULTS: {results}",
    )

    def told(model: OutcomeModel) -> Any:
        tags = Reader(TOPIC, model).read(record, study_design="randomised_trial", relevance="core")
        return next(tag for tag in tags if tag.field == f"outcomes.{domain}")

    agreed, denied = told(model_that_says(said, chance=0.6)), told(model_that_says(FAVOURS, chance=0.6))
    assert (agreed.value, agreed.abstained, agreed.probability) == (direction, False, 0.95)
    unlikely = told(model_that_says(said, chance=0.5))
    assert (unlikely.value, unlikely.abstained, unlikely.probability) == (direction, True, 0.495)
    assert (denied.value, denied.abstained) == ("favours_ketamine", True)


@pytest.mark.parametrize(("chance", "reported"), [(0.5, 0.49), (0.3, 0.8), (0.99, 0.24)])
def test_a_domain_that_is_hardly_told_of_this_way_gets_no_tag(chance: float, reported: float) -> None:
    assert chance * reported < LISTED
    assert craving(model_that_says(FAVOURS, chance, reported)) is None
    assert craving(model_that_says(FAVOURS, chance, min(1.05 * LISTED / chance, 0.99))).value == "favours_ketamine"


def test_words_weigh_by_how_rare_they_are_and_alike_in_long_and_short_texts() -> None:
    vocabulary = Vocabulary(("sign", "“rare” in results", "“usual” in results"), np.array([0, 4, 3], np.float32))
    row = {"sign": 0.5, "“usual” in results": 1.0, "“rare” in results": 1.0, "“unknown” in results": 1.0}
    places, values = vocabulary.known(row)
    told = dict(zip(places, values.tolist(), strict=True))
    assert told == pytest.approx({0: 0.5, 1: WORDS_LENGTH * 4 / 5, 2: WORDS_LENGTH * 3 / 5})
    # Sums are added up in one order, whatever the order of the row: a training that is run again gives the same bytes.
    assert [place for place, _ in zip(*vocabulary.known(dict(reversed(row.items()))), strict=True)] == [0, 1, 2]
    alone = vocabulary.known({"“usual” in results": 1.0})
    assert (alone[0], alone[1].tolist()) == ([2], [WORDS_LENGTH])
    assert vocabulary.known({"sign": 0.25})[1].tolist() == [0.25]
    assert vocabulary.known({})[1].tolist() == []


def test_the_vocabulary_is_what_enough_rows_have() -> None:
    rows = [{"sign": 1.0, "“a” in results": 1.0}] * 4 + [{"“b” in results": 1.0}] * 4 + [{"“c” in results": 1.0}] * 2
    vocabulary = learn_vocabulary(rows)
    assert vocabulary.names == ("sign", "“a” in results", "“b” in results")
    assert vocabulary.rarity.tolist() == pytest.approx([0, np.log(10 / 4), np.log(10 / 4)])
    table = tabled(vocabulary, rows).toarray()
    assert table.shape == (10, 3)
    assert table[0].tolist() == [1.0, WORDS_LENGTH, 0.0]
    assert table[9].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("model", "abstract", "value", "shown"),
    [
        (model_that_says(FAVOURS, favours_ketamine=0.9), BENEFIT, "favours_ketamine", True),
        (model_that_says(FAVOURS, favours_ketamine=0.995), BENEFIT, "favours_ketamine", False),
        (model_that_says(FAVOURS), BENEFIT, "favours_ketamine", False),
        # Rules and model disagree: a person looks.
        (model_that_says(NONE, no_clear_difference=0.5), BENEFIT, "no_clear_difference", False),
        (model_that_says(NOT_REPORTED, not_reported=0.5), BENEFIT, "not_reported", False),
        # Only the results say so.
        (
            model_that_says(FAVOURS, favours_ketamine=0.5),
            BENEFIT.replace("CONCLUSIONS: Ketamine reduced alcohol craving.", "CONCLUSIONS: More work is needed."),
            "favours_ketamine",
            False,
        ),
        (  # the conclusions alone are enough where a model weighs them
            model_that_says(FAVOURS, favours_ketamine=0.9),
            "METHODS: Forty adults were randomised. CONCLUSIONS: Ketamine reduced alcohol craving.",
            "favours_ketamine",
            True,
        ),
    ],
)
def test_a_direction_is_shown_only_where_model_rules_and_threshold_agree(
    model: OutcomeModel, abstract: str, value: str, shown: bool
) -> None:
    tag = craving(model, abstract)
    assert (tag.value, not tag.abstained, tag.layer) == (value, shown, Layer.MODEL)
    assert tag.quote in abstract


def test_without_a_model_the_rules_decide() -> None:
    tag = craving(None)
    assert (tag.value, tag.abstained, tag.layer) == ("favours_ketamine", False, Layer.RULES)


def test_the_model_survives_the_artifact(tmp_path: Any) -> None:
    model = model_that_says(MIXED, mixed=0.7)
    save_artifact(tmp_path / "m.skops", {"outcomes": outcomes_to_content(model)}, {})
    read = outcomes_from_content(load_artifact(tmp_path / "m.skops").content["outcomes"])
    assert (read.vocabulary.names, read.certain) == (("unused",), {"mixed": 0.7})
    assert np.array_equal(read.vocabulary.rarity, model.vocabulary.rarity)
    assert np.array_equal(read.weights, model.weights)
    assert np.array_equal(read.bias, model.bias)


@pytest.mark.parametrize(
    "change",
    [
        {"names": "a\nb"},
        {"bias": np.zeros(5, np.float32)},
        {"certain": None},
        {"rarity": np.zeros(2, np.float32)},
    ],
)
def test_a_model_whose_parts_dont_fit_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="evidence train"):
        outcomes_from_content(outcomes_to_content(model_that_says(FAVOURS)) | change)


def test_the_threshold_of_a_benefit_looks_at_undoubted_ones_only() -> None:
    count = 100
    chances = np.zeros((count, 6), np.float32)
    chances[:, 0], chances[:, 1] = 1, np.linspace(0.5, 0.99, count)
    labels = np.where(np.arange(count) < 50, NONE, FAVOURS)  # the likelier half is right
    labels[[60, 61]] = DISPUTED
    everything = np.ones(count, bool)
    rows = OutcomeRows([{}] * count, labels, np.arange(count), np.zeros(count, np.int64), everything, everything)
    assert certain_from(rows, chances, everything) == {}  # 48 right of 49 are too few to show
    labels[[60, 61]] = FAVOURS
    threshold = certain_from(rows, chances, everything)["favours_ketamine"]
    assert threshold == round(float(chances[49, 1]), 4)  # 50 of 51 are right from there on
    rows.undoubted = ~everything
    assert certain_from(rows, chances, everything) == {}
    rows.undoubted, rows.said = everything, np.full(count, NOT_REPORTED)
    assert certain_from(rows, chances, everything) == {}
    rows.said, rows.own = np.zeros(count, np.int64), ~everything  # readings of other drugs choose no threshold
    assert certain_from(rows, chances, everything) == {}


def _example(number: int, harm: bool, disputed: bool = False) -> Example:
    verb = "increased" if harm else "reduced"
    record = TaggableRecord(
        id=str(number),
        title=f"Ketamine for alcohol use disorder, invented trial {number}",
        abstract=f"METHODS: Adults were randomised. RESULTS: Ketamine {verb} alcohol craving (p = 0.01)."
        f" CONCLUSIONS: Ketamine {verb} alcohol craving.",
    )
    direction = "favours_comparator" if harm else "favours_ketamine"
    outcomes = [] if number % 7 == 0 else [{"domain": "craving", "direction": direction, "quote": ""}]
    return Example(record, {"outcomes": outcomes, "disputed": ["craving"] if disputed else []}, "own")


def test_rows_carry_the_labels_of_their_records() -> None:
    examples = [
        _example(1, harm=False),
        _example(2, harm=True),
        _example(7, harm=True),
        _example(3, False, disputed=True),
    ]
    rows = outcome_rows(examples, ["randomised_trial"] * 4, Reader(TOPIC))
    assert rows.labels.tolist() == [FAVOURS, AGAINST, ABSENT, DISPUTED]
    assert rows.example.tolist() == [0, 1, 2, 3]
    assert rows.said.tolist() == [FAVOURS, AGAINST, AGAINST, FAVOURS]
    assert rows.undoubted.tolist() == [True, True, True, True]
    assert rows.features[0]["decided favours_ketamine"] == 1


def test_a_model_learns_from_labelled_records_and_is_judged_on_those_it_never_saw() -> None:
    examples = [_example(number, harm=number % 2 == 0) for number in range(1, 121)]
    fold = np.arange(len(examples)) // 2 % 4
    trained = train_outcomes(examples, ["randomised_trial"] * len(examples), fold, Reader(TOPIC))
    assert trained is not None
    figures = trained.figures["own"]
    assert figures["directions"]["favours_comparator"]["f1"]["value"] > 0.9
    assert figures["quotes"]["verbatim"] == 1.0
    assert train_outcomes(examples[:8], ["randomised_trial"] * 8, fold[:8], Reader(TOPIC)) is None
