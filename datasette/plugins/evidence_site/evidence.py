"""The evidence on one question: which studies belong, what each found, and sentences that sum them up.

What is counted is trials: papers of one registered trial are one row. Direction of effect is what the abstracts report;
no vote is counted by significance and no numbers are pooled (SWiM; Cochrane Handbook, chapter 12).
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from evidence_site import bitmaps, words
from evidence_site.designs import PRIMARY_HUMAN
from evidence_site.edition import Edition
from evidence_site.studies import Outcome, Study, load_studies

#: Papers that stay in the table under their banner, but on which no sum may rest.
NOT_COUNTED = ("retracted", "withdrawn", "notice")
REVIEWS = ("meta_analysis", "systematic_review", "narrative_review", "guideline")
#: More rows under one heading than this help nobody; the rest is one click away in the evidence table.
MOST_ROWS = 40
#: A question with more papers than this is too wide to be read study by study: its newest are summed up, and it says so.
MOST_PAPERS = 5_000


def told(directions: Set[str]) -> list[str]:
    """What the papers of one trial say, in fixed order. A paper that says nothing gives way to one that does."""
    found = set(directions)
    for less_telling in ("not_checked", "not_reported"):
        if len(found) > 1:
            found.discard(less_telling)
    return [direction for direction in words.DIRECTIONS if direction in found]


def one_of(directions: list[str]) -> str:
    """How a trial counts: by its direction, or as mixed where its papers differ."""
    return directions[0] if len(directions) == 1 else "mixed"


@dataclass(frozen=True)
class Finding:
    """One direction of one trial in one domain, and the label it rests on."""

    outcome: Outcome
    study: Study


@dataclass
class Row:
    """One trial (or one paper without a registration): its papers, and what they found in each domain."""

    papers: list[Study]
    findings: dict[str, list[Finding]] = field(default_factory=dict)

    @property
    def main(self) -> Study:
        """The paper that stands for the trial: the oldest randomised or other primary report comes first."""
        return self.papers[0]

    @property
    def people(self) -> int | None:
        return max((n for paper in self.papers if isinstance(n := paper.row["participants"], int)), default=None)

    @property
    def size(self) -> str:
        """Arrow size by people, in the usual three steps of an effect direction plot."""
        if self.people is None:
            return "unknown"
        return "large" if self.people >= 300 else "medium" if self.people >= 50 else "small"

    @property
    def excluded(self) -> bool:
        return all(paper.row["status"] in NOT_COUNTED for paper in self.papers)

    @property
    def is_secondary(self) -> bool:
        """Only a later look at the people of a trial: that trial has been counted, or is not known here."""
        return self.main.said("secondary_analysis") is True

    @property
    def counts(self) -> bool:
        """True for what sums and sentences may rest on."""
        return not self.excluded and not self.is_secondary

    def directions(self, domain: str) -> list[str]:
        """The different directions that the papers report, in fixed order; one that says nothing gives way."""
        return told({finding.outcome.direction for finding in self.findings.get(domain, ())})


@dataclass(frozen=True)
class Group:
    """Rows under one heading of the plot."""

    id: str
    name: str
    rows: list[Row]


def ids_of(edition: Edition, question: Mapping[str, Any]) -> int:
    """The set of studies of a question: core studies that report on its domains, or have what it names."""
    bits = edition.studies_with("relevance", "core")
    named = [("conditions", value) for value in question["conditions"]]
    named += [("co_treatments", value) for value in question["co_treatments"]]
    wanted = [edition.studies_with(facet, value) for facet, value in named]
    if question["conditions"] or not named:
        domains = question["domains"][:1] if named else question["domains"]
        wanted += [edition.studies_with("outcome", domain) for domain in domains]
    if question["domains"] or named:
        bits &= bitmaps.any_of(wanted)
    if question["designs"]:
        bits &= bitmaps.any_of(edition.studies_with("design", design) for design in question["designs"])
    return bits


def rows_of(connection: sqlite3.Connection, edition: Edition, bits: int) -> list[Row]:
    """The set as trials, the primary report of each first; of a very large set the newest papers."""
    by_unit: dict[int, list[Study]] = {}
    for study in load_studies(connection, edition, bitmaps.slice_in_order(bits, None, 0, MOST_PAPERS)):
        by_unit.setdefault(study.row["unit"], []).append(study)
    rows = []
    for papers in by_unit.values():
        papers.sort(key=lambda p: (p.said("secondary_analysis") is True, p.row["design_position"], -p.row["id"]))
        row = Row(papers)
        for paper in papers:
            if paper.row["status"] not in NOT_COUNTED or row.excluded:
                for outcome in paper.outcomes:
                    row.findings.setdefault(outcome.domain, []).append(Finding(outcome, paper))
        rows.append(row)
    return rows


def grouped(edition: Edition, rows: list[Row], kind: str, wanted: tuple[str, ...]) -> list[Group]:
    """Rows under headings: by design, or by route or by what was given together with ketamine."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        for key in _keys(row, kind, wanted):
            groups.setdefault(key, []).append(row)
    kind_of_term = {"schedule": "route", "therapy": "co_treatments"}.get(kind, "study_design")
    order = list(edition.terms.get(kind_of_term, {}))
    if kind == "schedule":
        order = sorted(groups, key=lambda key: (key == "", -len(groups[key])))
    found = []
    for key in sorted(groups, key=lambda k: order.index(k) if k in order else len(order)):
        name = edition.term(kind_of_term, key).name if key else "Route not reported or not yet checked"
        ordered = sorted(groups[key], key=lambda r: (r.excluded, r.is_secondary, -(r.people or 0), r.main.row["id"]))
        found.append(Group(key, name, ordered))
    return found


def _keys(row: Row, kind: str, wanted: tuple[str, ...]) -> list[str]:
    if kind == "schedule":
        return [str(row.main.said("route") or "")]
    if kind == "therapy":
        given = {value for paper in row.papers for value in paper.said("co_treatments") or ()}
        return [value for value in wanted if value in given]
    return [row.main.row["design"]]


@dataclass(frozen=True)
class Summary:
    """What the labels add up to. `by_domain` counts trials by direction for primary studies in people."""

    trials: int
    papers: int
    people: int
    people_randomised: int
    people_unknown: int
    by_design: Counter[str]
    by_domain: dict[str, Counter[str]]
    newest: Study | None
    checked: Counter[str]
    retracted: int
    secondary: int


def summary_of(rows: list[Row], domains: tuple[str, ...]) -> Summary:
    counted = [row for row in rows if row.counts]
    human = [row for row in counted if row.main.row["design"] in PRIMARY_HUMAN]
    shown = [f for row in counted for domain in domains for f in row.findings.get(domain, ())]
    return Summary(
        trials=len(human),
        papers=sum(len(row.papers) for row in human),
        people=sum(row.people or 0 for row in human),
        people_randomised=sum(row.people or 0 for row in human if row.main.row["design"] == "randomised_trial"),
        people_unknown=sum(row.people is None for row in human),
        by_design=Counter(row.main.row["design"] for row in counted),
        by_domain={domain: tally(human, domain) for domain in domains},
        newest=min((p for row in human for p in row.papers), key=lambda p: p.row["id"], default=None),
        checked=Counter("not_checked" if not f.outcome.shown else f.outcome.source for f in shown),
        retracted=sum(row.excluded for row in rows),
        secondary=sum(row.is_secondary and not row.excluded for row in rows),
    )


def tally(rows: list[Row], domain: str) -> Counter[str]:
    """Trials by direction in one domain. A trial whose papers differ is counted as mixed, whatever they say."""
    counts: Counter[str] = Counter()
    for row in rows:
        if directions := row.directions(domain):
            counts[one_of(directions)] += 1
    return counts


_SAYS = {
    "favours_ketamine": ("favours ketamine", "favour ketamine"),
    "no_clear_difference": ("finds no clear difference", "find no clear difference"),
    "favours_comparator": ("favours the comparator", "favour the comparator"),
    "mixed": ("is mixed", "are mixed"),
    "not_reported": ("gives no direction", "give no direction"),
    "not_checked": ("is not yet checked", "are not yet checked"),
}


_SAYS_OF_SAFETY = {
    "favours_ketamine": ("reports good tolerability or fewer harms", "report good tolerability or fewer harms"),
    "no_clear_difference": ("finds similar harms", "find similar harms"),
    "favours_comparator": ("reports a harm", "report a harm"),
}


def sentences(edition: Edition, rows: list[Row], domains: tuple[str, ...]) -> list[str]:
    """One sentence per design and domain, from the counts alone: "Of 6 randomised trials with 412 people, …"."""
    found = []
    for domain in domains:
        name = edition.term("outcome_domain", domain).name.lower()
        for design, one, many in (
            ("randomised_trial", "randomised trial", "randomised trials"),
            ("nonrandomised_trial", "trial without randomisation", "trials without randomisation"),
            ("observational", "observational study", "observational studies"),
        ):
            chosen = [row for row in rows if row.main.row["design"] == design and row.counts]
            chosen = [row for row in chosen if row.directions(domain)]
            if chosen:
                found.append(f"{name.capitalize()}: {_sentence(chosen, domain, one, many)}")
    return found


def _sentence(rows: list[Row], domain: str, one: str, many: str) -> str:
    people = sum(row.people or 0 for row in rows)
    unknown = sum(row.people is None for row in rows)
    counts = tally(rows, domain)
    says = {**_SAYS, **_SAYS_OF_SAFETY} if domain == "safety" else _SAYS
    parts = [f"{counts[d]} {says[d][counts[d] != 1]}" for d in words.DIRECTIONS if counts[d]]
    number = "" if unknown == len(rows) else f" with {words.plural(people, 'person', 'people')}"
    partly = f" (number not known for {unknown})" if 0 < unknown < len(rows) else ""
    if len(rows) == 1:
        return f"one {one}{number}: it {parts[0].removeprefix('1 ')}."
    return f"of {len(rows)} {many}{number}{partly}, {words.listed(parts)}."


def gaps(edition: Edition, rows: list[Row], domains: tuple[str, ...]) -> list[str]:
    """What the labels show to be missing."""
    found = []
    counted = [row for row in rows if row.counts]
    for domain in domains:
        name = edition.term("outcome_domain", domain).name.lower()
        trials = [r for r in counted if r.main.row["design"] == "randomised_trial" and r.directions(domain)]
        if not trials:
            found.append(f"No randomised trial here reports on {name}.")
        elif sum(row.people or 0 for row in trials) < 300:
            found.append(
                f"All randomised trials here that report on {name} together hold "
                f"{words.number(sum(row.people or 0 for row in trials))} people: too few to see rare effects."
            )
        unchecked = sum("not_checked" in row.directions(domain) for row in counted)
        if unchecked:
            found.append(
                f"For {words.plural(unchecked, 'study', 'studies')} the direction on {name} is not yet checked."
            )
    return found
