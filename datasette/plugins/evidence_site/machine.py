"""Studies as JSON: the stable form that docs/site.md describes."""

from __future__ import annotations

import json
from typing import Any


def study_summary(edition, study) -> dict[str, Any]:
    """A study as in lists: bibliography, labels that stand, outcomes with direction."""
    row = study.row
    return {
        "address": row["path"],
        "pmid": row["pmid"],
        "doi": row["doi"] or None,
        "pmcid": row["pmcid"] or None,
        "title": row["title"],
        "authors": study.authors_list or ([row["authors_short"]] if row["authors_short"] else []),
        "journal": row["journal"],
        "year": row["year"],
        "status": row["status"] or None,
        "trials": study.trials,
        "labels": {name: _label(label) for name, label in study.labels.items()},
        "outcomes": {outcome.domain: _label(outcome) for outcome in study.outcomes},
    }


def study_whole(edition, study, more: dict[str, Any]) -> dict[str, Any]:
    """A study as on its own page."""
    row = study.row
    return {
        **study_summary(edition, study),
        "published": row["published"],
        "volume": row["volume"],
        "issue": row["issue"],
        "pages": row["pages"],
        "publication_types": json.loads(row["publication_types"]),
        "mesh": json.loads(row["mesh"]),
        "languages": json.loads(row["languages"]),
        "abstract": json.loads(row["sections"]),
        "first_seen": row["first_seen"],
        "updated": row["updated"],
        **more,
    }


def _label(label) -> dict[str, Any]:
    """Below the threshold the value is withheld, as on the pages: a script must not take a guess for a label."""
    shown = {"value": label.value if label.shown else None, "source": label.source, "checked": label.shown}
    if label.source == "tag":
        shown |= {"probability": label.probability, "layer": label.layer}
    else:
        shown |= {"at": label.at}
    if label.quote and label.shown:
        shown["quote"] = label.quote
    return shown
