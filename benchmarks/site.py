"""How fast the site answers, beside stock Datasette's table page of the same snapshot in the same run.

    python -m benchmarks.site [--studies 3000] [--seconds 20] [--clients 1]

The studies are invented (tests/site/invented.py) and written straight into a working database: abstracts of some 250
words with word frequencies as in a language, 14 designs, 1 to 4 outcomes each, 15 % off topic. `evidence publish` and
`evidence serve` run as their own processes, as on a server. The load is a closed loop over loopback: each client asks
anew as soon as it has its answer. The clients run on the same cores as the server, so they take part of what they measure;
they ask for gzip, as browsers do, and do not unpack it.

Every /studies request is a different view: a search that was not asked before, with values of four facets chosen.
Stock Datasette answers the same search with the same columns, filters and facets, from the same file.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.site.invented import invented_database, invented_words

ROOT = Path(__file__).resolve().parent.parent
#: The stock page's columns: what a card of ours shows, as far as one table holds it.
COLUMNS = [
    "path",
    "title",
    "authors_short",
    "journal_abbreviation",
    "year",
    "design",
    "species",
    "status",
    "checked",
    "participants",
]
#: Facet values chosen, one of each facet per request.
FACETS = {
    "design": ("randomised_trial", "nonrandomised_trial", "observational", "narrative_review", "preclinical"),
    "species": ("human", "animal"),
    "status": ("current",),
    "checked": ("machine",),
}
SUBJECTS = ("ketamine", "craving", "relapse", "withdrawal", "mood", "memory", "sleep", "retention", "glutamate")


@dataclass(frozen=True)
class Timing:
    """Seconds of each answer, the seconds of the whole run, the server's CPU seconds in it, and the bytes that came."""

    answers: list[float]
    whole: float
    cpu: float
    size: int

    def line(self, name: str) -> str:
        p50, p95 = (statistics.quantiles(self.answers, n=100)[n] * 1000 for n in (49, 94))
        return (
            f"{name:<44} {self.rate:6.0f} requests/s   p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   "
            f"CPU {self.cpu / len(self.answers) * 1000:6.1f} ms   {self.size / len(self.answers) / 1000:5.1f} kB"
        )

    @property
    def rate(self) -> float:
        return len(self.answers) / self.whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=3000)
    parser.add_argument("--seconds", type=float, default=20, help="how long each page is asked for")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--data", type=Path, help="keep the data folder here, and use it again if it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = options.data or Path(folder)
        make_site(data, options.studies)
        measure(data, options.studies, options.seconds, options.clients)


def make_site(data: Path, studies: int) -> None:
    """The invented studies in a working database, published by the command itself."""
    if not (data / "evidence.db").exists():
        data.mkdir(parents=True, exist_ok=True)
        invented_database(data / "evidence.db", studies, more_words=230).conn.close()
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "cli", "publish", "--data", str(data)], cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("evidence publish failed")
    size = (data / "site" / "evidence.db").stat().st_size / 1e6
    print(
        f"evidence publish: {studies:,} studies in {time.monotonic() - started:.1f} s, peak "
        f"{usage.ru_maxrss / 1000:.0f} MB, snapshot {size:.0f} MB"
    )


def measure(data: Path, studies: int, seconds: float, clients: int) -> None:
    with serving([sys.executable, "-m", "cli", "serve", "--data", str(data), "--port"]) as server:
        ours = load(server, searches(our_view), seconds, clients)
        print(ours.line("/studies, search and four facets"))
        print(load(server, searches(our_view, kinds=1), seconds, clients).line("/studies, the same searches again"))
        print(load(server, study_paths(studies), seconds, clients).line("/study/<pmid>"))
        for path in ("/studies", "/", "/questions", "/question/drinking"):
            print(load(server, repeated(path), min(seconds, 5), clients).line(path))
    snapshot = str(data / "site" / "evidence.db")
    for name, more in (("as it comes", []), ("without suggested facets", ["--setting", "suggest_facets", "off"])):
        with serving([sys.executable, "-m", "datasette", "serve", "--immutable", snapshot, *more, "--port"]) as server:
            stock = load(server, searches(stock_view), seconds, clients)
            print(stock.line(f"stock table page, {name}"))
            print(f"{'':<44} ours answers {ours.rate / stock.rate:.1f} times as many")


def searches(view: Callable[[str, list[tuple[str, str]]], str], kinds: int = 0) -> Iterator[str]:
    """Addresses of views: `kinds` different searches over and over, or none twice (0)."""
    chance = random.Random(5)
    vocabulary = invented_words()[:300]
    asked: list[str] = []
    while True:
        if kinds and len(asked) >= 20 * kinds:
            search = chance.choice(asked)
        else:
            # Half of the searches narrow to a few studies, half leave more than a page of them.
            join = chance.choice((" ", " OR "))
            search = f"{chance.choice(SUBJECTS)}{join}{chance.choice(vocabulary)}"
            asked.append(search)
        chosen = [(facet, chance.choice(values)) for facet, values in FACETS.items()]
        yield view(search, chosen)


def our_view(search: str, chosen: list[tuple[str, str]]) -> str:
    return f"/studies?{urlencode([('q', search), *chosen])}"


def stock_view(search: str, chosen: list[tuple[str, str]]) -> str:
    pairs = [("_search", search), ("_fts_table", "studies_fts"), ("_fts_pk", "id"), ("_size", "25"), *chosen]
    pairs += [("_facet", facet) for facet in FACETS] + [("_col", column) for column in COLUMNS]
    return f"/evidence/studies?{urlencode(pairs)}"


def study_paths(studies: int) -> Iterator[str]:
    """Each study once, in a shuffled order, before any comes again."""
    numbers = random.Random(5).sample(range(3, studies + 1), studies - 2)
    while True:
        for number in numbers:
            yield f"/study/{99_000_000 + number}"


def repeated(path: str) -> Iterator[str]:
    while True:
        yield path


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and its process."""

    port: int
    process: int

    def cpu(self) -> float:
        """The CPU seconds that it has used; what else the machine does has no part in them."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(server: Server, paths: Iterator[str], seconds: float, clients: int) -> Timing:
    """Asks for one path after the other until the time is up."""
    answers: list[float] = []
    sizes: list[int] = []
    paths_lock = threading.Lock()
    end = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        while time.monotonic() < end:
            with paths_lock:
                path = next(paths)
            started = time.perf_counter()
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            body = response.read()
            answers.append(time.perf_counter() - started)
            sizes.append(len(body))
            if response.status != 200:
                raise SystemExit(f"{path}: status {response.status}")

    started, cpu = time.monotonic(), server.cpu()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Timing(answers, time.monotonic() - started, server.cpu() - cpu, sum(sizes))


@contextmanager
def serving(command: list[str]) -> Iterator[Server]:
    """The server of `command` on a free port, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*command, str(port)], cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
