"""Records from files: PubMed XML (saved searches, baseline and update files), MEDLINE text and PubMed's CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.connect import write_transaction
from db.errors import EvidenceError
from db.records import Article, SourceRecord
from db.run_queries import all_pmids
from db.runs import close_killed_runs, describe_run, fail_run, finish_run, save_hits, save_topic, start_run
from db.store import SaveCounts, mark_withdrawn, save_records
from db.topic import Topic
from harvest.files import read_file
from harvest.matching import Matcher
from harvest.pubmed_xml import DeletedPmids
from harvest.strategy import prepare

#: `line` of a record that no line of the strategy matches, kept because everything was asked for.
ANY = "any"
#: `line` of a record that we hold already: a file may bring its newer version.
HELD = "held"
_CHUNK = 500

Progress = Callable[[Path, int], None]


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What one file held. `read` records, of which `kept` match the topic (or all, if so asked).

    `withdrawn`: records of ours that the file says NLM has deleted.
    """

    path: str
    read: int
    kept: int
    new: int
    changed: int
    unchanged: int
    skipped: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """All files of one import, each stored whole."""

    run_id: int
    files: tuple[FileSummary, ...]

    def total(self, name: str) -> int:
        """The sum of a count over all files."""
        return sum(int(getattr(each, name)) for each in self.files)

    def as_json(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "files": [asdict(each) for each in self.files]}

    def __str__(self) -> str:
        total = self.total
        return (
            f"{total('read')} records read, {total('kept')} kept: {total('new')} new, {total('changed')} changed, "
            f"{total('unchanged')} unchanged"
            + (f", {total('withdrawn')} withdrawn by NLM" if total("withdrawn") else "")
            + "."
        )


def import_files(
    database: Database,
    topic: Topic,
    paths: Iterable[Path],
    *,
    keep_all: bool = False,
    now: datetime | None = None,
    version: str = "",
    progress: Progress | None = None,
) -> ImportSummary:
    """Stores the records of each file, by default only those that the topic's strategy would find at PubMed, and newer
    versions of those that are stored already.

    Each file is one transaction: a file that is broken anywhere changes nothing, files before it stay. Raises BadInput
    for such a file, StrategyError if the strategy can't be matched on files. The caller holds the data folder's lock.
    """
    strategy = prepare(topic.search)
    matcher = None if keep_all else Matcher(topic.search)
    at = (now if now is not None else datetime.now(UTC)).isoformat(timespec="seconds")
    save_topic(database, topic, at=at)
    close_killed_runs(database, at=at)
    run_id = start_run(
        database, kind="import", at=at, topic_id=topic.id, strategy="" if keep_all else strategy.text, version=version
    )
    done: list[FileSummary] = []
    try:
        for path in paths:
            with write_transaction(database):
                done.append(_File(database, path, matcher, run_id, at, progress).store())
                _describe(database, run_id, done)
    except EvidenceError as error:
        fail_run(database, run_id, at=at, message=str(error))
        raise
    finish_run(database, run_id, at=at)
    return ImportSummary(run_id, tuple(done))


def _describe(database: Database, run_id: int, done: list[FileSummary]) -> None:
    kept = sum(each.kept for each in done)
    describe_run(database, run_id, expected=kept, found=kept)


@dataclass(slots=True)
class _File:
    """One file on its way into the database."""

    database: Database
    path: Path
    matcher: Matcher | None
    run_id: int
    at: str
    progress: Progress | None
    held: set[int] = field(default_factory=set)
    read: int = 0
    kept: int = 0
    withdrawn: int = 0
    counts: SaveCounts = field(default_factory=SaveCounts)

    def store(self) -> FileSummary:
        self.held = all_pmids(self.database)
        chunk: list[tuple[SourceRecord, str]] = []
        for record, line in self._kept():
            chunk.append((record, line))
            if len(chunk) >= _CHUNK:
                self._save(chunk)
                chunk.clear()
        self._save(chunk)
        counts = self.counts
        return FileSummary(
            path=str(self.path),
            read=self.read,
            kept=self.kept,
            new=counts.new,
            changed=counts.changed,
            unchanged=counts.unchanged,
            skipped=counts.skipped,
            withdrawn=self.withdrawn,
        )

    def _kept(self) -> Iterator[tuple[SourceRecord, str]]:
        for part in read_file(self.path):
            if isinstance(part, DeletedPmids):
                self.withdrawn += mark_withdrawn(self.database, part.pmids, run_id=self.run_id, at=self.at)
                continue
            self.read += 1
            line = self._line(part.article)
            if line:
                self.kept += 1
                yield part, line
            if self.progress is not None and self.read % _CHUNK == 0:
                self.progress(self.path, self.read)

    def _line(self, article: Article) -> str:
        if self.matcher is None:
            return ANY
        return self.matcher.line(article) or (HELD if article.pmid in self.held else "")

    def _save(self, chunk: list[tuple[SourceRecord, str]]) -> None:
        for name in dict.fromkeys(line for _, line in chunk):
            pmids = [record.article.pmid for record, line in chunk if line == name and record.article.pmid is not None]
            save_hits(self.database, self.run_id, pmids, line=name)
        self.counts += save_records(
            self.database, (record for record, _ in chunk), source="file", run_id=self.run_id, at=self.at
        )
