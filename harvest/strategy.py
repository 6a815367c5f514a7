"""The topic's search strategy: checked, spelled out for PubMed, and cut to a range of dates."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from db.topic import SearchStrategy
from harvest.query import Block, Node, Problem, QueryError, parse, read_tokens
from harvest.topics import TopicError

MAIN = "main"
ADJACENT = "adjacent"


class StrategyError(TopicError):
    """The search strategy would be misread by PubMed; the message names each place and what to change."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """A checked strategy, ready to send. `blocks`, `main` and `adjacent` are complete PubMed queries on one line.

    `text` is what a methods section shows; its hash is kept with each run. `main_line` is the main line with its blocks' names.
    """

    blocks: dict[str, str]
    main: str
    adjacent: str
    text: str
    main_line: str

    @property
    def lines(self) -> dict[str, str]:
        """The lines that a harvest searches, in order."""
        return {MAIN: self.main, ADJACENT: self.adjacent} if self.adjacent else {MAIN: self.main}


def prepare(search: SearchStrategy) -> Strategy:
    """The strategy as PubMed gets it. Raises StrategyError where PubMed would misread it (see `lint`)."""
    problems = lint(search)
    if problems:
        raise StrategyError("The search strategy can't be sent to PubMed. " + " ".join(problems))
    blocks = {name: _one_line(query) for name, query in search.blocks.items()}
    main = _expand(search.main, blocks)
    adjacent = _expand(search.adjacent, {**blocks, MAIN: main}) if search.adjacent.strip() else ""
    shown = [f"{name} = {query}" for name, query in blocks.items()]
    shown.append(f"main = {_one_line(search.main)}")
    if adjacent:
        shown.append(f"adjacent = {_one_line(search.adjacent)}")
    return Strategy(blocks, main, adjacent, "\n".join(shown), _one_line(search.main))


def lint(search: SearchStrategy) -> list[str]:
    """Everything in the strategy that PubMed would misread, one sentence each; empty if all is well."""
    found: list[str] = []
    if not search.blocks:
        found.append("[search.blocks] is empty: name at least one concept block.")
    for name, query in search.blocks.items():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) or name in (MAIN, ADJACENT, "AND", "OR", "NOT"):
            found.append(f"{name!r} can't name a concept block: use letters and digits.")
        found += _problems(f"block {name}", query, [])
    found += _problems("main", search.main, list(search.blocks))
    if search.adjacent.strip():
        found += _problems("adjacent", search.adjacent, [*search.blocks, MAIN])
    return found


def _problems(place: str, query: str, blocks: list[str]) -> list[str]:
    try:
        parse(query, blocks)
    except QueryError as error:
        return [_sentence(place, problem) for problem in error.problems]
    return []


def _sentence(place: str, problem: Problem) -> str:
    return f"{place}, line {problem.line}, column {problem.column}: {problem.message}."


def _one_line(query: str) -> str:
    return " ".join(query.split())


def _expand(line: str, blocks: dict[str, str]) -> str:
    """The line with each block's name replaced by its query in parentheses."""
    parts = []
    done = 0
    for token in read_tokens(line, blocks):
        if isinstance(token.node, Block):
            parts += [line[done : token.start], f"({blocks[token.node.name]})"]
            done = token.end
    return _one_line("".join([*parts, line[done:]]))


def within(query: str, tag: str, first: str, last: str) -> str:
    """The query cut to records whose date `tag` lies from `first` to `last` (YYYY/MM/DD, both included)."""
    return f'({query}) AND ("{first}"[{tag}] : "{last}"[{tag}])'


def new_or_changed(query: str, since: str) -> str:
    """The query cut to records created or changed since a day (YYYY/MM/DD).

    By create and modification date, never by entry or publication date: those are back-dated, and a watermark on
    them loses papers for good.
    """
    return f'({query}) AND (("{since}"[crdt] : "3000"[crdt]) OR ("{since}"[mdat] : "3000"[mdat]))'


def blocks_of(line: str, blocks: Collection[str]) -> Node:
    """A line as a tree over block names, for telling which block loses a study."""
    return parse(line, blocks)
