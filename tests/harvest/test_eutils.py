"""The client paces, retries, recognises each disguise of a failure, and keeps its secrets."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from db.errors import EvidenceError, Unavailable
from harvest.answers import Fault, HistoryLost, Refused, Search, check, read_articles, read_post, read_search
from harvest.eutils import Contact, EutilsClient, Pacer, Patience
from harvest.redaction import HIDDEN, Redactor
from tests.emulator.faults import ScriptedFault
from tests.emulator.invented import invented_corpus
from tests.emulator.server import Emulator
from tests.harvest.running import QUICK, SECRET, client_of

SEARCH = (
    b'<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    b'"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n<eSearchResult><Count>2</Count>'
    b"<RetMax>2</RetMax><RetStart>0</RetStart><QueryKey>1</QueryKey><WebEnv>MCID_invented</WebEnv><IdList>\n"
    b"<Id>12</Id>\n<Id>11</Id>\n<Id>12</Id></IdList><TranslationSet/><QueryTranslation>invented</QueryTranslation>"
    b"%s</eSearchResult>"
)


def served(*replies: httpx.Response | Exception, contact: Contact = SECRET, patience: Patience = QUICK) -> EutilsClient:
    """A client whose transport gives these replies in turn, the last one for ever."""
    left = list(replies)

    def handle(request: httpx.Request) -> httpx.Response:
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, Exception):
            raise reply
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    return client_of(
        "http://eutils.invalid/", contact=contact, transport=httpx.MockTransport(handle), patience=patience
    )


GOOD = httpx.Response(200, content=SEARCH % b"")


def test_a_search_is_read_with_history_and_without_doubles() -> None:
    with served(GOOD) as client:
        assert client.search("invented") == Search(
            count=2, pmids=(12, 11), translation="invented", web_env="MCID_invented", query_key="1"
        )


def test_parameters_travel_in_the_body_with_tool_email_and_key() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=SEARCH % b"")

    with client_of("http://eutils.invalid/x", contact=SECRET, transport=httpx.MockTransport(handle)) as client:
        client.search("ketamin*[tiab]", limit=5)
    assert (seen[0].method, str(seen[0].url)) == ("POST", "http://eutils.invalid/x/esearch.fcgi")
    assert dict(httpx.QueryParams(seen[0].content.decode())) == {
        "db": "pubmed",
        "term": "ketamin*[tiab]",
        "retmode": "xml",
        "retstart": "0",
        "retmax": "5",
        "tool": "ketamine-aud-evidence",
        "email": SECRET.email,
        "api_key": SECRET.api_key,
    }


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(429, content=b'{"error":"API rate limit exceeded","api-key":"203.0.113.7","count":"4","limit":"3"}'),
        httpx.Response(200, content=b'{"error":"API rate limit exceeded","api-key":"203.0.113.7","count":"4","limit":"3"}'),
        httpx.Response(200, content=b"<eSearchResult><ERROR>Search Backend failed: Database is not supported</ERROR></eSearchResult>"),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=b"  \n"),
        httpx.Response(200, content=b"<!DOCTYPE html><html><body>Sorry</body></html>"),
        httpx.Response(200, content=b"<html><body>Sorry</body></html>"),
        httpx.Response(200, content=(SEARCH % b"")[:300]),
        httpx.Response(200, content=b"Bad gateway"),
        httpx.Response(400, content=b"Bad Request"),
        httpx.Response(500),
        httpx.Response(502, content=b"<html></html>"),
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.ConnectError("connection refused"),
        httpx.ReadError("connection reset by peer"),
        httpx.ReadTimeout("timed out"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    ],
    ids=repr,
)  # fmt: skip
def test_every_passing_fault_is_retried(reply: httpx.Response | Exception) -> None:
    with served(reply, reply, GOOD) as client:
        assert client.search("invented").pmids == (12, 11)
        assert client.requests == 3


@pytest.mark.parametrize("reply", [httpx.Response(500), httpx.Response(200), httpx.ReadError("reset")], ids=repr)
def test_a_lasting_fault_ends_as_unavailable(reply: httpx.Response | Exception) -> None:
    with served(reply) as client, pytest.raises(Unavailable, match="Nothing is lost: run the same command again later"):
        client.search("invented")
    assert client.requests == QUICK.attempts


def test_without_a_network_it_says_so_within_seconds() -> None:
    with served(httpx.ConnectError("name not known"), patience=Patience()) as client:
        began = time.monotonic()
        with pytest.raises(Unavailable, match=r"PubMed can't be reached .* Check the network"):
            client.search("invented")
        assert (client.requests, time.monotonic() - began < 8) == (3, True)


def test_a_network_that_was_there_is_waited_for() -> None:
    refused = httpx.ConnectError("refused")
    with served(GOOD, refused, refused, refused, GOOD) as client:
        client.search("invented")
        assert client.search("invented").count == 2


def test_a_lasting_400_ends_as_a_refusal() -> None:
    with served(httpx.Response(400, content=b"Bad")) as client, pytest.raises(Refused, match="HTTP 400"):
        client.search("invented")


@pytest.mark.parametrize(
    ("reply", "part"),
    [
        (httpx.Response(404), "HTTP 404. Check the address given with --eutils-url"),
        (httpx.Response(414), "HTTP 414"),
        (httpx.Response(301, headers={"Location": "/"}), "HTTP 301"),
        (httpx.Response(200, content=b"<ePostResult><ERROR>Invalid db name specified: x</ERROR></ePostResult>"), "Invalid db name"),
        (httpx.Response(400, content=b'{"error":"API key invalid","api-key":"' + SECRET.api_key.encode() + b'"}'), "API key invalid"),
    ],
)  # fmt: skip
def test_a_refusal_for_good_is_not_retried(reply: httpx.Response, part: str) -> None:
    with served(reply) as client, pytest.raises(Refused) as caught:
        client.search("invented")
    assert part in str(caught.value)
    assert client.requests == 1


def test_the_window_error_is_known_in_xml_and_in_its_invalid_json_form() -> None:
    said = "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998."
    bodies = (
        f"<eSearchResult><ERROR>{said}</ERROR></eSearchResult>",
        f'{{"header":{{"type":"esearch"}},"esearchresult":{{"ERROR":"{said}"}}}}\n',
    )
    for body in bodies:
        with pytest.raises(Refused, match="cannot be larger than 9998"):
            check(200, {}, body.encode())


def test_a_forgotten_history_is_told_apart() -> None:
    body = b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"
    for status in (200, 400):
        with pytest.raises(HistoryLost):
            check(status, {}, body)


def test_retry_after_is_honoured_and_a_wait_beyond_the_deadline_is_a_no() -> None:
    patient = Patience(attempts=3, deadline=5.0, wait_first=0.01, wait_most=0.01, jitter=0.0)
    with served(httpx.Response(429, headers={"Retry-After": "1"}), GOOD, patience=patient) as client:
        began = time.monotonic()
        client.search("invented")
        assert 0.95 <= time.monotonic() - began < 2
    with served(httpx.Response(503, headers={"Retry-After": "3600"}), GOOD, patience=patient) as client:
        with pytest.raises(Unavailable, match="HTTP 503"):
            client.search("invented")
        assert client.requests == 1


def test_retry_after_may_be_a_date() -> None:
    with pytest.raises(Fault) as caught:
        check(503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, b"")
    assert caught.value.retry_after == 0.0
    with pytest.raises(Fault) as caught:
        check(503, {"Retry-After": "soon"}, b"")
    assert caught.value.retry_after is None


def test_dropped_phrases_and_warnings_are_kept() -> None:
    more = (
        b"<ErrorList><PhraseNotFound>the</PhraseNotFound></ErrorList><WarningList><OutputMessage>No items found."
        b'</OutputMessage><QuotedPhraseNotFound>"body battery"[tiab]</QuotedPhraseNotFound></WarningList>'
    )
    search = read_search(SEARCH % more)
    assert search.dropped == ("the", '"body battery"[tiab]')
    assert search.warnings == ("No items found.",)


def test_bare_pmids_truncation_and_other_documents_are_no_records() -> None:
    for body in (
        b"12\n13",
        b"<eSearchResult/>",
        b"<PubmedArticleSet><PubmedArticle>",
        b"<PubmedArticleSet><a></PubmedArticleSet>",
    ):
        with pytest.raises(Fault):
            read_articles(body)
    assert read_articles(b'<?xml version="1.0" ?>\n<PubmedArticleSet></PubmedArticleSet>\n') == []


def test_an_answer_that_names_an_unknown_dtd_or_a_local_file_is_read_without_either(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not to be read")
    body = (SEARCH % b"").replace(
        b"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd", secret.as_uri().encode()
    )
    assert read_search(body).pmids == (12, 11)
    newer = (SEARCH % b"<InventedElement>new</InventedElement>").replace(
        b"20060628/esearch.dtd", b"29990101/esearch.dtd"
    )
    assert read_search(newer).pmids == (12, 11)


def test_real_recorded_answers_are_read(shared: Path) -> None:
    folder = shared / "data" / "fixtures" / "eutils"
    counts = {}
    for number in (1, 2, 3, 5, 6, 7, 8):
        body = (folder / f"biopython__esearch{number}.xml").read_bytes()
        check(200, {}, body)
        search = read_search(body)
        counts[number] = (search.count, len(search.pmids), search.dropped)
    assert counts == {
        1: (63, 20, ()),
        2: (42249, 100, ()),
        3: (2651, 6, ()),
        5: (5, 5, ()),
        6: (1018, 20, ()),
        7: (330, 20, ()),
        8: (0, 0, ("abcXYZ",)),
    }
    assert read_post((folder / "biopython__epost1.xml").read_bytes()).query_key == "1"
    for name in ("biopython__epost2.xml", "biopython__epost3.xml"):
        with pytest.raises(Refused):
            check(200, {}, (folder / name).read_bytes())


@pytest.fixture
def all_logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    names = ("httpx", "httpcore.connection", "httpcore.http11", "stamina", "harvest", "harvest.eutils")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(429, content=f'{{"error":"API rate limit exceeded","api-key":"{SECRET.api_key}"}}'.encode()),
        httpx.Response(200, content=f"<eSearchResult><ERROR>Bad key {SECRET.api_key} from 203.0.113.7 or 2001:db8::7 of {SECRET.email}</ERROR></eSearchResult>".encode()),
        httpx.Response(400, content=f'{{"error":"blocked {SECRET.email} at 203.0.113.7","api-key":"{SECRET.api_key}"}}'.encode()),
        httpx.ConnectError(f"can't reach 203.0.113.7 with api_key={SECRET.api_key}"),
    ],
    ids=["429", "error", "400", "transport"],
)  # fmt: skip
def test_no_secret_is_in_messages_logs_or_reprs(
    reply: httpx.Response | Exception, all_logs: pytest.LogCaptureFixture
) -> None:
    with served(reply) as client, pytest.raises(EvidenceError) as caught:
        client.search("invented")
    error: BaseException | None = caught.value
    said = [repr(client), repr(SECRET), all_logs.text]
    while error is not None:
        said += [str(error), repr(error)]
        error = error.__cause__
    everything = "\n".join(said)
    for secret in (SECRET.api_key, SECRET.email, "203.0.113.7", "2001:db8::7"):
        assert secret not in everything


def test_the_transports_own_logs_hold_no_secret(all_logs: pytest.LogCaptureFixture) -> None:
    with Emulator(invented_corpus()) as emulator, client_of(emulator.url, contact=SECRET) as client:
        client.fetch(client.search("ketamin*[tiab]", limit=2).pmids)
    text = all_logs.text
    assert "esearch.fcgi" in text
    assert SECRET.api_key not in text
    assert SECRET.email not in text
    assert "127.0.0.1" not in text


def test_each_request_is_logged_with_what_was_asked_and_what_came(all_logs: pytest.LogCaptureFixture) -> None:
    with served(httpx.Response(500), GOOD) as client:
        client.search("ketamin*[tiab]" * 20, limit=5)
    told = [record.getMessage() for record in all_logs.records if record.name == "harvest.eutils"]
    asked = f"POST esearch.fcgi term={('ketamin*[tiab]' * 20)[:120]}… retmode=xml retstart=0 retmax=5: "
    assert len(told) == 2
    assert told[0].startswith(asked)
    assert "500" in told[0]
    assert told[1].startswith(f"{asked}200, ")


def test_text_that_only_looks_like_an_address_stays() -> None:
    redactor = Redactor(["k3y"])
    assert redactor.text("at 12:30:05, version 1.2.3, DOI 10.1038/s41467-019-13162-w") == (
        "at 12:30:05, version 1.2.3, DOI 10.1038/s41467-019-13162-w"
    )
    assert redactor.text("from 10.0.0.1 and fe80::1 with k3y") == f"from {HIDDEN} and {HIDDEN} with {HIDDEN}"


def test_the_pacer_spaces_requests_and_retries_evenly() -> None:
    now = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pacer = Pacer(3.0, clock=lambda: now[0], sleep=sleep)
    for _ in range(4):
        pacer.wait()
    assert slept == [0.34, 0.34, 0.34]
    now[0] += 10
    pacer.wait()
    pacer.wait()
    assert slept == [0.34, 0.34, 0.34, 0.34]


def test_an_emulator_that_counts_has_next_to_nothing_to_refuse() -> None:
    """A busy machine may hold one request back and not the next; a client without pacing is refused every time."""
    with Emulator(invented_corpus(), rate=3) as emulator, client_of(emulator.url, rate=3.0) as client:
        for _ in range(7):
            client.search("ketamin*[tiab]", limit=0)
        assert emulator.count() == client.requests
        assert client.requests in range(7, 10)


def test_a_slow_drip_meets_the_deadline() -> None:
    dripping = Patience(attempts=2, deadline=3.0, read=1.0, answer=0.5, wait_first=0.01, wait_most=0.01, jitter=0.0)
    with (
        Emulator(invented_corpus(), faults=[ScriptedFault("*", "drip", times=9)]) as emulator,
        client_of(emulator.url, patience=dripping) as client,
    ):
        began = time.monotonic()
        with pytest.raises(Unavailable, match="too slowly"):
            client.search("ketamin*[tiab]")
        assert time.monotonic() - began < 3


def test_posted_pmids_come_back_by_history() -> None:
    with Emulator(invented_corpus()) as emulator, client_of(emulator.url) as client:
        posted = client.post([90000002, 90000001])
        page = client.fetch_history(Search(2, (), web_env=posted.web_env, query_key=posted.query_key), 0, 10)
    assert [record.article.pmid for record in page] == [90000002, 90000001]
