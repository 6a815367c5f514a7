"""Reads what a person typed into the search box and writes it as an FTS5 expression.

Words, "exact phrases", prefix* and AND, OR, NOT with brackets. Every word reaches SQLite inside quotation marks, so
nothing that is typed can be taken for FTS5's own syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 500
MOST_WORDS = 40
DEEPEST = 20

_TOKEN = re.compile(r'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<phrase>[^"]*)"(?P<pstar>\*?)|(?P<word>[^\s()"]+))')
_OPERATORS = {"AND", "OR", "NOT"}


class SearchError(ValueError):
    """The search can't be read; the message says where and what to write instead."""


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str = ""
    prefix: bool = False


def fts_expression(text: str) -> str:
    """The FTS5 expression of a search, "" for an empty one. Raises SearchError."""
    text = text.replace("“", '"').replace("”", '"').replace("„", '"').strip()
    if not text:
        return ""
    if len(text) > LONGEST:
        raise SearchError(f"The search is longer than {LONGEST} characters. Use fewer words.")
    if text.count('"') % 2:
        raise SearchError('A quotation mark is missing: a phrase starts and ends with ".')
    tokens = _tokens(text)
    if not tokens:
        raise SearchError("There is no word in this search. Write at least one letter or number.")
    if len(tokens) > MOST_WORDS:
        raise SearchError(f"The search has more than {MOST_WORDS} words. Use fewer.")
    return _Reader(tokens).whole()


def plain_words(text: str) -> str:
    """Only the words of a search, as a suggestion where its syntax is broken."""
    words = [word for word in re.findall(r"\w[\w-]*", text) if word not in _OPERATORS]
    return " ".join(words[:10])[:200]


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text):
        if match["open"] or match["close"]:
            tokens.append(_Token("(" if match["open"] else ")"))
        elif match["phrase"] is not None:
            tokens += _words(match["phrase"], bool(match["pstar"]))
        elif match["word"] in _OPERATORS:
            tokens.append(_Token(match["word"]))
        else:
            tokens += _words(match["word"], match["word"].endswith("*"))
    return tokens


def _words(text: str, prefix: bool) -> list[_Token]:
    """A word or phrase as a token; nothing for one that has no letter or digit (FTS5 would match nothing)."""
    text = text.rstrip("*").strip()
    return [_Token("word", text, prefix)] if any(c.isalnum() for c in text) else []


class _Reader:
    """OR binds loosest; AND (written, or words side by side) and NOT are read from left to right, as in PubMed."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def whole(self) -> str:
        expression = self.either()
        if self.next_is(")"):
            raise SearchError("There is a closing bracket without an opening one.")
        return expression

    def next_is(self, *kinds: str) -> bool:
        return self.place < len(self.tokens) and self.tokens[self.place].kind in kinds

    def take(self) -> _Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def either(self) -> str:
        parts = [self.both()]
        while self.next_is("OR"):
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def both(self) -> str:
        expression = self.one()
        while self.next_is("AND", "NOT", "word", "("):
            if self.next_is("AND"):
                self.take()  # PubMed's "a AND NOT b" is read as "a NOT b"
            operator = "AND"
            if self.next_is("NOT"):
                self.take()
                operator = "NOT"
            expression = f"({expression} {operator} {self.one()})"
        return expression

    def one(self) -> str:
        if self.next_is("("):
            self.take()
            self.depth += 1
            if self.depth > DEEPEST:
                raise SearchError(f"More than {DEEPEST} brackets stand inside each other. Use fewer.")
            inside = self.either()
            self.depth -= 1
            if not self.next_is(")"):
                raise SearchError("A bracket is not closed.")
            self.take()
            return inside
        if self.next_is("word"):
            token = self.take()
            escaped = token.text.replace('"', '""')
            return f'"{escaped}"' + (" *" if token.prefix else "")
        if self.place >= len(self.tokens):
            raise SearchError("The search stops too early: a word is missing after AND, OR, NOT or a bracket.")
        kind = self.tokens[self.place].kind
        if kind == "NOT":
            raise SearchError("NOT needs something before it: write “ketamine NOT anaesthesia”.")
        if kind == ")":
            raise SearchError("There is a closing bracket where a word should be.")
        raise SearchError(
            f"{kind} needs a word on both sides. To search for the word itself, write it in small letters."
        )
