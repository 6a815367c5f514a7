"""The strategy as PubMed gets it."""

from __future__ import annotations

from pathlib import Path

import pytest

import harvest
from db.topic import SearchStrategy
from harvest.strategy import Strategy, StrategyError, lint, new_or_changed, prepare, within
from harvest.topics import load_topic

TOPICS = sorted((Path(harvest.__file__).parent / "topics").glob("*.toml"))


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_every_topic_that_travels_with_the_package_passes_the_linter(path: Path) -> None:
    assert lint(load_topic(path).search) == []


def test_more_than_one_topic_travels_with_the_package() -> None:
    assert [path.stem for path in TOPICS] == ["ketamine-aud", "ketamine-opioid"]


def test_block_names_are_replaced_by_their_queries_in_parentheses() -> None:
    search = SearchStrategy({"K": "ketamin*[tiab]\n", "A": "alcohol*[tiab]  OR\nAUD[tiab]"}, "K AND A", "K NOT main")
    main = "(ketamin*[tiab]) AND (alcohol*[tiab] OR AUD[tiab])"
    assert prepare(search) == Strategy(
        blocks={"K": "ketamin*[tiab]", "A": "alcohol*[tiab] OR AUD[tiab]"},
        main=main,
        adjacent=f"(ketamin*[tiab]) NOT ({main})",
        text="K = ketamin*[tiab]\nA = alcohol*[tiab] OR AUD[tiab]\nmain = K AND A\nadjacent = K NOT main",
        main_line="K AND A",
    )


def test_a_topic_without_adjacent_line_searches_one_line() -> None:
    assert prepare(SearchStrategy({"K": "ketamin*[tiab]"}, "K")).lines == {"main": "(ketamin*[tiab])"}


def test_a_block_name_inside_a_quoted_term_is_left_alone() -> None:
    search = SearchStrategy({"K": "ketamin*[tiab]"}, 'K AND "vitamin K"[tiab]')
    assert prepare(search).main == '(ketamin*[tiab]) AND "vitamin K"[tiab]'


@pytest.mark.parametrize(
    ("search", "part"),
    [
        (SearchStrategy({}, "K"), "[search.blocks] is empty"),
        (SearchStrategy({"K": ""}, "K"), "block K, line 1, column 1: the query is empty."),
        (SearchStrategy({"K": "ketamin*[tiab]"}, "K AND L"), "main, line 1, column 7: 'L' is no concept block"),
        (SearchStrategy({"main": "ketamin*[tiab]"}, "main"), "'main' can't name a concept block"),
        (SearchStrategy({"K": "ketamin*[tiab]"}, "K", "K NOT mian"), "adjacent, line 1, column 7: 'mian'"),
    ],
)
def test_a_damaged_strategy_is_refused_with_the_place(search: SearchStrategy, part: str) -> None:
    with pytest.raises(StrategyError, match="can't be sent to PubMed") as caught:
        prepare(search)
    assert part in str(caught.value)


def test_the_window_is_by_create_and_modification_date_inside_the_term() -> None:
    assert new_or_changed("ketamin*[tiab]", "2026/01/01") == (
        '(ketamin*[tiab]) AND (("2026/01/01"[crdt] : "3000"[crdt]) OR ("2026/01/01"[mdat] : "3000"[mdat]))'
    )
    assert within("a[ti] OR b[ti]", "crdt", "2020/01/01", "2020/12/31") == (
        '(a[ti] OR b[ti]) AND ("2020/01/01"[crdt] : "2020/12/31"[crdt])'
    )
