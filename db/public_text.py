"""Takes e-mail addresses out of what PubMed's records say, before it is published.

Some abstracts and conflict-of-interest statements hold their authors' addresses (about one in a thousand).
"""

from __future__ import annotations

import re
import sqlite3

#: An address ends in a name of letters, so that "605mAh@1.4V" is none. A DOI may hold an @ after its slash.
_ADDRESS = re.compile(r"(?<![\w./@-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}\b")
LEFT_OUT = "[e-mail address left out]"

#: The text columns of the snapshot that hold what somebody else wrote, or quote it.
COLUMNS = {
    "studies": ("title", "vernacular_title", "authors", "sections", "conflict_of_interest"),
    "citations": ("forms",),
    "labels": ("value", "quote", "why"),
    "outcomes": ("quote", "why"),
    "links": ("reference", "note"),
    "trials": ("title", "population", "intervention", "comparator", "outcomes"),
    "changes": ("old", "new"),
    "studies_fts": ("title", "abstract", "authors", "facts"),
}


def without_addresses(text: str) -> str:
    return _ADDRESS.sub(LEFT_OUT, text)


def remove_addresses(connection: sqlite3.Connection) -> None:
    """Rewrites the rows of the snapshot behind `connection` that hold an e-mail address."""
    connection.create_function("without_addresses", 1, without_addresses, deterministic=True)
    for table, columns in COLUMNS.items():
        changes = ", ".join(f"{column} = without_addresses({column})" for column in columns)
        # An @ is rare, so almost every row is only looked at.
        suspects = " OR ".join(f"instr({column}, '@')" for column in columns)
        connection.execute(f"UPDATE {table} SET {changes} WHERE {suspects}")  # noqa: S608 - names from above
