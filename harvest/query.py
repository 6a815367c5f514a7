"""PubMed query text as a tree, with everything that PubMed would damage silently reported on the way.

PubMed answers an unknown field tag, a tag on a group or a typographic asterisk with a plausible number and no warning,
so a query is read here, strictly, before it is sent. PubMed knows no precedence: AND, OR and NOT work from left to
right (PubMed Help, "Combining search terms with Boolean operators").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from harvest.field_tags import TAGS

_PROXIMITY = re.compile(r"(tiab|title/abstract|ti|title|ad|affiliation):~(\d{1,4})")

#: Characters that look right on a screen and are something else to PubMed, with what was meant.
_TYPOGRAPHIC = {
    **dict.fromkeys("∗＊﹡⁎✱٭", "*"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚", "'"),
    **dict.fromkeys("‐‑–—", "-"),
    **dict.fromkeys("（【", "("),
    **dict.fromkeys("）】", ")"),
    **dict.fromkeys("\u00a0\u200b\u2009\u202f", "an ordinary space"),
}


class Operator(StrEnum):
    AND = "AND"
    OR = "OR"
    NOT = "NOT"


@dataclass(frozen=True, slots=True)
class Term:
    """One search term. `tag` is the short name of its field, `distance` the N of a proximity tag like [tiab:~N]."""

    text: str
    tag: str
    distance: int | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to `end`, as in "2020"[dp] : "3000"[dp]."""

    start: str
    end: str
    tag: str


@dataclass(frozen=True, slots=True)
class Block:
    """A concept block named in a line of the strategy."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    operator: Operator
    left: Node
    right: Node


Node = Term | Range | Block | Operation


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at which place of a query (`line` and `column` count from 1)."""

    message: str
    line: int
    column: int


class QueryError(Exception):
    """A query that PubMed would misread. `problems` is never empty."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query: kind is "(", ")", ":", an operator, "term" or "block"."""

    kind: str
    start: int
    end: int
    node: Node | None = None


def parse(text: str, blocks: Collection[str] = ()) -> Node:
    """The query as a tree; words in `blocks` stand for concept blocks.

    Raises QueryError with every problem found.
    """
    return _Parser(text, read_tokens(text, blocks)).parse()


def read_tokens(text: str, blocks: Collection[str] = ()) -> list[Token]:
    """The pieces of the query in order. Raises QueryError with every problem found."""
    scanner = _Scanner(text, blocks)
    tokens = list(scanner.tokens())
    if scanner.problems:
        raise QueryError(scanner.problems)
    return tokens


def problem_at(text: str, place: int, message: str) -> Problem:
    line = text.count("\n", 0, place)
    return Problem(message, line + 1, place - (text.rfind("\n", 0, place) + 1) + 1)


class _Scanner:
    def __init__(self, text: str, blocks: Collection[str]) -> None:
        self.text = text
        self.blocks = blocks
        self.problems: list[Problem] = []
        for place, character in enumerate(text):
            if character in _TYPOGRAPHIC:
                meant = _TYPOGRAPHIC[character]
                self._problem(place, f"{character!r} (U+{ord(character):04X}) isn't what PubMed reads: write {meant}")

    def _problem(self, place: int, message: str) -> None:
        self.problems.append(problem_at(self.text, place, message))

    def tokens(self) -> Iterator[Token]:
        place = 0
        last = ""
        while place < len(self.text):
            character = self.text[place]
            if character.isspace():
                place += 1
                continue
            token = self._token(place, character, last)
            if token.kind:
                yield token
                last = token.kind
            place = token.end

    def _token(self, place: int, character: str, last: str) -> Token:
        if character in "():":
            return Token(character, place, place + 1)
        if character == "[":
            whose = "a group: PubMed ignores it there; tag each term" if last == ")" else "no term"
            self._problem(place, f"this field tag belongs to {whose}")
            closed = self.text.find("]", place)
            return Token("", place, closed + 1 if closed >= 0 else len(self.text))
        if character == "]":
            self._problem(place, "']' without '['")
            return Token("", place, place + 1)
        if character == '"':
            return self._quoted(place)
        return self._words(place)

    def _quoted(self, place: int) -> Token:
        closed = self.text.find('"', place + 1)
        if closed < 0:
            self._problem(place, "this quotation mark is never closed")
            return Token("", place, len(self.text))
        return self._tagged(place, self.text[place + 1 : closed], closed + 1)

    def _words(self, place: int) -> Token:
        found = re.compile(r'[^\s()\[\]":]+').match(self.text, place)
        if found is None:  # pragma: no cover - the callers leave only word characters
            return Token("", place, place + 1)
        word, end = found.group(), found.end()
        if word in Operator.__members__:
            return Token(word, place, end)
        if word.upper() in Operator.__members__ and not re.match(r"\s*\[", self.text[end:]):
            self._problem(place, f"write {word.upper()} in capitals: PubMed takes {word!r} for a search word")
            return Token(word.upper(), place, end)
        if word in self.blocks:
            return Token("block", place, end, Block(word))
        more = re.compile(r'(?:\s+(?!(?:AND|OR|NOT)\b)[^\s()\[\]":]+)+(?=\s*\[)').match(self.text, end)
        if more is not None:
            self._problem(place, f"put several words in quotation marks: {self.text[place : more.end()]!r}")
            end = more.end()
        return self._tagged(place, self.text[place:end], end)

    def _tagged(self, place: int, text: str, end: int) -> Token:
        found = re.compile(r"\s*\[([^\[\]]*)\]").match(self.text, end)
        if found is None:
            if re.compile(r"\s*\[").match(self.text, end):
                self._problem(end, "this '[' is never closed")
                return Token("", place, len(self.text))
            known = f" (blocks: {', '.join(self.blocks)})" if self.blocks else ""
            wanted = "no concept block and has no field tag" if self.blocks else "has no field tag, such as [tiab]"
            self._problem(place, f"{text!r} is {wanted}{known}" if self.blocks else f"{text!r} {wanted}")
            return Token("", place, end)
        tag, distance = self._tag(found.start(1), found.group(1))
        self._check_text(place, text, tag)
        return Token("term", place, found.end(), Term(text, tag, distance))

    def _tag(self, place: int, written: str) -> tuple[str, int | None]:
        name = " ".join(written.lower().split())
        if near := _PROXIMITY.fullmatch(name):
            return TAGS[near.group(1)], int(near.group(2))
        if name not in TAGS:
            self._problem(place, f"unknown field tag [{written}]: PubMed would search all fields without a warning")
        return TAGS.get(name, name), None

    def _check_text(self, place: int, text: str, tag: str) -> None:
        words = text.strip()
        if not re.search(r"\w", words):
            self._problem(place, "this term is empty")
        if "*" in words[:-1]:
            self._problem(place, f"PubMed allows * only at the end of a term: {text!r}")
        elif words.endswith("*") and len(words) < 5:
            self._problem(place, f"PubMed needs at least four characters before *: {text!r}")
        elif words.endswith("*") and tag.startswith(("mh", "majr")):
            self._problem(place, f"a MeSH heading can't be truncated: {text!r}")


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.index = 0

    def parse(self) -> Node:
        if not self.tokens:
            raise self._error("the query is empty")
        node = self._line()
        if self._kind() == ")":
            raise self._error("this ')' has no '('")
        return node

    def _kind(self) -> str:
        return self.tokens[self.index].kind if self.index < len(self.tokens) else ""

    def _error(self, message: str) -> QueryError:
        place = self.tokens[self.index].start if self.index < len(self.tokens) else len(self.text.rstrip())
        return QueryError([problem_at(self.text, place, message)])

    def _line(self) -> Node:
        node = self._operand()
        while self._kind() not in ("", ")"):
            kind = self._kind()
            if kind not in Operator.__members__:
                raise self._error("AND, OR or NOT is missing before this")
            self.index += 1
            node = Operation(Operator(kind), node, self._operand())
        return node

    def _operand(self) -> Node:
        if self._kind() == "(":
            opened = self.index
            self.index += 1
            node = self._line()
            if self._kind() != ")":
                self.index = opened
                raise self._error("this '(' is never closed")
            self.index += 1
            return node
        if self._kind() not in ("term", "block"):
            raise self._error("a term is missing here")
        found = self.tokens[self.index].node
        if found is None:  # pragma: no cover - the scanner gives every term and block its node
            raise self._error("a term is missing here")
        self.index += 1
        return self._range(found) if self._kind() == ":" else found

    def _range(self, start: Node) -> Node:
        self.index += 1
        end = self.tokens[self.index].node if self.index < len(self.tokens) else None
        if not isinstance(start, Term) or not isinstance(end, Term) or start.tag != end.tag:
            raise self._error("a range needs the same field tag on both ends")
        self.index += 1
        return Range(start.text, end.text, start.tag)
