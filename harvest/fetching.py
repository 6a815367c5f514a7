"""Fetches the records of a run page by page, from NCBI's history where that serves and by PMID otherwise."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.errors import Unavailable
from db.records import SourceRecord
from harvest.answers import HistoryLost
from harvest.eutils import EutilsClient
from harvest.searching import Listing

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Pages:
    """The pages of all records that the searches listed, and of `unlisted` ones to ask for beside them."""

    client: EutilsClient
    listings: list[Listing]
    unlisted: tuple[int, ...] = ()
    is_history_lost: bool = False

    def outstanding(self, left: set[int]) -> Iterator[list[SourceRecord]]:
        """Records as they come, only those that were asked for; what did not come is asked for once more.

        The pages are cut from the whole list, whatever is left of it: an interrupted run and the one that goes on from
        it store the same records together, and so tell the same story of changes.
        """
        everything = [pmid for listing in self.listings for pmid in listing.pmids]
        for page in _chunks([*dict.fromkeys(everything), *self.unlisted], self.client.fetch_size):
            if wanted := [pmid for pmid in page if pmid in left]:
                yield _asked_for(self._by_history(wanted) or self.client.fetch(wanted), wanted)
        for page in _chunks(sorted(left), self.client.fetch_size):
            yield _asked_for(self.client.fetch(page), page)

    def _by_history(self, wanted: list[int]) -> list[SourceRecord]:
        """The records of a whole page of one line from NCBI's history, empty where that can't be had."""
        size = self.client.fetch_size
        for listing in self.listings:
            if listing.history is None or len(wanted) < size or wanted[0] not in listing.pmids:
                continue
            start = listing.pmids.index(wanted[0])
            if self.is_history_lost or listing.pmids[start : start + size] != tuple(wanted):
                return []
            try:
                return self.client.fetch_history(listing.history, start, size)
            except (HistoryLost, Unavailable) as error:
                logger.warning("NCBI's history is of no use (%s); going on by PMID", error)
                self.is_history_lost = True
        return []


def _asked_for(records: Iterable[SourceRecord], wanted: list[int]) -> list[SourceRecord]:
    """The records that were asked for, in that order, each once: PubMed may send one twice, or another."""
    came = {record.article.pmid: record for record in records}
    return [came[pmid] for pmid in wanted if pmid in came]


def _chunks(pmids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(pmids), size):
        yield pmids[start : start + size]
