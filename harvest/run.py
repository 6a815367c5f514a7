"""One harvest run: finds what is new or changed, stores it, and proves that nothing expected is missing.

A run may be killed at any moment. Each page of records is stored whole or not at all, and the watermark moves only in
the transaction that stores the last one. The caller holds the data folder's lock (`db.lock`).
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlite_utils import Database

from db.connect import write_transaction
from db.errors import EvidenceError, Unavailable
from db.records import SourceRecord
from db.run_queries import carry_over, count_missing, harvested_pmids, held_pmids, missing_before
from db.runs import (
    DONE,
    Block,
    close_killed_runs,
    describe_run,
    fail_run,
    finish_run,
    interrupt_run,
    last_watermark,
    list_runs,
    pending_hits,
    save_blocks,
    save_hits,
    save_topic,
    set_outcome,
    start_run,
)
from db.store import mark_missing, save_records
from db.topic import Topic
from harvest.answers import HistoryLost
from harvest.eutils import EutilsClient
from harvest.outcome import COUNTED, IncompleteRun, Interrupted, RunSummary
from harvest.searching import Listing, find_all, refuse_damage
from harvest.strategy import MAIN, Strategy, new_or_changed, prepare

#: PubMed indexes late and counts days in US Eastern time: each run looks again at the days before the last one.
OVERLAP = timedelta(days=14)
#: What an interrupted run stored is fetched again if it is older than this.
CARRY_FOR = timedelta(days=1)
#: `line` of stored records that a full search no longer finds; they are asked for to see whether they still exist.
UNLISTED = "unlisted"

Progress = Callable[[int, int], None]

logger = logging.getLogger(__name__)


def run_harvest(
    database: Database,
    topic: Topic,
    client: EutilsClient,
    *,
    full: bool = False,
    since: date | None = None,
    now: datetime | None = None,
    version: str = "",
    progress: Progress | None = None,
) -> RunSummary:
    """Brings the database up to PubMed's state for the topic.

    Incremental from the last watermark of this very strategy, less the overlap; everything on the first run, after the
    strategy has changed, and with `full`. `since` looks from that day on; it moves the watermark only if that leaves
    no gap. Raises StrategyError, PhraseDropped, Unavailable, Interrupted or IncompleteRun; in each case the watermark
    stands where it stood and the next run makes up for it.
    """
    strategy = prepare(topic.search)
    moment = now if now is not None else datetime.now(UTC)
    at = moment.isoformat(timespec="seconds")
    save_topic(database, topic, at=at)
    close_killed_runs(database, at=at)
    watermark = last_watermark(database, topic_id=topic.id, strategy=strategy.text)
    start = _start(watermark, full=full, since=since)
    run_id = start_run(
        database,
        kind="harvest" if start else "full",
        at=at,
        topic_id=topic.id,
        strategy=strategy.text,
        query=_dated(strategy.main, start),
        since=start.replace("/", "-"),
        version=version,
    )
    run = _Run(database, topic, client, strategy, run_id, start, moment, progress, client.requests)
    # A window that begins later than the last one ended leaves a gap: such a run must not move the watermark.
    covers = not start or (bool(watermark) and start <= _day(watermark))
    return run.guarded(covers=covers)


def _start(watermark: str, *, full: bool, since: date | None) -> str:
    """The first day to look at, YYYY/MM/DD, or "" for everything."""
    if full:
        return ""
    if since is not None:
        return f"{since:%Y/%m/%d}"
    return f"{date.fromisoformat(watermark) - OVERLAP:%Y/%m/%d}" if watermark else ""


def _day(iso: str) -> str:
    return iso.replace("-", "/")


def _dated(query: str, start: str) -> str:
    return new_or_changed(query, start) if start else query


@dataclass(slots=True)
class _Run:
    database: Database
    topic: Topic
    client: EutilsClient
    strategy: Strategy
    run_id: int
    start: str
    moment: datetime
    progress: Progress | None
    sent_before: int
    listings: dict[str, Listing] = field(default_factory=dict)
    unlisted: tuple[int, ...] = ()
    is_history_lost: bool = False
    blocks: dict[str, int] = field(default_factory=dict)

    @property
    def at(self) -> str:
        return self.moment.isoformat(timespec="seconds")

    @property
    def expected(self) -> int:
        return sum(len(listing.pmids) for listing in self.listings.values())

    def guarded(self, *, covers: bool) -> RunSummary:
        """The whole run, with its end written down whatever that end is."""
        try:
            self._search()
            self._note_requests()
            return self._fetch_and_settle(covers=covers)
        except KeyboardInterrupt:
            message = self._stopped()
            with contextlib.suppress(EvidenceError):
                self._note_requests()
                interrupt_run(self.database, self.run_id, at=self.at, message=message)
            raise Interrupted(message) from None
        except IncompleteRun:
            raise
        except EvidenceError as error:
            # Where the database itself is the trouble, the next run finds this one open and closes it.
            with contextlib.suppress(EvidenceError):
                self._note_requests()
                fail_run(self.database, self.run_id, at=self.at, message=str(error))
            raise

    def _note_requests(self) -> None:
        describe_run(self.database, self.run_id, requests=self.client.requests - self.sent_before)

    def _stopped(self) -> str:
        left = len(pending_hits(self.database, self.run_id)) if self.listings else 0
        if not left:
            return "Stopped. Nothing was half-stored; the next harvest starts this run again."
        done = self.expected - left
        return f"Stopped with {done} of {self.expected} records stored. The next harvest goes on with the other {left}."

    def _search(self) -> None:
        today = self.moment.date()
        for name, query in self.strategy.lines.items():
            self.listings[name] = find_all(self.client, _dated(query, self.start), today=today)
        if not self.start:
            self._count_blocks()
            listed = {pmid for listing in self.listings.values() for pmid in listing.pmids}
            self.unlisted = tuple(sorted(harvested_pmids(self.database, self.topic.id) - listed))
        with write_transaction(self.database):
            for name, listing in self.listings.items():
                save_hits(self.database, self.run_id, listing.pmids, line=name)
            save_hits(self.database, self.run_id, self.unlisted, line=UNLISTED)
            self._describe()
            fresh = (self.moment - CARRY_FOR).isoformat(timespec="seconds")
            carry_over(self.database, self.run_id, not_before=fresh)

    def _count_blocks(self) -> None:
        """Each concept block's own count. Only on full runs: an update must stay within a few requests."""
        found = []
        for name, query in self.strategy.blocks.items():
            search = refuse_damage(self.client.search(query, limit=0))
            self.blocks[name] = search.count
            found.append(Block(name, query, search.count, search.translation))
        save_blocks(self.database, self.run_id, found)

    def _describe(self) -> None:
        lines = [
            Block(name, listing.query, len(listing.pmids), listing.search.translation)
            for name, listing in self.listings.items()
        ]
        save_blocks(self.database, self.run_id, lines)
        warnings = [said for listing in self.listings.values() for said in listing.search.warnings]
        describe_run(
            self.database,
            self.run_id,
            query_translation=self.listings[MAIN].search.translation,
            warnings=json.dumps([said for said in dict.fromkeys(warnings) if said != "No items found."]),
            expected=self.expected,
        )

    def _fetch_and_settle(self, *, covers: bool) -> RunSummary:
        """Stores page after page; the last one together with the run's end and the watermark."""
        left = set(pending_hits(self.database, self.run_id))
        total = len(left)
        last: list[SourceRecord] = []
        for page in self._pages(left):
            left -= {record.article.pmid for record in page if record.article.pmid is not None}
            if left:
                self._save(page)
            else:
                last = page
            self._tell(total - len(left), total)
        with write_transaction(self.database):
            self._save(last)
            lost = self._note_missing(left)
            summary = self._finish(lost, left, covers=covers)
        if lost:
            raise IncompleteRun(summary.message, summary)
        return summary

    def _pages(self, left: set[int]) -> Iterator[list[SourceRecord]]:
        """Records as they come, only those that were asked for; what did not come is asked for once more.

        The pages are cut from the whole list, whatever is left of it: an interrupted run and the one that goes on from
        it store the same records together, and so tell the same story of changes.
        """
        everything = [pmid for listing in self.listings.values() for pmid in listing.pmids]
        for page in _chunks([*dict.fromkeys(everything), *self.unlisted], self.client.fetch_size):
            if wanted := [pmid for pmid in page if pmid in left]:
                yield _asked_for(self._by_history(wanted) or self.client.fetch(wanted), wanted)
        for page in _chunks(sorted(left), self.client.fetch_size):
            yield _asked_for(self.client.fetch(page), page)

    def _by_history(self, wanted: list[int]) -> list[SourceRecord]:
        """The records of a whole page of one line from NCBI's history, empty where that can't be had."""
        size = self.client.fetch_size
        for listing in self.listings.values():
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

    def _save(self, records: list[SourceRecord]) -> None:
        save_records(self.database, records, source="pubmed", run_id=self.run_id, at=self.at)

    def _tell(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(done, total)

    def _note_missing(self, left: set[int]) -> tuple[int, ...]:
        """Notes what PubMed listed or once gave, but didn't give now. Returns those that can't be accepted.

        A record that we hold and PubMed no longer gives is marked. One that we never had keeps the run from being
        complete, until it has been asked for in vain for as long as the overlap lasts.
        """
        held = held_pmids(self.database, left)
        mark_missing(self.database, sorted(held), run_id=self.run_id, at=self.at)
        long_ago = f"{self.moment.date() - OVERLAP:%Y-%m-%d}"
        ghosts = missing_before(self.database, left - held, long_ago)
        set_outcome(self.database, self.run_id, left, "missing")
        return tuple(sorted(left - held - ghosts))

    def _finish(self, lost: tuple[int, ...], left: set[int], *, covers: bool) -> RunSummary:
        count_missing(self.database, self.run_id)
        found = self.expected + len(self.unlisted) - len(left)
        describe_run(self.database, self.run_id, found=found)
        self._note_requests()
        watermark = f"{self.moment.date():%Y-%m-%d}" if covers and not lost else ""
        if lost:
            message = (
                f"PubMed lists {len(lost)} records that it doesn't give ({_some(lost)}). All others are stored. "
                "The next harvest asks for them again."
            )
            fail_run(self.database, self.run_id, at=self.at, message=message)
        else:
            finish_run(self.database, self.run_id, at=self.at, status=DONE, watermark=watermark)
        return self._summary(tuple(sorted(left)))

    def _summary(self, missing: tuple[int, ...]) -> RunSummary:
        row = list_runs(self.database, limit=1)[0]
        return RunSummary(
            run_id=self.run_id,
            lines={name: len(listing.pmids) for name, listing in self.listings.items()},
            blocks=self.blocks,
            missing_pmids=missing,
            **{name: row[name] for name in COUNTED},
        )


def _asked_for(records: Iterable[SourceRecord], wanted: list[int]) -> list[SourceRecord]:
    """The records that were asked for, in that order, each once: PubMed may send one twice, or another."""
    came = {record.article.pmid: record for record in records}
    return [came[pmid] for pmid in wanted if pmid in came]


def _chunks(pmids: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(pmids), size):
        yield pmids[start : start + size]


def _some(pmids: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, pmids[:5]))
    return f"{shown} and {len(pmids) - 5} more" if len(pmids) > 5 else shown
