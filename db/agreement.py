"""How well two reviewers agree, beyond what chance alone would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from db.records import OUTCOME_PREFIX


@dataclass(frozen=True, slots=True)
class Agreement:
    """Articles that both reviewers decided on for one field: how many, how many alike, and Cohen's kappa.

    `kappa` is None where chance alone would make them agree every time (both gave one and the same value throughout).
    """

    field: str
    n: int
    alike: int
    kappa: float | None


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two raters' categories (Cohen 1960): (observed - chance) / (1 - chance); None without meaning."""
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(first == second for first, second in pairs) / n
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    chance = sum(firsts[value] * seconds[value] for value in firsts) / n**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def reviewer_agreement(database: Database, first: str, second: str) -> list[Agreement]:
    """Agreement by field between two reviewers by name, from each one's newest decision on an article.

    Outcome domains are one field together ("outcomes"): each article and domain is one decision about direction.
    """
    decisions: dict[tuple[int, str], dict[str, str]] = {}
    rows = database.conn.execute(
        "SELECT article_id, field, by, value FROM corrections WHERE by IN (?, ?) ORDER BY id", [first, second]
    )
    for article_id, field, by, value in rows:
        decisions.setdefault((article_id, field), {})[by] = value
    pairs: dict[str, list[tuple[str, str]]] = {}
    for (_, field), values in decisions.items():
        if len(values) == 2:
            name = "outcomes" if field.startswith(OUTCOME_PREFIX) else field
            pairs.setdefault(name, []).append((values[first], values[second]))
    return [
        Agreement(field, len(found), sum(a == b for a, b in found), cohen_kappa(found))
        for field, found in sorted(pairs.items())
    ]
