"""Whatever a reader or a scanner sends: a helpful page, the right status, headers intact, no trace of internals."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import httpx
import pytest
from evidence_site.guard import SECURITY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

_LEAKS = ("Traceback", "sqlite", "datasette", "/site-packages", "jinja", "Error:", "evidence.db")


def _checked(response: httpx.Response, *statuses: int) -> None:
    assert response.status_code in statuses, response.text[:300]
    assert {name: response.headers.get(name) for name in SECURITY} == SECURITY
    assert "set-cookie" not in response.headers
    assert "server" not in response.headers
    if response.status_code != 200:
        assert not [leak for leak in _LEAKS if leak.lower() in response.text.lower()]


@pytest.mark.parametrize(
    "path",
    [
        "/evidence",
        "/evidence/studies",
        "/evidence/studies.json",
        "/evidence/studies/1",
        "/evidence.json",
        "/evidence.db",
        "/evidence.db?_x=1",
        "/evidence/studies_fts_data",
        "/-/plugins",
        "/-/settings.json",
        "/-/databases",
        "/-/threads",
        "/-/actor.json",
        "/-/static/app.css",
        "/-/logout",
        "/_internal",
        "/_memory",
        "/:memory:",
        "/evidence?sql=select+1",
        "/evidence.json?sql=select+hex(zeroblob(1000000000))",
        "/?sql=select+1",
        "/studies?sql=select+1",
        "/studies?_where=1",
        "/studies.json?_shape=array",
        "/study/99000001?_trace=1",
    ],
)
def test_sql_download_and_stock_pages_are_closed(client: httpx.Client, path: str) -> None:
    _checked(client.get(path), 403)


@pytest.mark.parametrize(
    "query",
    [
        "colour=red",
        "design=cohort",
        "outcome=craving'%20OR%201=1--",
        "direction=%3Cscript%3Ealert(1)%3C/script%3E",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=1e5",
        "page=%C2%B2",
        "from=20",
        "to=abcd",
        "sort=;drop table studies",
        "q=" + "x" * 10_000,
        "q=%22open",
        "q=AND",
        "q=(((((a",
        "q=NEAR(",
        "q=*",
        "&".join(["design=preclinical"] * 300),
    ],
)
def test_a_view_that_makes_no_sense_is_a_helpful_400(client: httpx.Client, query: str) -> None:
    response = client.get(f"/studies?{query}")
    _checked(response, 400)
    assert 'href="/studies' in response.text
    _checked(client.get(f"/studies.json?{query}"), 400)
    _checked(client.get(f"/studies.csv?{query}"), 400)


def test_a_page_beyond_the_last_is_a_404_with_the_way_back(client: httpx.Client) -> None:
    response = client.get("/studies?page=4000")
    _checked(response, 404)
    assert "Its last page" in response.text


@pytest.mark.parametrize(
    "q", ["'; DROP TABLE studies; --", "<script>alert(1)</script>", '" onload="x', "{{1111*1111}}", "a" * 400]
)
def test_sql_and_html_in_a_search_are_only_words(client: httpx.Client, q: str) -> None:
    response = client.get("/studies", params={"q": q})
    _checked(response, 200, 400)
    assert "<script>alert" not in response.text
    assert 'onload="x"' not in response.text
    assert "1234321" not in response.text.partition("<h1>")[0]


@pytest.mark.parametrize(
    "path",
    ["/study/1", "/study/abc", "/study/99999999999", "/study/doi/10.1/none", "/question/none", "/nowhere", "/studies/",
     "/STUDIES", "/study", "/static/none.css", "/static/..%2fmetadata.yaml", "/index.php", "/studies.xml", "/about?x=1"],
)  # fmt: skip
def test_a_wrong_address_helps_the_reader_on(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    _checked(response, 404, 400)
    assert "Ways on" in response.text


def test_an_old_or_mistyped_address_is_guessed(client: httpx.Client) -> None:
    assert 'href="/study/99000001"' in client.get("/pubmed/99000001").text
    assert 'href="/studies"' in client.get("/studies/").text
    assert 'href="/questions"' in client.get("/Questions").text
    assert 'href="/changes.atom"' in client.get("/rss.xml").text


@pytest.mark.parametrize(
    "target",
    [b"/studies?q=%00", b"/studies?q=a%0d%0aX:1", b"/study/%00", b"/%ff%fe", b"/studies?q=%ff", b"/studies?%zz=%c3%28"],
)
def test_null_bytes_and_wrong_encodings_are_a_400(address: str, target: bytes) -> None:
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    connection.request("GET", target.decode("latin-1"))
    response = connection.getresponse()
    assert response.status == 400
    assert {name: response.getheader(name) for name in SECURITY} == SECURITY
    connection.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_site_can_only_be_read(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/studies", content=b"x" if method == "POST" else None)
    _checked(response, 405)
    assert response.headers["allow"] == "GET, HEAD"


def test_a_foreign_host_name_never_comes_back_in_a_page(client: httpx.Client) -> None:
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    for path in ("/", "/changes.atom", "/sitemap.xml", "/study/doi/10.9999/invented.1", "/nowhere"):
        response = client.get(path, headers=headers)
        assert "evil.example" not in response.text
        assert "evil.example" not in str(response.headers)


def test_cookies_and_credentials_change_nothing(client: httpx.Client) -> None:
    plain = client.get("/about")
    other = client.get("/about", headers={"cookie": "ds_actor=x; csrftoken=y", "authorization": "Bearer z"})
    assert other.content == plain.content
    assert other.headers["cache-control"] == plain.headers["cache-control"]


def test_words_that_mailers_hang_on_links_are_ignored(client: httpx.Client) -> None:
    assert client.get("/studies?utm_source=mail&fbclid=abc").status_code == 200


@given(
    st.sampled_from(["/", "/studies", "/studies.json", "/study/99000001", "/changes", "/question/drinking"]),
    st.lists(st.tuples(st.sampled_from(["q", "design", "page", "from", "sort", "kind", "x"]), st.text(max_size=40)), max_size=4),
)  # fmt: skip
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
def test_no_query_string_breaks_the_site(client: httpx.Client, path: str, pairs: list[tuple[str, str]]) -> None:
    _checked(
        client.get(path, params=[(k, v.encode("utf-8", "replace").decode()) for k, v in pairs]), 200, 400, 403, 404
    )
