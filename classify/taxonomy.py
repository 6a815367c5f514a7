"""The labels as data: reads `taxonomy.toml` (ids, names, definitions, publication types that imply each)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a labelled field. `kind` is relevance, study_design, outcome_domain or direction."""

    kind: str
    id: str
    name: str
    patient_name: str
    definition: str
    publication_types: tuple[str, ...] = ()


@cache
def load_taxonomy() -> tuple[Term, ...]:
    """Every term, in page order."""
    document = tomllib.loads((files("classify") / "taxonomy.toml").read_text(encoding="utf-8"))
    return tuple(
        Term(**{**term, "publication_types": tuple(term.get("publication_types", ()))}) for term in document["terms"]
    )


@cache
def ids(kind: str) -> tuple[str, ...]:
    """The ids of one kind, in page order."""
    return tuple(term.id for term in load_taxonomy() if term.kind == kind)
