"""What counts as the same fact in another form. Values are invented."""

from __future__ import annotations

import pytest

from classify.datasets import Example
from classify.evaluation import compare
from classify.fact_values import plain_value
from db.records import Layer, Tag, TaggableRecord


@pytest.mark.parametrize(
    ("field", "same"),
    [
        ("n_participants", [40, "40"]),
        ("dose", ["0.5 mg/kg", ".5 mg/kg", "0.50mg/kg", "0.5 mg kg(-1)", "0.5 mg kg⁻¹", "0.5 mg kg(- 1)", "0.5 mg per kilogram", "0.5-mg/kg"]),
        ("dose", ["0.3 mg/kg/h", "0.3 mg/(kg·h)", "0.3 mg.kg-1.h-1", "0.3 mg kg−1 hr−1", "0.3 mg/kg/hour", "0.3 mg/kg per hour"]),
        ("dose", ["5 μg/kg/min", "5 µg/kg/min", "5 mcg/kg/min", "5 microg x kg-1 x min-1", "5 micrograms kg-1 min-1", "5 γ/kg/min"]),
        ("dose", ["10 mg/h", "10 mg h-1", "10 mg per hour"]),
        ("dose", ["1 mg/kg; 2 mg/kg", "2.0 mg/kg; 1.0 mg/kg"]),
        ("follow_up", ["14 days", "two weeks", "day 14", "2-week", "2 weeks after treatment"]),
        ("follow_up", ["12 months", "one year", "twelve months", "1-year"]),
        ("comparator", ["placebo", "saline", "0.9% saline", "normal saline", "saline placebo", "placebo nasal spray"]),
        ("comparator", ["ECT", "electroconvulsive therapy"]),
        ("comparator", ["healthy controls", "healthy"]),
        ("registry_ids", [["NCT00000000"], ["nct-00000000"]]),
    ],
)  # fmt: skip
def test_other_forms_of_a_fact_are_the_same(field: str, same: list[object]) -> None:
    assert len({plain_value(field, value) for value in same}) == 1


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("dose", "0.5 mg/kg", "0.5 mg/kg/h"),
        ("dose", "5 mg", "5 μg"),
        ("follow_up", "2 weeks", "3 weeks"),
        ("comparator", "midazolam", "placebo"),
        ("n_participants", 40, None),
    ],
)
def test_different_facts_differ(field: str, one: object, other: object) -> None:
    assert plain_value(field, one) != plain_value(field, other)


def test_evaluation_tells_what_is_given_and_how_much_of_what_is_shown_is_right() -> None:
    """Another form of a dose is the same dose; an answer left to a person is given but not shown."""
    record = TaggableRecord(id="1", title="Invented")
    examples = [
        Example(record, {"n_participants": 40, "dose": "0.5 mg/kg"}, "own"),
        Example(record, {"n_participants": None, "dose": "1 mg/kg"}, "own"),
    ]

    def tag(field: str, value: object, abstained: bool) -> Tag:
        return Tag(field, value, 0.9, Layer.MODEL, abstained)

    tagged = [
        {"n_participants": tag("n_participants", 40, False), "dose": tag("dose", "0.50mg/kg", True)},
        {"dose": tag("dose", "2 mg/kg", False)},
    ]
    told = compare(examples, tagged)["facts"]
    assert {field: figures["shown"] for field, figures in told.items()} == {
        "n_participants": {"n": 1, "right": 1},
        "dose": {"n": 1, "right": 0},
    }
    assert {field: figures["precision"]["value"] for field, figures in told.items()} == {
        "n_participants": 1.0,
        "dose": 0.5,
    }
