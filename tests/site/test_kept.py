"""What is kept in memory while a snapshot is served."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest
from evidence_site.kept import Answers, Memory


def test_an_answer_is_found_again_until_others_push_it_out() -> None:
    answers = Answers(most=100, largest=60)
    first, second, third = (SimpleNamespace(status=200, body=b"x" * 40) for _ in range(3))
    answers.keep("a", first)
    answers.keep("b", second)
    assert answers.find("a") is first
    answers.keep("c", third)
    assert [answers.find(key) for key in "abc"] == [first, None, third]
    assert answers.size == 80


@pytest.mark.parametrize(("status", "length"), [(404, 10), (400, 10), (500, 10), (301, 0), (200, 61)])
def test_errors_redirects_and_large_files_are_not_kept(status: int, length: int) -> None:
    answers = Answers(most=100, largest=60)
    answers.keep("a", SimpleNamespace(status=status, body=b"x" * length))
    assert answers.find("a") is None


def test_a_memory_drops_what_was_not_asked_for_the_longest() -> None:
    memory, made = Memory(2), []

    def ask(key: str) -> str:
        return memory.get(key, lambda: made.append(key) or key.upper())  # type: ignore[func-returns-value]

    assert [ask(key) for key in "abaca"] == list("ABACA")
    assert made == ["a", "b", "c"]
    assert ask("b") == "B"
    assert made == ["a", "b", "c", "b"]


def test_many_threads_may_use_a_memory_at_once() -> None:
    memory, start = Memory(5), threading.Barrier(4)

    def many(seed: int) -> bool:
        start.wait(10)
        return all(memory.get(n * seed % 11, lambda n=n: n * seed % 11) == n * seed % 11 for n in range(3000))  # type: ignore[misc]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(many, range(1, 5))) == [True] * 4
    assert len(memory.values) == 5


def test_the_same_view_is_the_same_answer_packed_or_not(client: httpx.Client) -> None:
    packed = [client.get("/studies?q=craving", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    plain = [client.get("/studies?q=craving", headers={"Accept-Encoding": "identity"}) for _ in range(2)]
    assert {answer.headers.get("content-encoding") for answer in packed} == {"gzip"}
    assert {answer.headers.get("content-encoding") for answer in plain} == {None}
    assert len({answer.text for answer in (*packed, *plain)}) == 1
    assert {answer.headers["content-security-policy"] for answer in packed} == {
        plain[0].headers["content-security-policy"]
    }
