"""One snapshot as the pages see it: what is small and needed at every request is read once."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence_site import bitmaps
from evidence_site.kept import Memory, Value

#: What stands where a label is below the threshold, or where nobody has labelled yet.
NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class Term:
    """One value of a label, with its names."""

    id: str
    name: str
    patient_name: str = ""
    definition: str = ""
    position: int = 999


@dataclass(frozen=True)
class Edition:
    """`facets` maps facet and value to the set of studies; `orders` gives other orders than newest first."""

    info: Mapping[str, str]
    pages: Mapping[str, Any]
    strategy: Mapping[str, Any]
    terms: Mapping[str, Mapping[str, Term]]
    questions: tuple[Mapping[str, Any], ...]
    collections: tuple[Mapping[str, Any], ...]
    facets: Mapping[str, Mapping[str, int]]
    orders: Mapping[str, array]
    studies: int
    address: str
    tag: str
    assets: str
    remembered: Memory = field(default_factory=lambda: Memory(200), compare=False)
    fragments: Memory = field(default_factory=lambda: Memory(6000), compare=False)

    def term(self, kind: str, value: Any) -> Term:
        """The term of a value; one that nobody named is shown as its id in words."""
        known = self.terms.get(kind, {}).get(str(value))
        return known or Term(str(value), str(value).replace("_", " ").capitalize())

    def studies_with(self, facet: str, value: str) -> int:
        return self.facets.get(facet, {}).get(value, 0)

    def remember(self, key: Any, make: Callable[[], Value]) -> Value:
        """`make()`, computed once per snapshot and key, as long as no 200 other keys were asked for since."""
        return self.remembered.get(key, make)


def load_edition(connection: sqlite3.Connection, address: str, folder: Path, stamp: str) -> Edition:
    """Reads the snapshot behind `connection`. `folder` is the configuration folder, `stamp` the file's identity."""
    info = dict(connection.execute("SELECT key, value FROM snapshot"))
    terms: dict[str, dict[str, Term]] = {}
    for kind, *values, position in connection.execute(
        "SELECT kind, id, name, patient_name, definition, position FROM terms ORDER BY position"
    ):
        terms.setdefault(kind, {})[values[0]] = Term(*values, position)
    _name_what_has_no_term(terms)
    facets: dict[str, dict[str, int]] = {}
    for facet, value, bits in connection.execute("SELECT facet, value, bits FROM facets"):
        facets.setdefault(facet, {})[value] = bitmaps.from_blob(bits)
    assets = _fingerprint(folder)
    return Edition(
        info=info,
        pages=json.loads(info["pages"]),
        strategy=json.loads(info["strategy"]),
        terms=terms,
        questions=tuple(
            json.loads(text) for (text,) in connection.execute("SELECT question FROM questions ORDER BY position")
        ),
        collections=tuple(
            json.loads(text) for (text,) in connection.execute("SELECT collection FROM collections ORDER BY position")
        ),
        facets=facets,
        orders=_orders(connection),
        studies=connection.execute("SELECT count(*) FROM studies").fetchone()[0],
        address=address.rstrip("/"),
        tag=hashlib.sha256(f"{stamp} {info['published_at']} {assets} {address}".encode()).hexdigest()[:16],
        assets=assets,
    )


def _orders(connection: sqlite3.Connection) -> dict[str, array]:
    return {
        "participants": array(
            "I", (r[0] for r in connection.execute("SELECT id FROM studies ORDER BY participants DESC, id"))
        ),
        "design": array("I", (r[0] for r in connection.execute("SELECT id FROM studies ORDER BY design_position, id"))),
        "oldest": array("I", (r[0] for r in connection.execute("SELECT id FROM studies ORDER BY id DESC"))),
    }


def _name_what_has_no_term(terms: dict[str, dict[str, Term]]) -> None:
    """Values that are the site's own rather than the taxonomy's."""
    for kind in ("relevance", "study_design", "direction"):
        terms.setdefault(kind, {})[NOT_CHECKED] = Term(
            NOT_CHECKED,
            "Not yet checked",
            "Not yet checked",
            "The classifier was not sure enough, and no person has looked yet.",
        )
    own = {
        "species": {"human": "People", "animal": "Animals or cells", "unclear": "Not stated"},
        "status": {
            "current": "No notice",
            "retracted": "Retracted",
            "withdrawn": "Withdrawn",
            "concern": "Expression of concern",
            "corrected": "Corrected",
            "notice": "Is itself a notice",
            "missing": "No longer in PubMed",
        },
        "checked": {
            "person": "Checked by a person",
            "curated": "Curated starter set",
            "machine": "Classifier only",
            "none": "No labels yet",
        },
        "access": {"free": "Free full text (PMC)"},
        "trial": {"registered": "Has a registration"},
    }
    for kind, names in own.items():
        terms[kind] = {id_: Term(id_, name, position=n) for n, (id_, name) in enumerate(names.items())}


def _fingerprint(folder: Path) -> str:
    """Changes whenever a style, script, template or plugin changes, so that caches can keep files for ever."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in {".css", ".js", ".svg", ".html", ".py", ".xml"}):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
