"""How a harvest run can end, and what it says of itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from db.errors import EvidenceError

#: Columns of `harvest_runs` that a summary repeats.
COUNTED = (
    "kind",
    "status",
    "since",
    "watermark",
    "expected",
    "found",
    "new",
    "changed",
    "unchanged",
    "missing",
    "failed",
    "requests",
    "message",
)


class Interrupted(EvidenceError):
    """The run was stopped by hand; the message says where the next one goes on."""


class IncompleteRun(EvidenceError):
    """All records that came were stored, but not all expected ones came; the watermark has not moved."""

    def __init__(self, message: str, summary: RunSummary) -> None:
        super().__init__(message)
        self.summary = summary


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a harvest run did. Counts are of records; `lines` and `blocks` are PubMed's counts by name.

    `expected` were listed by the search, `found` came back. `since` is "" for a full run; `watermark` is the day up to
    which this strategy has now been searched completely ("" if this run could not say so).
    """

    run_id: int
    kind: str
    status: str
    since: str
    watermark: str
    expected: int
    found: int
    new: int
    changed: int
    unchanged: int
    missing: int
    failed: int
    requests: int
    message: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    blocks: dict[str, int] = field(default_factory=dict)
    missing_pmids: tuple[int, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether anything in the database is different now."""
        return bool(self.new or self.changed or self.missing)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        if not self.is_news:
            return f"Nothing new: {self.expected} records looked at, all of them stored already."
        return (
            f"{self.new} new, {self.changed} changed, {self.unchanged} unchanged"
            f"{f', {self.missing} no longer at PubMed' if self.missing else ''} "
            f"({self.expected} records found, {self.requests} requests)."
        )
