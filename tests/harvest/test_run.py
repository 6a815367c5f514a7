"""A harvest run ends complete, or loudly with the watermark where it stood."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from db.connect import open_database
from db.errors import EvidenceError, Unavailable
from db.topic import SearchStrategy, Topic
from harvest.outcome import IncompleteRun, Interrupted
from harvest.preview import QueryPreview, preview
from harvest.run import run_harvest
from harvest.searching import PhraseDropped
from harvest.strategy import StrategyError
from harvest.topics import load_topic
from tests.emulator.corpus import read_corpus
from tests.emulator.faults import ScriptedFault
from tests.emulator.invented import INVENTED, Invented, corpus_of, invented_corpus, many
from tests.emulator.server import Emulator
from tests.harvest.running import SECRET, client_of, pmids_of, state_of, watermarks_of

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOPIC = load_topic()
#: Counted by hand: 30 invented records less three outside both lines.
MAIN = {record.pmid for record in INVENTED} - {90000018, 90000019, 90000020, 90000021, 90000028, 90000014}
ADJACENT = {90000018, 90000019, 90000028}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "evidence.db")
    yield opened
    opened.close()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(invented_corpus()) as running:
        yield running


def hits_of(database: Database) -> dict[int, str]:
    return dict(database.conn.execute("SELECT pmid, line FROM hits WHERE run_id = (SELECT max(id) FROM harvest_runs)"))


def test_the_first_run_brings_everything_and_the_second_stores_nothing(database: Database, emulator: Emulator) -> None:
    with client_of(emulator.url) as client:
        first = run_harvest(database, TOPIC, client, now=NOW, version="1.2.3")
        assert pmids_of(database) == MAIN | ADJACENT
        assert hits_of(database) == dict.fromkeys(MAIN, "main") | dict.fromkeys(ADJACENT, "adjacent")
        state = state_of(database)
        second = run_harvest(database, TOPIC, client, now=NOW + timedelta(days=1))
    assert first.as_json() == {
        "run_id": 1,
        "kind": "full",
        "status": "done",
        "since": "",
        "watermark": "2026-03-01",
        "expected": 27,
        "found": 27,
        "new": 27,
        "changed": 0,
        "unchanged": 0,
        "missing": 0,
        "failed": 0,
        "requests": 7,
        "message": "",
        "lines": {"main": 24, "adjacent": 3},
        "blocks": {"KET": 29, "ALC": 25, "WDR": 1, "SUD": 9},
        "missing_pmids": (),
    }
    assert (second.kind, second.since, second.watermark) == ("harvest", "2026-02-15", "2026-03-02")
    assert str(second) == "Nothing new: 0 records looked at, all of them stored already."
    assert state_of(database) == state


def test_the_ledger_holds_strategy_translation_blocks_and_version(database: Database, emulator: Emulator) -> None:
    with client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW, version="1.2.3")
    row = next(iter(database.query("SELECT * FROM harvest_runs")))
    assert row["strategy"].startswith('KET = "Ketamine"[Mesh] OR ketamin*[tiab]')
    assert row["strategy"].endswith("adjacent = KET AND SUD NOT main")
    assert row["query_translation"] == row["query"]  # the emulator translates nothing
    assert (row["version"], json.loads(row["warnings"])) == ("1.2.3", [])
    counts = dict(database.conn.execute("SELECT block, count FROM run_blocks"))
    assert counts == {"KET": 29, "ALC": 25, "WDR": 1, "SUD": 9, "main": 24, "adjacent": 3}


def test_an_update_without_news_takes_at_most_four_requests_even_with_hits_in_the_overlap(database: Database) -> None:
    recent = [replace(record, revised="2026/02/27") for record in INVENTED]
    with Emulator(corpus_of(recent)) as emulator, client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
        summary = run_harvest(database, TOPIC, client, now=NOW)
    assert (summary.expected, summary.unchanged, summary.is_news) == (27, 27, False)
    assert summary.requests == 3


def test_new_and_changed_records_come_with_the_next_update(database: Database, emulator: Emulator) -> None:
    with client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
        later = [
            replace(INVENTED[0], title="A corrected title: ketamine and alcohol (invented).", revised="2026/03/03"),
            *INVENTED[1:],
            Invented(
                90000031, "Ketamine and alcohol: a new invented record.", created="2026/03/02", revised="2026/03/02"
            ),
        ]
        emulator.corpus = corpus_of(later)
        summary = run_harvest(database, TOPIC, client, now=NOW + timedelta(days=7))
    assert (summary.expected, summary.new, summary.changed, summary.since) == (2, 1, 1, "2026-02-15")
    changes = database.conn.execute("SELECT kind, field FROM changes WHERE run_id = 2 ORDER BY id").fetchall()
    assert ("revised", "title") in changes or ("changed", "title") in changes or any(f == "title" for _, f in changes)


def test_a_record_that_pubmed_back_dates_by_its_publication_is_not_lost(database: Database, emulator: Emulator) -> None:
    with client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
        old = Invented(
            90000032,
            "Ketamine and alcohol: printed long ago, entered now (invented).",
            published="<Year>1999</Year>",
            created="2026/03/02",
            revised="2026/03/02",
        )
        emulator.corpus = corpus_of([*INVENTED, old])
        assert run_harvest(database, TOPIC, client, now=NOW + timedelta(days=2)).new == 1


def test_a_changed_strategy_has_no_watermark_and_is_searched_in_full(database: Database, emulator: Emulator) -> None:
    with client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
        wider = SearchStrategy({**TOPIC.search.blocks, "KET": "ketamin*[tiab] OR naltrexon*[tiab]"}, TOPIC.search.main)
        summary = run_harvest(database, replace(TOPIC, search=wider), client, now=NOW)
    assert (summary.kind, summary.new) == ("full", 1)
    assert 90000021 in pmids_of(database)


def test_since_moves_the_watermark_only_if_it_leaves_no_gap(database: Database, emulator: Emulator) -> None:
    with client_of(emulator.url) as client:
        assert run_harvest(database, TOPIC, client, now=NOW, since=date(2026, 1, 1)).watermark == ""
        assert run_harvest(database, TOPIC, client, now=NOW).kind == "full"
        late = NOW + timedelta(days=30)
        assert run_harvest(database, TOPIC, client, now=late, since=date(2026, 3, 10)).watermark == ""
        assert run_harvest(database, TOPIC, client, now=late, since=date(2026, 2, 20)).watermark == "2026-03-31"


PASSING = [
    "429",
    "429-as-200",
    "429-retry-after",
    "400",
    "500",
    "502",
    "503-retry-after",
    "reset",
    "truncate",
    "truncate-silently",
    "drip",
    "hang",
    "html",
    "empty",
    "backend",
    "viewer",
    "bare-pmids",
    "history-lost",
    "omit",
    "duplicate",
    "recount",
    "unknown-dtd",
]


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    database = open_database(tmp_path_factory.mktemp("undisturbed") / "evidence.db")
    with Emulator(invented_corpus()) as emulator, client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
    state = state_of(database)
    database.close()
    return state


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("utility", ["esearch", "efetch"])
def test_a_passing_fault_changes_nothing_in_the_end(
    kind: str, utility: str, database: Database, undisturbed: str
) -> None:
    faults = [ScriptedFault(utility, kind, times=2)]
    # Small pages, so that the run goes by history and over several pages.
    with (
        Emulator(invented_corpus(), faults=faults) as emulator,
        client_of(emulator.url, contact=SECRET, fetch_size=7) as client,
    ):
        summary = run_harvest(database, TOPIC, client, now=NOW)
    assert (summary.new, summary.missing, summary.watermark) == (27, 0, "2026-03-01")
    assert state_of(database) == undisturbed


@pytest.mark.parametrize("skip", range(6))
@pytest.mark.parametrize("kind", ["500", "reset", "empty", "html", "truncate-silently"])
def test_a_lasting_fault_at_any_page_fails_loudly_and_leaves_the_watermark(
    kind: str, skip: int, database: Database, undisturbed: str
) -> None:
    faults = [ScriptedFault("*", kind, times=10_000, skip=skip)]
    with (
        Emulator(invented_corpus(), faults=faults) as emulator,
        client_of(emulator.url, contact=SECRET, fetch_size=7) as client,
    ):
        with pytest.raises(EvidenceError) as caught:
            run_harvest(database, TOPIC, client, now=NOW)
        assert SECRET.api_key not in str(caught.value)
        assert watermarks_of(database) == [""]
        assert pmids_of(database) <= MAIN | ADJACENT
        emulator.faults.clear()
        summary = run_harvest(database, TOPIC, client, now=NOW)
    assert summary.watermark == "2026-03-01"
    assert state_of(database) == undisturbed
    dump = "\n".join(database.conn.iterdump())
    assert SECRET.api_key not in dump
    assert SECRET.email not in dump


def test_a_failure_on_page_two_does_not_move_the_date_and_page_one_is_not_fetched_again(database: Database) -> None:
    faults = [ScriptedFault("efetch", "500", times=10_000, skip=1)]
    with (
        Emulator(corpus_of(many(30)), faults=faults) as emulator,
        client_of(emulator.url, fetch_size=10) as client,
    ):
        with pytest.raises(Unavailable, match="efetch"):
            run_harvest(database, TOPIC, client, now=NOW)
        assert (watermarks_of(database), len(pmids_of(database))) == ([""], 10)
        emulator.faults.clear()
        emulator.requests.clear()
        summary = run_harvest(database, TOPIC, client, now=NOW + timedelta(hours=1))
        fetched = [form["retstart"] for utility, form in emulator.requests if utility == "efetch"]
    assert fetched == ["10", "20"]
    assert (summary.expected, summary.found, summary.new, summary.unchanged) == (30, 30, 20, 10)


@pytest.mark.parametrize("kind", ["phrase-not-found", "quoted-phrase-not-found"])
@pytest.mark.parametrize("skip", [0, 1, 2])
def test_a_dropped_phrase_fails_the_run(kind: str, skip: int, database: Database) -> None:
    faults = [ScriptedFault("esearch", kind, skip=skip)]
    with (
        Emulator(invented_corpus(), faults=faults) as emulator,
        client_of(emulator.url) as client,
        pytest.raises(PhraseDropped, match=r"left out: .*invented phrase"),
    ):
        run_harvest(database, TOPIC, client, now=NOW)
    assert watermarks_of(database) == [""]
    assert database.conn.execute("SELECT status FROM harvest_runs").fetchall() == [("failed",)]


def test_a_strategy_that_fails_the_linter_is_never_sent(database: Database, emulator: Emulator) -> None:
    broken = replace(TOPIC, search=SearchStrategy({"K": "ketamin∗[tiab]"}, "K"))
    with client_of(emulator.url) as client, pytest.raises(StrategyError, match=r"U\+2217"):
        run_harvest(database, broken, client, now=NOW)
    assert emulator.count() == 0


def test_history_that_expires_half_way_is_made_up_for_by_pmid(database: Database) -> None:
    faults = [ScriptedFault("efetch", "history-lost", times=10_000, skip=2)]
    with (
        Emulator(corpus_of(many(50)), faults=faults) as emulator,
        client_of(emulator.url, fetch_size=10) as client,
    ):
        summary = run_harvest(database, TOPIC, client, now=NOW)
        forms = [form for utility, form in emulator.requests if utility == "efetch"]
    assert (summary.new, summary.watermark) == (50, "2026-03-01")
    assert ["WebEnv" in form for form in forms] == [True, True, True, False, False, False]


def test_a_stored_record_that_pubmed_no_longer_gives_is_marked_and_kept(database: Database, emulator: Emulator) -> None:
    with client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
        emulator.omitted = {90000005}
        deleted = invented_corpus()
        del deleted[90000006]
        emulator.corpus = deleted
        summary = run_harvest(database, TOPIC, client, now=NOW + timedelta(days=1), full=True)
        assert (summary.missing_pmids, summary.watermark) == ((90000005, 90000006), "2026-03-02")
        missing = "SELECT pmid FROM articles WHERE missing_since IS NOT NULL ORDER BY pmid"
        assert database.conn.execute(missing).fetchall() == [(90000005,), (90000006,)]
        emulator.omitted = set()
        emulator.corpus = invented_corpus()
        run_harvest(database, TOPIC, client, now=NOW + timedelta(days=2), full=True)
        assert database.conn.execute(missing).fetchall() == []
    assert pmids_of(database) == MAIN | ADJACENT


def test_a_stored_record_that_no_longer_matches_is_still_there_and_not_missing(
    database: Database, emulator: Emulator
) -> None:
    with client_of(emulator.url) as client:
        run_harvest(database, TOPIC, client, now=NOW)
        renamed = replace(INVENTED[8], title="An invented record that has lost its words.", revised="2026/02/01")
        emulator.corpus = corpus_of([*INVENTED[:8], renamed, *INVENTED[9:]])
        summary = run_harvest(database, TOPIC, client, now=NOW, full=True)
    assert (summary.expected, summary.changed, summary.missing) == (26, 1, 0)
    assert hits_of(database)[90000009] == "unlisted"


def test_a_listed_record_that_never_came_keeps_the_run_incomplete_until_the_overlap_has_passed(
    database: Database, emulator: Emulator
) -> None:
    emulator.omitted = {90000007}
    with client_of(emulator.url) as client:
        for day in (0, 5):
            with pytest.raises(IncompleteRun, match=r"lists 1 records that it doesn't give .90000007.") as caught:
                run_harvest(database, TOPIC, client, now=NOW + timedelta(days=day))
            assert caught.value.summary.missing_pmids == (90000007,)
            assert watermarks_of(database)[-1] == ""
        assert len(pmids_of(database)) == 26
        summary = run_harvest(database, TOPIC, client, now=NOW + timedelta(days=15))
        assert (summary.missing, summary.watermark) == (1, "2026-03-16")
        emulator.omitted = set()
        assert run_harvest(database, TOPIC, client, now=NOW + timedelta(days=16), full=True).new == 1


def test_records_that_were_not_asked_for_are_not_stored(database: Database, emulator: Emulator) -> None:
    other = corpus_of([Invented(90000999, "An invented stranger.")])[90000999]
    corpus = invented_corpus()
    corpus[90000001] = replace(corpus[90000001], raw=corpus[90000001].raw + other.raw)
    emulator.corpus = corpus
    with client_of(emulator.url) as client:
        assert run_harvest(database, TOPIC, client, now=NOW).new == 27
    assert 90000999 not in pmids_of(database)


@pytest.mark.parametrize("cap", [7, 23, 60, 299])
def test_records_beyond_the_cap_are_reached_by_slicing_on_dates(cap: int, database: Database) -> None:
    records = many(300)
    with Emulator(corpus_of(records), cap=cap) as emulator, client_of(emulator.url, page_limit=cap) as client:
        summary = run_harvest(database, TOPIC, client, now=NOW)
        sizes = [int(form["retmax"]) for utility, form in emulator.requests if utility == "esearch"]
    assert max(sizes) <= cap
    assert (summary.expected, summary.new) == (300, 300)
    assert pmids_of(database) == {record.pmid for record in records}


def test_a_day_with_too_many_records_is_cut_by_other_dates_or_refused(database: Database) -> None:
    same = [replace(record, created="2010/05/05") for record in many(40)]
    with Emulator(corpus_of(same), cap=9) as emulator, client_of(emulator.url, page_limit=9) as client:
        assert run_harvest(database, TOPIC, client, now=NOW).new == 40
    alike = [replace(record, created="2010/05/05", revised="2011/01/01") for record in many(40, first=81_000_001)]
    with (
        Emulator(corpus_of(alike), cap=9) as emulator,
        client_of(emulator.url, page_limit=9) as client,
        pytest.raises(EvidenceError, match="more than it will list"),
    ):
        run_harvest(database, TOPIC, client, now=NOW, full=True)


def test_ctrl_c_ends_cleanly_and_the_next_run_goes_on(database: Database) -> None:
    def stop(done: int, total: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with Emulator(corpus_of(many(50))) as emulator, client_of(emulator.url, fetch_size=10) as client:
        with pytest.raises(Interrupted, match=r"Stopped with 20 of 50 records stored\. The next harvest goes on"):
            run_harvest(database, TOPIC, client, now=NOW, progress=stop)
        assert database.conn.execute("SELECT status, watermark FROM harvest_runs").fetchall() == [("interrupted", "")]
        summary = run_harvest(database, TOPIC, client, now=NOW)
    assert (summary.new, summary.unchanged, summary.watermark) == (30, 20, "2026-03-01")


def test_progress_is_told_up_to_the_total(database: Database) -> None:
    told: list[tuple[int, int]] = []
    with Emulator(corpus_of(many(25))) as emulator, client_of(emulator.url, fetch_size=10) as client:
        run_harvest(database, TOPIC, client, now=NOW, progress=lambda done, total: told.append((done, total)))
    assert told == [(10, 25), (20, 25), (25, 25)]


def test_a_dry_run_shows_each_block_with_count_translation_and_warnings() -> None:
    topic = replace(TOPIC, search=SearchStrategy({"K": "ketamin*[tiab]", "A": "zzzzz*[tiab]"}, "K AND A"))
    faults = [ScriptedFault("esearch", "quoted-phrase-not-found", skip=2)]
    with Emulator(invented_corpus(), faults=faults) as emulator, client_of(emulator.url) as client:
        shown = preview(topic, client)
    line = "(ketamin*[tiab]) AND (zzzzz*[tiab])"
    assert shown == [
        QueryPreview("K", "ketamin*[tiab]", 28, "ketamin*[tiab]"),
        QueryPreview("A", "zzzzz*[tiab]", 0, "zzzzz*[tiab]", warnings=("No items found.",)),
        QueryPreview("main", line, 0, line, ('"invented phrase"[tiab]',), ("No items found.",)),
    ]
    assert [each.is_usable for each in shown] == [True, True, False]


def test_a_harvest_of_real_records_stores_exactly_those_that_the_words_are_in(shared: Path, database: Database) -> None:
    path = shared / "data" / "pubmed_records.xml.gz"
    expected = expected_by_regex(gzip.decompress(path.read_bytes()), r"\b(?:depress|anxi)\w*")
    search = SearchStrategy({"MOOD": "depress*[tiab] OR anxi*[tiab]"}, "MOOD")
    topic: Topic = replace(TOPIC, search=search)
    with Emulator(read_corpus([path])) as emulator, client_of(emulator.url) as client:
        summary = run_harvest(database, topic, client, now=NOW)
        again = run_harvest(database, topic, client, now=NOW)
    assert len(expected) > 50
    assert pmids_of(database) == expected
    assert (summary.new, again.new, again.changed) == (len(expected), 0, 0)


def expected_by_regex(data: bytes, pattern: str) -> set[int]:
    """PMIDs of the records whose title, abstract or keywords hold a word: no parser, no query, only patterns."""
    found = set()
    for record in re.findall(r"<PubmedArticle>.*?</PubmedArticle>", data.decode(), re.DOTALL):
        fields = r"<(ArticleTitle|AbstractText|Keyword)(?:\s[^>]*)?>(.*?)</\1>"
        texts = [re.sub(r"<[^>]+>", "", text) for _, text in re.findall(fields, record, re.DOTALL)]
        pmid = re.search(r"<PMID[^>]*>(\d+)</PMID>", record)
        assert pmid
        if any(re.search(pattern, text, re.IGNORECASE) for text in texts):
            found.add(int(pmid.group(1)))
    return found
