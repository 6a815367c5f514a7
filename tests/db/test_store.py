"""Articles are kept by PMID, then DOI; what changes is noted; nothing is ever lost."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db.connect import open_database
from db.errors import EvidenceError
from db.records import ArticleLink, PublicationType, SourceRecord
from db.runs import start_run
from db.store import SaveCounts, mark_missing, mark_withdrawn, save_records
from tests.db.invented import ARTICLE, invented

AT = "2026-01-02T03:04:05+00:00"
LATER = "2026-02-03T04:05:06+00:00"


def save(database: Database, *records: SourceRecord, at: str = AT, source: str = "pubmed") -> SaveCounts:
    return save_records(database, records, source=source, run_id=None, at=at)


def changes(database: Database) -> list[tuple[Any, ...]]:
    return list(database.execute("SELECT article_id, kind, field, old, new, at FROM changes ORDER BY id").fetchall())


def test_a_new_record_is_kept_with_all_that_hangs_on_it(database: Database) -> None:
    record = invented()
    assert save(database, record) == SaveCounts(new=1)
    (article,) = database["articles"].rows
    assert (article["pmid"], article["doi"], article["year"]) == (90000001, "10.5555/invented.1", 2021)
    assert article["authors_short"] == "Invento I, Muster M Jr, Invented Study Group, et al."
    assert [row["name"] for row in database["mesh_headings"].rows] == ["Ketamine"]
    (raw,) = database["raw_records"].rows
    assert gzip.decompress(raw["body"]) == record.raw
    assert changes(database) == [(1, "new", "", None, None, AT)]
    assert database.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'ficta'").fetchall() == [(1,)]


def test_the_same_record_again_changes_nothing(database: Database) -> None:
    save(database, invented())
    before = "\n".join(database.conn.iterdump())
    assert save(database, invented(), at=LATER) == SaveCounts(unchanged=1)
    assert "\n".join(database.conn.iterdump()) == before


def test_a_newer_revised_date_alone_is_no_change(database: Database) -> None:
    save(database, invented())
    assert save(database, invented(revised="2022-01-01"), at=LATER) == SaveCounts(unchanged=1)
    assert database["articles"].get(1)["revised"] == "2022-01-01"
    assert database["articles"].get(1)["updated_at"] == AT


def test_a_revision_names_the_fields_and_the_search_index_follows(database: Database) -> None:
    save(database, invented())
    revised = invented(title="A retitled invention.", abstract="All new words.", revised="2022-01-01", authors=())
    assert save(database, revised, at=LATER) == SaveCounts(changed=1)
    assert changes(database)[1:] == [
        (1, "revised", "title", ARTICLE.title, "A retitled invention.", LATER),
        (1, "revised", "abstract", None, None, LATER),
        (1, "revised", "authors", None, None, LATER),
    ]
    search = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?"
    assert database.execute(search, ["retitled"]).fetchall() == [(1,)]
    assert database.execute(search, ["forty OR ficta"]).fetchall() == []


def test_revisions_of_lists_and_details_say_from_what_to_what(database: Database) -> None:
    save(database, invented())
    types = (PublicationType("Journal Article"), PublicationType("Randomized Controlled Trial"))
    save(database, invented(publication_types=types, keywords=("a",), journal="J", conflict_of_interest="x"), at=LATER)
    assert changes(database)[1:] == [
        (1, "revised", "journal", ARTICLE.journal, "J", LATER),
        (1, "revised", "conflict_of_interest", None, None, LATER),
        (1, "revised", "keywords", None, None, LATER),
        (1, "revised", "publication_types", "Journal Article", "Journal Article; Randomized Controlled Trial", LATER),
    ]


def test_an_older_revision_that_comes_later_does_not_overwrite(database: Database) -> None:
    save(database, invented(title="New title.", revised="2022-01-01"))
    assert save(database, invented(title="Old title."), source="file") == SaveCounts(unchanged=1)
    assert save(database, invented(title="Undated.", revised=""), source="file") == SaveCounts(unchanged=1)
    assert database["articles"].get(1)["title"] == "New title."


@pytest.mark.parametrize("form", ["csv", "medline"])
def test_a_poorer_form_of_the_same_revision_does_not_overwrite_a_richer_one(database: Database, form: str) -> None:
    save(database, invented())
    revised = "" if form == "csv" else ARTICLE.revised
    assert save(database, invented(form, abstract="", revised=revised)) == SaveCounts(unchanged=1)
    assert database["articles"].get(1)["abstract"] == ARTICLE.abstract


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_whatever_the_order_of_import_the_newest_and_richest_record_stands(
    database: Database, order: tuple[int, ...]
) -> None:
    forms = [("pubmed-xml", "2021-01-01"), ("medline", "2022-02-02"), ("pubmed-xml", "2022-02-02"), ("csv", "")]
    records = [invented(form, title=f"{form} {revised}", revised=revised) for form, revised in forms]
    for place in order:
        save(database, records[place])
    assert [row["title"] for row in database["articles"].rows] == ["pubmed-xml 2022-02-02"]


def test_a_richer_form_completes_a_poorer_one_without_calling_it_a_revision(database: Database) -> None:
    save(database, invented("starter-set", abstract="", authors=(), revised=""))
    assert save(database, invented(), at=LATER) == SaveCounts(changed=1)
    assert changes(database)[1:] == [(1, "completed", "form", "starter-set", "pubmed-xml", LATER)]


def test_a_duplicate_in_one_stream_is_one_article(database: Database) -> None:
    counts = save(database, invented(), invented(), invented(title="Newer.", revised="2023-01-01"))
    assert counts == SaveCounts(new=1, changed=1, unchanged=1)
    assert counts.total == 3
    assert [row["title"] for row in database["articles"].rows] == ["Newer."]


def test_a_record_without_pmid_and_doi_is_skipped_and_counted(database: Database) -> None:
    assert save(database, invented(pmid=None, doi="")) == SaveCounts(skipped=1)
    assert database["articles"].count == 0


def test_a_record_known_by_doi_takes_the_pmid_that_a_harvest_brings(database: Database) -> None:
    save(database, invented("starter-set", pmid=None))
    assert save(database, invented(doi="10.5555/INVENTED.1"), at=LATER) == SaveCounts(changed=1)
    assert [(row["id"], row["pmid"], row["doi"]) for row in database["articles"].rows] == [
        (1, 90000001, "10.5555/invented.1")
    ]
    assert [row[1] for row in changes(database)] == ["new", "merged", "completed"]


def test_a_doi_row_and_a_pmid_row_that_prove_to_be_one_merge_with_corrections_kept(database: Database) -> None:
    save(database, invented("starter-set", pmid=None))
    save(database, invented(doi=""))
    database["corrections"].insert(
        {"article_id": 1, "field": "relevance", "value": '"core"', "by": "A", "reason": "read", "at": AT}
    )
    assert save(database, invented(revised="2022-02-02"), at=LATER) == SaveCounts(changed=1)
    assert [row["id"] for row in database["articles"].rows] == [2]
    assert [row["article_id"] for row in database["corrections"].rows] == [2]
    assert database.execute("SELECT rowid FROM articles_fts").fetchall() == [(2,)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_notice_that_carries_its_articles_doi_does_not_take_the_articles_row(database: Database) -> None:
    save(database, invented("starter-set", pmid=None))
    notice = invented(
        pmid=90000009, title="Erratum: invented.", publication_types=(PublicationType("Published Erratum", "D016425"),)
    )
    assert save(database, notice) == SaveCounts(new=1)
    assert [row["pmid"] for row in database["articles"].rows] == [None, 90000009]


def test_two_pubmed_records_may_share_a_doi(database: Database) -> None:
    assert save(database, invented(), invented(pmid=90000002)) == SaveCounts(new=2)


RETRACTED = (PublicationType("Retracted Publication", "D016441"),)
RETRACTION = (PublicationType("Retraction of Publication", "D016440"),)


def states(database: Database) -> list[tuple[int, str]]:
    return list(database.execute("SELECT pmid, retraction_state FROM articles ORDER BY pmid").fetchall())


def test_a_retraction_notice_marks_its_article_before_the_articles_own_record_does(database: Database) -> None:
    save(database, invented(pmid=1, doi=""))
    notice = invented(pmid=2, doi="", publication_types=RETRACTION, links=(ArticleLink("RetractionOf", 1),))
    save(database, notice, at=LATER)
    assert states(database) == [(1, "retracted"), (2, "notice")]
    assert changes(database)[-1] == (1, "retracted", "retraction_state", None, "retracted", LATER)


def test_a_retracted_article_marks_its_notice(database: Database) -> None:
    save(database, invented(pmid=2, doi=""))
    save(database, invented(pmid=1, doi="", links=(ArticleLink("RetractionIn", 2),)))
    assert states(database) == [(1, "retracted"), (2, "notice")]


@pytest.mark.parametrize("of_notice", [True, False])
def test_a_part_taken_back_marks_article_and_notice_from_either_side(database: Database, of_notice: bool) -> None:
    link = ArticleLink("PartialRetractionOf", 1) if of_notice else ArticleLink("PartialRetractionIn", 2)
    links = {1: () if of_notice else (link,), 2: (link,) if of_notice else ()}
    save(database, *(invented(pmid=pmid, doi="", links=links[pmid]) for pmid in (1, 2)))
    assert states(database) == [(1, "retracted"), (2, "notice")]


def test_a_publication_type_without_ui_in_capitals_counts(database: Database) -> None:
    save(database, invented(publication_types=(PublicationType("RETRACTED PUBLICATION"),)))
    assert states(database) == [(90000001, "retracted")]


def test_an_article_that_is_no_longer_linked_is_reinstated(database: Database) -> None:
    save(database, invented(pmid=1, doi=""), invented(pmid=2, doi="", links=(ArticleLink("RetractionOf", 1),)))
    save(database, invented(pmid=2, doi="", revised="2023-01-01"), at=LATER)
    assert states(database) == [(1, ""), (2, "")]
    assert (1, "reinstated", "retraction_state", "retracted", None, LATER) in changes(database)


@pytest.mark.parametrize(
    ("link", "state"), [("ExpressionOfConcernIn", "concern"), ("ErratumIn", "corrected"), ("CommentIn", "")]
)
def test_links_without_a_pmid_mark_the_article_that_carries_them(database: Database, link: str, state: str) -> None:
    save(database, invented(links=(ArticleLink(link, None, "Invented J. 2022"),)))
    assert states(database) == [(90000001, state)]


def test_missing_and_withdrawn_records_stay_and_may_return(database: Database) -> None:
    save(database, invented())
    assert mark_missing(database, [90000001, 5], run_id=None, at=AT) == 1
    assert mark_missing(database, [90000001], run_id=None, at=LATER) == 0
    assert mark_withdrawn(database, [90000001], run_id=None, at=AT) == 1
    assert save(database, invented(), source="file") == SaveCounts(unchanged=1)
    assert database["articles"].get(1)["withdrawn_at"] == AT, "an old file does not bring a withdrawn record back"
    assert save(database, invented(), at=LATER) == SaveCounts(unchanged=1)
    assert [database["articles"].get(1)[name] for name in ("missing_since", "withdrawn_at")] == [None, None]
    assert [row[1] for row in changes(database)] == ["new", "missing", "withdrawn", "returned"]


def test_the_runs_counts_and_hits_are_kept_with_the_records(database: Database) -> None:
    run_id = start_run(database, kind="import", at=AT)
    save_records(database, [invented(), invented(pmid=None, doi="")], source="file", run_id=run_id, at=AT)
    run = database["harvest_runs"].get(run_id)
    assert [run[name] for name in ("new", "changed", "unchanged", "failed")] == [1, 0, 0, 1]
    assert list(database["hits"].rows) == [{"run_id": 1, "pmid": 90000001, "line": "main", "outcome": "new"}]


def test_a_batch_that_fails_leaves_no_trace(database: Database) -> None:
    before = "\n".join(database.conn.iterdump())
    with pytest.raises(EvidenceError):
        save_records(database, [invented(), invented(pmid=2)], source="pubmed", run_id=999, at=AT)
    assert "\n".join(database.conn.iterdump()) == before


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.integers(1, 3)), max_size=8), st.booleans())
def test_the_newest_revision_stands_in_whatever_order_records_come(
    arrivals: list[tuple[int, int]], known_by_doi_first: bool
) -> None:
    """One row for each article, holding its newest revision, with the search index in step."""
    database = open_database(Path(":memory:"))
    if known_by_doi_first:
        save(database, invented("starter-set", pmid=None, doi="10.5555/1", revised="", title="Known by DOI"))
    for pmid, year in arrivals:
        save(database, invented(pmid=pmid, doi=f"10.5555/{pmid}", title=f"{pmid} in {year}", revised=f"202{year}"))
    newest = {pmid: f"{pmid} in {max(y for p, y in arrivals if p == pmid)}" for pmid, _ in arrivals}
    if known_by_doi_first:
        newest.setdefault(1, "Known by DOI")
    indexed = database.execute(
        "SELECT a.title, f.title FROM articles a JOIN articles_fts f ON f.rowid = a.id"
    ).fetchall()
    database.conn.close()
    assert sorted(indexed) == sorted((title, title) for title in newest.values())
