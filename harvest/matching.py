"""Whether a record read from a file would be found by the search strategy, decided without PubMed.

The same query tree as the linter's, evaluated on an `Article`. Headings that PubMed includes under a MeSH heading are
known only as far as the topic's `search.explosions` names them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property

from db.records import Article, MeshHeading
from db.topic import SearchStrategy
from harvest.query import Block, Node, Operation, Operator, Range, Term, parse
from harvest.strategy import ADJACENT, MAIN, StrategyError, prepare

_WORD = re.compile(r"[^\W_]+")


class Matcher:
    """The strategy as a test on articles.

    Raises StrategyError for a strategy that doesn't pass the linter or that uses a field which files don't carry.
    """

    def __init__(self, search: SearchStrategy) -> None:
        strategy = prepare(search)
        self._explosions = {_plain(name): set(map(_plain, below)) for name, below in search.explosions.items()}
        self._blocks = {name: parse(query) for name, query in strategy.blocks.items()}
        self._lines = {name: parse(query) for name, query in strategy.lines.items()}
        for node in self._blocks.values():
            _check_fields(node)

    def line(self, article: Article) -> str:
        """ "main", "adjacent", or "" if no line of the strategy finds the article."""
        view = _View(article, self._explosions)
        for name in (MAIN, ADJACENT):
            if name in self._lines and view.matches(self._lines[name]):
                return name
        return ""

    def blocks(self, article: Article) -> dict[str, bool]:
        """Which concept blocks find the article."""
        view = _View(article, self._explosions)
        return {name: view.matches(node) for name, node in self._blocks.items()}


def _plain(text: str) -> str:
    """Lower case without accents, words separated by one space: "At-risk  Drinking" → "at risk drinking"."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(text.lower()))


def _haystack(texts: Iterable[str]) -> str:
    # Two spaces between texts: no phrase runs from one into the next.
    return " " + "  ".join(filter(None, map(_plain, texts))) + " "


class _View:
    """One article as the fields of the search."""

    def __init__(self, article: Article, explosions: dict[str, set[str]]) -> None:
        self.article = article
        self.explosions = explosions

    def matches(self, node: Node) -> bool:
        if isinstance(node, Operation):
            left = self.matches(node.left)
            if node.operator is Operator.AND:
                return left and self.matches(node.right)
            if node.operator is Operator.OR:
                return left or self.matches(node.right)
            return left and not self.matches(node.right)
        if isinstance(node, Term):
            return _FIELDS[node.tag](self, node)
        if isinstance(node, Range):
            return _in_range(self.article.published.value, node)
        raise TypeError(f"{node!r} stands for a block and can't be matched by itself")

    @cached_property
    def title(self) -> str:
        return _haystack([self.article.title])

    @cached_property
    def abstract(self) -> str:
        article = self.article
        own = [section.text for section in article.sections] or [article.abstract]
        return _haystack([*own, *(other.text for other in article.other_abstracts)])

    @cached_property
    def keywords(self) -> str:
        return _haystack(self.article.keywords)

    @cached_property
    def title_abstract(self) -> str:
        # PubMed Help: [tiab] covers title, abstract, other abstracts and the authors' keywords.
        return self.title + self.abstract + self.keywords

    @cached_property
    def headings(self) -> str:
        names = [heading.name for heading in self.article.mesh_headings]
        substances = [name for name, _ in self.article.substances]
        return _haystack([*names, *substances, *(kind.name for kind in self.article.publication_types)])

    @cached_property
    def text_words(self) -> str:
        return self.title_abstract + self.headings

    @cached_property
    def everything(self) -> str:
        article = self.article
        people = [f"{author.last_name} {author.initials} {author.collective_name}" for author in article.authors]
        return self.text_words + _haystack([*people, article.journal, article.journal_abbreviation, article.doi])

    def has_heading(self, term: Term, *, major: bool, explode: bool) -> bool:
        name, _, qualifier = term.text.partition("/")
        wanted = {_plain(name)}
        if explode:
            wanted |= self.explosions.get(_plain(name), set())
        return any(
            _plain(heading.name) in wanted and _qualified(heading, _plain(qualifier), major=major)
            for heading in self.article.mesh_headings
        )


def _qualified(heading: MeshHeading, qualifier: str, *, major: bool) -> bool:
    if not qualifier:
        return heading.is_major or not major
    return any(
        _plain(each.name) == qualifier and (each.major or heading.major or not major) for each in heading.qualifiers
    )


def _in_text(haystack: str, term: Term) -> bool:
    words = _plain(term.text)
    if term.distance is not None:
        return _near(haystack.split(), words.split(), term.distance)
    # A truncated term ends anywhere within its last word.
    return f" {words}" in haystack if term.text.strip().endswith("*") else f" {words} " in haystack


def _near(text: list[str], words: list[str], distance: int) -> bool:
    """All words, in any order, with at most `distance` others between the outermost two."""
    span = len(words) + distance
    return any(set(words) <= set(text[start : start + span]) for start in range(len(text)) if text[start] in words)


def _in_range(date: str, node: Range) -> bool:
    first, last = node.start.replace("/", "-"), node.end.replace("/", "-")
    return bool(date) and date >= first[: len(date)] and date[: len(last)] <= last


def _year(view: _View, term: Term) -> bool:
    return view.article.published.value.startswith(term.text.replace("/", "-"))


def _one_of(values: Callable[[Article], Iterable[str]]) -> Callable[[_View, Term], bool]:
    return lambda view, term: _plain(term.text) in set(map(_plain, values(view.article)))


_FIELDS: dict[str, Callable[[_View, Term], bool]] = {
    "tiab": lambda view, term: _in_text(view.title_abstract, term),
    "ti": lambda view, term: _in_text(view.title, term),
    "ab": lambda view, term: _in_text(view.abstract, term),
    "ot": lambda view, term: _in_text(view.keywords, term),
    "tw": lambda view, term: _in_text(view.text_words, term),
    "all": lambda view, term: _in_text(view.everything, term),
    "mh": lambda view, term: view.has_heading(term, major=False, explode=True),
    "mh:noexp": lambda view, term: view.has_heading(term, major=False, explode=False),
    "majr": lambda view, term: view.has_heading(term, major=True, explode=True),
    "majr:noexp": lambda view, term: view.has_heading(term, major=True, explode=False),
    "sh": _one_of(lambda article: (each.name for heading in article.mesh_headings for each in heading.qualifiers)),
    "nm": _one_of(lambda article: (name for name, _ in article.substances)),
    "pt": _one_of(lambda article: (kind.name for kind in article.publication_types)),
    "la": _one_of(lambda article: article.languages),
    "pmid": _one_of(lambda article: [str(article.pmid or "")]),
    "aid": _one_of(lambda article: [article.doi, article.pmcid]),
    "dp": _year,
}


def _check_fields(node: Node) -> None:
    if isinstance(node, Operation):
        _check_fields(node.left)
        _check_fields(node.right)
    elif isinstance(node, Term) and node.tag not in _FIELDS:
        raise StrategyError(f"[{node.tag}] can't be matched on files; harvest from PubMed, or import with --all.")
    elif isinstance(node, Range) and node.tag != "dp":
        raise StrategyError(f"A range of [{node.tag}] can't be matched on files; import with --all.")
    elif isinstance(node, Block):  # pragma: no cover - blocks hold terms only
        raise StrategyError(f"The block {node.name} can't stand inside a block.")
