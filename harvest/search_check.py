"""The proof of a search strategy: which studies that are known to belong here it finds, and which block loses the rest.

`check_at_pubmed` asks PubMed and takes about ten requests; `check_harvested` reads what harvests have brought and
takes none, so that every update can run it.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from db.errors import EvidenceError
from db.records import Article, SourceRecord
from db.run_queries import harvested_pmids, pmid_of_doi, raw_xml
from db.topic import Topic
from harvest.eutils import EutilsClient
from harvest.matching import Matcher
from harvest.pubmed_xml import parse_articles
from harvest.query import Block, Node, Operation, Operator
from harvest.searching import refuse_damage
from harvest.strategy import MAIN, Strategy, blocks_of, prepare

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class StudyCheck:
    """One known study. `line` is the line that finds it ("" if missed), `lost_by` the blocks that would have to.

    `is_known` False: PubMed (or the database) has no such record, so that no strategy could find it.
    """

    title: str
    pmid: int | None
    doi: str
    is_known: bool
    line: str = ""
    lost_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchCheck:
    """What became of all known studies. Recall is over those that exist where was looked."""

    where: str
    studies: tuple[StudyCheck, ...]

    @property
    def expected(self) -> int:
        return sum(study.is_known for study in self.studies)

    @property
    def found(self) -> int:
        return sum(bool(study.line) for study in self.studies)

    @property
    def missed(self) -> tuple[StudyCheck, ...]:
        return tuple(study for study in self.studies if study.is_known and not study.line)

    @property
    def absent(self) -> tuple[StudyCheck, ...]:
        return tuple(study for study in self.studies if not study.is_known)

    @property
    def recall(self) -> float | None:
        return self.found / self.expected if self.expected else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the recall."""
        return wilson(self.found, self.expected) if self.expected else None

    def as_json(self) -> dict[str, Any]:
        return {
            "where": self.where,
            "found": self.found,
            "expected": self.expected,
            "recall": self.recall,
            "interval": self.interval,
            "missed": [asdict(study) for study in self.missed],
            "absent": [asdict(study) for study in self.absent],
        }

    def __str__(self) -> str:
        if self.interval is None:
            return "None of the known studies is there, so that the strategy can't be judged."
        low, high = self.interval
        return (
            f"{self.found} of {self.expected} known studies found: recall {self.found / self.expected:.1%} "
            f"(95% CI {low:.1%} to {high:.1%})."
        )


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion (Wilson 1927), which holds for small numbers and at 0 and 1."""
    share = hits / total
    centre = share + _Z95**2 / (2 * total)
    spread = _Z95 * math.sqrt(share * (1 - share) / total + _Z95**2 / (4 * total**2))
    scale = 1 + _Z95**2 / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def must_find(topic: Topic) -> list[dict[str, str]]:
    """Rows of the topic's known studies that a search of PubMed has to find. Raises EvidenceError if there are none."""
    rows = [row for row in topic.known_studies if (row.get("must_find") or "").strip().upper() == "Y"]
    if not rows:
        raise EvidenceError(
            f"The topic {topic.id} names no known studies with must_find = Y, so that its search can't be checked. "
            "Add some to its known_studies file."
        )
    return rows


def check_at_pubmed(topic: Topic, client: EutilsClient) -> SearchCheck:
    """Runs the strategy against the known studies at PubMed. Raises StrategyError, PhraseDropped, Unavailable."""
    strategy = prepare(topic.search)
    rows = must_find(topic)
    pmids = _at_pubmed(rows, client)
    wanted = sorted({pmid for pmid in pmids if pmid is not None})
    lines = {name: _among(client, query, wanted) for name, query in strategy.lines.items()}
    # The blocks cost a request each and matter only for what was missed.
    is_all_found = set(wanted) <= set().union(*lines.values())
    blocks = {} if is_all_found else {name: _among(client, query, wanted) for name, query in strategy.blocks.items()}
    return SearchCheck(
        "PubMed",
        tuple(
            _study(
                row,
                pmid,
                line=next((name for name, found in lines.items() if pmid in found), ""),
                truth={name: pmid in found for name, found in blocks.items()},
                strategy=strategy,
            )
            for row, pmid in zip(rows, pmids, strict=True)
        ),
    )


def check_harvested(database: Database, topic: Topic) -> SearchCheck:
    """Which of the known studies the harvests have brought. Needs no network.

    A study counts as known when the database holds its PubMed record (from a harvest or a file) or its PMID stands in
    the topic's list.
    """
    strategy = prepare(topic.search)
    harvested = harvested_pmids(database, topic.id)
    studies = []
    for row in must_find(topic):
        pmid = _pmid(row) or pmid_of_doi(database, row.get("doi", "").strip().lower())
        truth: dict[str, bool] = {}
        if pmid is not None and pmid not in harvested:
            article = _stored(database, pmid)
            truth = Matcher(topic.search).blocks(article) if article is not None else {}
        studies.append(_study(row, pmid, line=MAIN if pmid in harvested else "", truth=truth, strategy=strategy))
    return SearchCheck("database", tuple(studies))


def _stored(database: Database, pmid: int) -> Article | None:
    raw = raw_xml(database, pmid)
    if raw is None:
        return None
    document = b"<PubmedArticleSet>" + raw + b"</PubmedArticleSet>"
    return next((part.article for part in parse_articles(io.BytesIO(document)) if isinstance(part, SourceRecord)), None)


def _study(
    row: dict[str, str], pmid: int | None, *, line: str, truth: dict[str, bool], strategy: Strategy
) -> StudyCheck:
    return StudyCheck(
        title=row.get("title", ""),
        pmid=pmid,
        doi=row.get("doi", ""),
        is_known=pmid is not None,
        line=line,
        lost_by=() if line or not truth else losing_blocks(blocks_of(strategy.main_line, truth), truth),
    )


def losing_blocks(node: Node, truth: dict[str, bool]) -> tuple[str, ...]:
    """Names of the concept blocks that keep the line `node` from being true; empty where it is true."""
    return tuple(dict.fromkeys(_losing(node, truth, wanted=True)))


def _losing(node: Node, truth: dict[str, bool], *, wanted: bool) -> list[str]:
    if isinstance(node, Block):
        return [] if truth[node.name] is wanted else [node.name]
    if not isinstance(node, Operation):
        return []
    left = _losing(node.left, truth, wanted=wanted)
    right = _losing(node.right, truth, wanted=wanted if node.operator is not Operator.NOT else not wanted)
    # Either side is enough where the alternative is wanted true, or the combination is wanted false.
    is_either = (node.operator is Operator.OR) is wanted
    if is_either:
        return [*left, *right] if left and right else []
    return [*left, *right]


def _at_pubmed(rows: list[dict[str, str]], client: EutilsClient) -> list[int | None]:
    """Each row's PMID at PubMed: by PMID, else by DOI, else by title; None if PubMed doesn't have it."""
    stated = [pmid for row in rows if (pmid := _pmid(row)) is not None]
    existing = set(refuse_damage(client.search(_ids(stated))).pmids) if stated else set()
    by_doi = _by_doi([row["doi"] for row in rows if _pmid(row) is None and row.get("doi")], client)
    found: list[int | None] = []
    for row in rows:
        pmid = _pmid(row)
        if pmid is not None:
            found.append(pmid if pmid in existing else None)
        else:
            found.append(by_doi.get(row.get("doi", "").strip().lower()) or _by_title(row.get("title", ""), client))
    return found


def _pmid(row: dict[str, str]) -> int | None:
    text = (row.get("pmid") or "").strip()
    return int(text) if text.isdigit() else None


def _ids(pmids: Iterable[int]) -> str:
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)


def _among(client: EutilsClient, query: str, pmids: list[int]) -> set[int]:
    return set(refuse_damage(client.search(f"({query}) AND ({_ids(pmids)})")).pmids) if pmids else set()


def _by_doi(dois: list[str], client: EutilsClient) -> dict[str, int]:
    """PMIDs by DOI. PubMed's answer doesn't say which is whose, so the records are read."""
    wanted = {doi.strip().lower() for doi in dois}
    if not wanted:
        return {}
    # A DOI that PubMed doesn't have is reported as a phrase not found; here that is an answer, not damage.
    pmids = client.search(" OR ".join(f'"{doi}"[doi]' for doi in sorted(wanted))).pmids
    records = client.fetch(pmids) if pmids else []
    return {
        record.article.doi: record.article.pmid
        for record in records
        if record.article.pmid is not None and record.article.doi in wanted
    }


def _by_title(title: str, client: EutilsClient) -> int | None:
    words = " ".join(re.findall(r"[\w'-]+", title))
    if len(words.split()) < 3:
        return None
    pmids = client.search(f'"{words}"[ti]', limit=2).pmids
    return pmids[0] if len(pmids) == 1 else None
