"""The whole path: from an empty folder to a published table."""

from __future__ import annotations

import json
import sqlite3
from io import BytesIO
from pathlib import Path

import httpx

from db.records import SourceRecord
from db.topic import Topic
from harvest.matching import Matcher
from harvest.pubmed_xml import parse_articles
from harvest.topics import load_topic
from tests.commands.conftest import Evidence
from tests.emulator.server import Emulator
from tests.site.conftest import running


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def published_rows(topic: Topic) -> int:
    return sum(bool(row["pmid"] or row["doi"]) for row in topic.known_studies)


def test_an_empty_folder_becomes_a_published_starter_set_without_network(evidence: Evidence, tmp_path: Path) -> None:
    result = evidence("up", "--offline", "--no-serve", "--json")
    summary = json.loads(result.stdout)
    assert (result.exit_code, summary["harvest"], summary["warning"]) == (0, None, None)
    assert summary["starter"]["articles"] == summary["publish"]["studies"] == published_rows(load_topic())
    assert rows(tmp_path / "data/site/evidence.db", "SELECT count(*) FROM studies") == [
        (summary["publish"]["studies"],)
    ]


def test_an_unreachable_pubmed_is_one_warning_and_no_failure(evidence: Evidence) -> None:
    # Port 9 is "discard": nothing listens there.
    result = evidence("up", "--no-serve", "--eutils-url", "http://127.0.0.1:9/", "--json")
    assert result.exit_code == 0
    assert result.stderr.count("Warning:") == 1
    assert json.loads(result.stdout)["publish"]["studies"] > 0


def test_the_main_job_harvests_tags_and_publishes_what_the_search_finds(
    evidence: Evidence, pubmed: Emulator, tmp_path: Path
) -> None:
    result = evidence("up", "--no-serve", "--eutils-url", pubmed.url, "--json")
    summary = json.loads(result.stdout)
    assert result.exit_code == 0, result.stderr
    stored = rows(tmp_path / "data/evidence.db", "SELECT pmid FROM articles WHERE source = 'pubmed' ORDER BY pmid")
    corpus = b"<PubmedArticleSet>" + b"".join(record.raw for record in pubmed.corpus.values()) + b"</PubmedArticleSet>"
    matcher = Matcher(load_topic().search)
    articles = [part.article for part in parse_articles(BytesIO(corpus)) if isinstance(part, SourceRecord)]
    expected = sorted(article.pmid for article in articles if matcher.line(article))
    assert [pmid for (pmid,) in stored] == expected
    assert summary["harvest"]["new"] == len(expected) > 10
    untagged = rows(
        tmp_path / "data/evidence.db",
        "SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM tags WHERE field = 'study_design')",
    )
    assert untagged == [(0,)]


def test_a_second_update_stores_nothing_and_says_so(evidence: Evidence, pubmed: Emulator) -> None:
    assert evidence("update", "--eutils-url", pubmed.url).exit_code == 0
    before = pubmed.count()
    second = evidence("update", "--eutils-url", pubmed.url, "--json")
    run = json.loads(second.stdout)["harvest"]
    assert (second.exit_code, run["new"], run["changed"]) == (0, 0, 0)
    assert pubmed.count() - before <= 4
    assert evidence("update", "--eutils-url", pubmed.url).stdout.startswith("Nothing new")


def test_a_correction_survives_harvest_tagging_and_publishing(
    evidence: Evidence, pubmed: Emulator, tmp_path: Path
) -> None:
    evidence("update", "--eutils-url", pubmed.url)
    (pmid,) = rows(tmp_path / "data/evidence.db", "SELECT min(pmid) FROM articles WHERE source = 'pubmed'")[0]
    done = evidence("correct", pmid, "study_design", "guideline", "--by", "A. Reader", "--reason", "a test")
    assert done.exit_code == 0, done.stderr
    evidence("update", "--eutils-url", pubmed.url)
    evidence("tag", "--all")
    evidence("publish")
    label = "SELECT value, source FROM labels WHERE field = 'study_design' AND study_id = (SELECT id FROM studies WHERE pmid = {})"
    assert rows(tmp_path / "data/site/evidence.db", label.format(pmid)) == [('"guideline"', "person")]


def test_the_reviewers_name_never_reaches_the_snapshot(evidence: Evidence, pubmed: Emulator, tmp_path: Path) -> None:
    evidence("update", "--eutils-url", pubmed.url)
    (pmid,) = rows(tmp_path / "data/evidence.db", "SELECT min(pmid) FROM articles WHERE source = 'pubmed'")[0]
    evidence("correct", pmid, "relevance", "core", "--by", "Zzyzx Reviewer", "--reason", "private words")
    evidence("publish")
    snapshot = (tmp_path / "data/site/evidence.db").read_bytes()
    assert b"Zzyzx" not in snapshot
    assert b"private words" not in snapshot


def test_every_page_of_a_harvested_site_can_be_made(evidence: Evidence, pubmed: Emulator, tmp_path: Path) -> None:
    """Each study's page for clinicians and for patients, its data and its exports, from real rows of the store."""
    evidence("up", "--no-serve", "--eutils-url", pubmed.url)
    paths = [str(path) for (path,) in rows(tmp_path / "data/site/evidence.db", "SELECT path FROM studies")]
    patients = [path.replace("/study", "/patients", 1) for path in paths]
    wanted = [*paths, *(f"{path}.json" for path in paths), *patients, *(f"/es{path}" for path in patients)]
    with running(tmp_path / "data/site") as address, httpx.Client(base_url=address) as client:
        failed = [path for path in wanted if client.get(path).status_code != 200]
    assert (failed, len(paths) > 90) == ([], True)


def test_a_retracted_article_is_no_notice(evidence: Evidence, pubmed: Emulator, tmp_path: Path) -> None:
    evidence("up", "--no-serve", "--eutils-url", pubmed.url)
    found = rows(
        tmp_path / "data/site/evidence.db",
        "SELECT title LIKE 'Retraction:%', status, design = 'notice' FROM studies WHERE title LIKE 'Retract%'",
    )
    assert sorted(found, key=str) == [(0, "retracted", 0), (1, "notice", 1)]
