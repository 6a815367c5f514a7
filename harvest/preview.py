"""A dry run: what PubMed makes of the strategy, without fetching or storing anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from db.topic import Topic
from harvest.eutils import EutilsClient
from harvest.strategy import prepare


@dataclass(frozen=True, slots=True)
class QueryPreview:
    """One block or line: how many records it finds by itself, and how PubMed read it.

    `dropped` names phrases that PubMed left out; a harvest refuses to run with any.
    """

    name: str
    query: str
    count: int
    translation: str
    dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        return not self.dropped

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def preview(topic: Topic, client: EutilsClient) -> list[QueryPreview]:
    """Each concept block, then each line of the strategy. One request for each. Raises StrategyError, Unavailable."""
    strategy = prepare(topic.search)
    found = []
    for name, query in {**strategy.blocks, **strategy.lines}.items():
        search = client.search(query, limit=0)
        found.append(QueryPreview(name, query, search.count, search.translation, search.dropped, search.warnings))
    return found
