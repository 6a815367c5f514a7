"""Finds every PMID that a query has, past the 9,999 that one search gives, or says that it couldn't."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from db.errors import EvidenceError, Unavailable
from harvest.answers import Search
from harvest.eutils import EutilsClient
from harvest.strategy import within

#: Times that a search whose ids and count disagree is tried again: counts may change between two pages.
_TRIES = 3
#: Dates that PubMed's records carry, in the order in which a too-large slice is cut further.
_SLICED_BY = ("crdt", "mdat", "dp")
_OLDEST = date(1780, 1, 1)


class PhraseDropped(EvidenceError):
    """PubMed left a part of the query out: what it found is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All PMIDs of one query. `search` is the page that came first, with history if one page holds everything."""

    query: str
    pmids: tuple[int, ...]
    search: Search
    slices: int = 1

    @property
    def history(self) -> Search | None:
        """The search to page through on NCBI's side, if it covers exactly these PMIDs."""
        return self.search if self.search.web_env and self.slices == 1 else None


def find_all(client: EutilsClient, query: str, *, today: date) -> Listing:
    """Every PMID of the query.

    Raises PhraseDropped if PubMed left out a phrase, Unavailable if ids and counts keep disagreeing.
    """
    for _ in range(_TRIES):
        search = refuse_damage(client.search(query, history=True))
        if search.count <= client.page_limit:
            if len(search.pmids) == search.count:
                return Listing(query, search.pmids, search)
            continue
        parts = list(_slices(client, query, today))
        pmids = tuple(dict.fromkeys(pmid for part in parts for pmid in part))
        if len(pmids) == search.count:
            return Listing(query, pmids, replace(search, pmids=()), slices=len(parts))
    raise Unavailable(
        f"PubMed counts {search.count} records for the search, but doesn't give as many PMIDs, in {_TRIES} attempts. "
        "Nothing is lost: run the same command again later."
    )


def refuse_damage(search: Search) -> Search:
    """The search, if PubMed searched for all of the query. Raises PhraseDropped otherwise."""
    if search.dropped:
        phrases = ", ".join(dict.fromkeys(search.dropped))
        raise PhraseDropped(
            f"PubMed didn't find and left out: {phrases}. The search would miss studies without a sign: "
            "correct or remove the phrase in the topic file."
        )
    return search


def _slices(client: EutilsClient, query: str, today: date) -> Iterator[tuple[int, ...]]:
    edges = (_OLDEST, date(today.year + 1, 12, 31))
    return _cut(client, query, _SLICED_BY, *edges, edges)


def _cut(
    client: EutilsClient, query: str, tags: tuple[str, ...], first: date, last: date, edges: tuple[date, date]
) -> Iterator[tuple[int, ...]]:
    """The PMIDs of the query whose date lies from `first` to `last`, in slices that one search can give.

    Halves the range at a year's end while it spans years, then at a month's, then day by day.
    """
    tag = tags[0]
    # The outermost slices are open, so that no date, however odd, falls outside all of them.
    begin = "1000" if first == edges[0] else f"{first:%Y/%m/%d}"
    end = "3000" if last == edges[1] else f"{last:%Y/%m/%d}"
    sliced = within(query, tag, begin, end)
    search = refuse_damage(client.search(sliced))
    if search.count <= client.page_limit:
        yield search.pmids
    elif first < last:
        middle = _middle(first, last)
        yield from _cut(client, query, tags, first, middle, edges)
        yield from _cut(client, query, tags, middle + timedelta(days=1), last, edges)
    elif len(tags) > 1:
        yield from _cut(client, sliced, tags[1:], *edges, edges)
    else:
        raise EvidenceError(
            f"PubMed has {search.count} records of this search on one day ({first}), more than it will list. "
            "Narrow the topic's search strategy."
        )


def _middle(first: date, last: date) -> date:
    """The last day of the first half: a year's end, else a month's end, else a day."""
    if first.year < last.year:
        # Most records are recent: two thirds of the way makes for slices of like size.
        return date(first.year + (last.year - first.year) * 2 // 3, 12, 31)
    if first.month < last.month:
        middle = first.month + (last.month - first.month) // 2
        return date(first.year, middle + 1, 1) - timedelta(days=1)
    return first + (last - first) // 2
