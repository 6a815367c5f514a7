"""From a domain's statements to its direction (labels guideline, rules for hard cases)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from classify.evidence import REVIEWS, Evidence
from classify.statements import AGAINST, FAVOURS, MIXED, NO_DIFFERENCE, NOT_REPORTED


def decide(evidence: Sequence[Evidence], study_design: str) -> tuple[str, Evidence, str]:
    """The direction that a domain's statements give together, the statement that decided, and the rule that decided."""
    told = [item for item in evidence if item.statement.direction != NOT_REPORTED]
    if study_design == "protocol" or not told:
        return NOT_REPORTED, _neutral(evidence, study_design), "no direction told"
    domain = told[0].statement.domain
    if domain == "safety":
        return _safety(told)
    if domain in ("brain_mechanism", "acute_experience"):
        return _neutral_domain(evidence, told, study_design)
    direction, chosen, rule = _weighed(told, study_design)
    return direction, _nearest(direction, chosen, told), rule


def _nearest(direction: str, chosen: Evidence, told: Sequence[Evidence]) -> Evidence:
    """The statement to doubt: a result that says the same is nearer to the data than the conclusion that sums it up."""
    if direction == MIXED:
        return chosen
    same = [item for item in told if item.statement.direction == direction and item.section == "results"]
    return max(same, key=lambda item: (item.primary, item.exposed), default=chosen)


def _neutral(evidence: Sequence[Evidence], study_design: str) -> Evidence:
    if study_design == "protocol":
        order = {"measures": 0, "methods": 1, "objective": 2}
        return min(evidence, key=lambda item: (not item.primary, order.get(item.section, 3)))
    return max(evidence, key=lambda item: (item.section != "title", item.exposed, item.section == "results"))


def _safety(told: Sequence[Evidence]) -> tuple[str, Evidence, str]:
    """A stated "well tolerated" outweighs a list; else harm outweighs "no different"."""
    for direction in (FAVOURS, AGAINST, NO_DIFFERENCE, MIXED):
        chosen = [item for item in told if item.statement.direction == direction]
        if chosen:
            return direction, chosen[0], "safety: stated tolerance, then harm, then no difference"
    raise AssertionError("told statements have a direction")


def _neutral_domain(
    evidence: Sequence[Evidence], told: Sequence[Evidence], study_design: str
) -> tuple[str, Evidence, str]:
    """Effects on brain or experience are no direction by themselves; only nothing but "no effect" is."""
    changed = [item for item in evidence if item.statement.direction == NOT_REPORTED and item.statement.cue]
    if changed:
        return NOT_REPORTED, _neutral(changed, study_design), "a change that is neither better nor worse"
    if told[0].statement.domain == "brain_mechanism" or not any(item.exposed for item in told):
        return NOT_REPORTED, told[0], "no effect on a measure that is neither better nor worse"
    return told[0].statement.direction, told[0], "every statement says so"


def _weighed(told: Sequence[Evidence], study_design: str) -> tuple[str, Evidence, str]:
    results = [item for item in told if item.section == "results"]
    concluding = [item for item in told if item.section == "conclusions"]
    primary = [item for item in results if item.primary]
    order: tuple[tuple[list[Evidence], str], ...]
    if study_design in REVIEWS:
        order = ((concluding, "the review's conclusion"), (results, "results"))
    else:
        order = ((primary, "the primary outcome"), (concluding, "the conclusion"), (results, "results"))
    for group, rule in order:
        verdict = _one_side(group, results, rule)
        if verdict:
            return verdict
    return told[0].statement.direction, told[0], "the title"


def _leading(items: Sequence[Evidence]) -> str:
    """The direction of at least two thirds of some statements, "" where none has so many."""
    counts = Counter(item.statement.direction for item in items)
    direction, most = counts.most_common(1)[0]
    return direction if 3 * most >= 2 * len(items) else ""


def _one_side(group: Sequence[Evidence], results: Sequence[Evidence], rule: str) -> tuple[str, Evidence, str] | None:
    if not group:
        return None
    directions = {item.statement.direction for item in group}
    if len(directions) > 1:
        leading = _leading([*group, *results])
        if leading and rule == "the conclusion":
            chosen = next((item for item in group if item.statement.direction == leading), None)
            if chosen:
                return leading, chosen, f"{rule}: most statements"
        return MIXED, next((item for item in group if item.contrast), group[0]), f"{rule}: statements disagree"
    direction = directions.pop()
    tested = [item for item in results if item.statement.tested]
    if (
        rule == "the conclusion"
        and direction == FAVOURS
        and len(tested) > 1
        and all(item.statement.direction == NO_DIFFERENCE for item in tested)
    ):
        return NO_DIFFERENCE, tested[0], "a test that is not significant outweighs a hopeful conclusion"
    return direction, group[0], rule
