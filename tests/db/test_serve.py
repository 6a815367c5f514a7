"""Serving: clear refusals, complete settings, and a new snapshot taken up without dropping a request."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from db.errors import EvidenceError
from db.serve import listen, serve, settings_of, site_config
from tests.site.conftest import publish_invented, running


def test_a_taken_port_is_told_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EvidenceError, match=f"Can't listen on 127.0.0.1 port {port}.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_do_not_wait_for_the_readers_acknowledgement(host: str) -> None:
    """asyncio turns Nagle's algorithm off only for sockets that say that they are TCP."""

    async def no_delay() -> int:
        said: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            taken = writer.get_extra_info("socket")
            said.set_result(taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listen(host, 0)
        async with await asyncio.start_server(answer, sock=listener):
            _, writer = await asyncio.open_connection(host, listener.getsockname()[1])
            found = await asyncio.wait_for(said, 10)
            writer.close()
            await writer.wait_closed()
            return found

    if host == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6 on this machine")
    assert asyncio.run(no_delay()) == 1


def test_a_port_that_is_no_port_and_a_host_that_is_not_ours_are_told() -> None:
    with pytest.raises(EvidenceError, match="There is no port 70000"):
        listen("127.0.0.1", 70_000)
    with pytest.raises(EvidenceError, match=r"Can't listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_a_missing_snapshot_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"There is no snapshot at .* Run `evidence publish` first"):
        serve(tmp_path, port=0)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_file_that_is_no_snapshot_says_what_to_run(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "evidence.db").write_bytes(content)
    with pytest.raises(EvidenceError, match="is not a snapshot that this version can serve"):
        serve(tmp_path, port=0)


def test_a_configuration_folder_without_metadata_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"metadata\.yaml is missing"):
        site_config(tmp_path)


def test_an_override_keeps_every_setting_of_the_file() -> None:
    """Datasette 0.65 drops settings.json as soon as one setting comes another way: SQL would be open again."""
    written = json.loads((site_config() / "settings.json").read_text())
    merged = settings_of(site_config(), {"num_sql_threads": 1})
    assert merged == {**written, "num_sql_threads": 1}
    assert [merged[name] for name in ("default_allow_sql", "allow_download", "suggest_facets", "allow_facet")] == [
        False,
        False,
        False,
        False,
    ]


def test_publishing_while_four_clients_read_gives_not_one_failed_request(tmp_path: Path) -> None:
    """Each answer comes whole from one snapshot, and all clients end up on the newest."""
    folder = publish_invented(tmp_path, studies=60, at="2026-11-01T00:00:00Z")
    statuses: list[int] = []
    seen: set[str] = set()
    done = threading.Event()

    def read(address: str) -> None:
        with httpx.Client(base_url=address, timeout=30) as client:
            while not done.is_set():
                for path in ("/studies.json", "/studies?q=craving", "/study/99000001", "/"):
                    response = client.get(path)
                    statuses.append(response.status_code)
                    if path == "/studies.json":
                        seen.add(f"{response.json()['published_at']} {response.json()['facets']['access']['free']}")

    with running(folder) as address:
        readers = [threading.Thread(target=read, args=(address,)) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(1, 5):
            publish_invented(tmp_path, studies=60 + 30 * number, at=f"2026-11-0{number + 1}T00:00:00Z")
            _wait_for(address, f"2026-11-0{number + 1}")
        done.set()
        for reader in readers:
            reader.join(20)
    assert set(statuses) == {200}
    assert len(statuses) > 40
    assert len(seen) == len({text.split()[0] for text in seen})


def _wait_for(address: str, day: str) -> None:
    for _ in range(400):
        if httpx.get(f"{address}/studies.json").json()["published_at"].startswith(day):
            return
        time.sleep(0.05)
    raise AssertionError(f"the snapshot of {day} was never taken up")


def test_a_damaged_snapshot_is_refused_and_the_old_one_stays(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = publish_invented(tmp_path, studies=20)
    with running(folder) as address:
        broken = tmp_path / "broken"
        broken.write_bytes(b"not a database" * 1000)
        broken.replace(folder / "evidence.db")
        for _ in range(100):
            time.sleep(0.05)
            if "kept the old snapshot" in capfd.readouterr().err:
                break
        else:
            raise AssertionError("nothing was said about the damaged snapshot")
        assert httpx.get(f"{address}/studies").status_code == 200
