"""What harvest tests share: a quick client, and the state of a database without its times."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlite_utils import Database

from harvest.eutils import Contact, EutilsClient, Patience

#: Gives up after a second, so that a test of a lasting fault is short.
QUICK = Patience(attempts=4, deadline=20.0, read=0.5, answer=1.0, wait_first=0.01, wait_most=0.05, jitter=0.01)
#: Invented, and looked for in everything that a run writes or says.
SECRET = Contact(email="invented.person@example.org", api_key="0123456789abcdef0123456789abcdef0123")


def client_of(url: str, *, contact: Contact | None = None, patience: Patience = QUICK, **options: Any) -> EutilsClient:
    """A client without pacing or secrets (unless given) for an emulator."""
    options.setdefault("rate", 10_000.0)
    return EutilsClient(url, contact=contact if contact is not None else Contact(), patience=patience, **options)


_CONTENT = {
    "articles": "pmid, doi, title, abstract, retraction_state, content_hash, missing_since IS NULL AS present",
    "raw_records": "a.pmid, t.form, t.sha256",
    "changes": "a.pmid, t.kind, t.field, t.old, t.new",
    "mesh_headings": "a.pmid, t.position, t.name, t.major",
    "article_links": "a.pmid, t.kind, t.pmid",
}


def state_of(database: Database) -> str:
    """A digest of all content of a database, in which times, ids and runs play no part."""
    rows: list[Any] = []
    for table, columns in _CONTENT.items():
        source = "articles" if table == "articles" else f"{table} AS t JOIN articles AS a ON a.id = t.article_id"
        rows.append(sorted(map(repr, database.conn.execute(f"SELECT {columns} FROM {source}").fetchall())))
    rows += database.conn.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'ketamine'").fetchall()
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def pmids_of(database: Database) -> set[int]:
    return {pmid for (pmid,) in database.conn.execute("SELECT pmid FROM articles WHERE pmid IS NOT NULL")}


def watermarks_of(database: Database) -> list[str]:
    """The watermark that each run left, oldest first; "" where it left none."""
    return [mark for (mark,) in database.conn.execute("SELECT watermark FROM harvest_runs ORDER BY id")]
