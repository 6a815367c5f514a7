"""What a topic file says, as data. `harvest.topics` reads and checks the TOML; every other part receives a `Topic`.

A topic is everything that ties the product to one question: where to search, which known studies prove the search,
which words mean which outcome, and the texts for clinicians and patients. A clinic that tracks something else writes
one file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SearchStrategy:
    """Named concept blocks and the lines that combine them, as PubMed query text.

    `blocks` maps a block's name ("KET") to its query; `main` and `adjacent` combine block names with AND, OR, NOT.
    `explosions` maps a MeSH heading to the narrower headings PubMed includes under it, used only when records from
    files are matched without PubMed. `adjacent` is "" where the topic leaves it out.
    """

    blocks: dict[str, str]
    main: str
    adjacent: str = ""
    explosions: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutcomeLexicon:
    """Words and MeSH headings of one outcome domain (`id` as in the labels guideline).

    `better_when` says which way the measured quantity is good for the patient: "more" (abstinence), "less" (craving) or
    "unclear" (a change in the brain is neither). `more_is_better` and `less_is_better` list terms that go against the
    domain's usual polarity; `benefit_terms` and `harm_terms` are a result in themselves ("well tolerated").
    `terms_in_context` count only beside a word of `context`, in their sentence or in the title ("relapse" beside
    "alcohol"); `not_terms` look like a term and are none ("respiratory depression").
    Terms are case-insensitive; a trailing * matches any ending, a space also a hyphen.
    """

    id: str
    name: str
    terms: tuple[str, ...]
    better_when: str
    mesh: tuple[str, ...] = ()
    more_is_better: tuple[str, ...] = ()
    less_is_better: tuple[str, ...] = ()
    benefit_terms: tuple[str, ...] = ()
    harm_terms: tuple[str, ...] = ()
    terms_in_context: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    not_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a topic facet (conditions, co_treatments, formulation) with the words that show it."""

    facet: str
    id: str
    name: str
    terms: tuple[str, ...]
    mesh: tuple[str, ...] = ()
    patient_name: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One evidence summary page: which labels select its studies, and the words around them.

    `domains` are the outcome domains shown. A study belongs if it reports on one of them; where `conditions` or
    `co_treatments` are named, if it has one of those, or reports on the first domain and conditions are named.
    `designs` narrows the study designs. `kind` is "effect" (grouped by design), "schedule" (by route), "therapy" (by
    what was given together), "mechanism" (animals in the main table) or "ongoing" (registrations and protocols).
    `unknown` says what the labels can't tell.
    """

    id: str
    title: str
    patient_title: str
    intro: str
    domains: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    co_treatments: tuple[str, ...] = ()
    kind: str = "effect"
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A whole topic file. `text` is the file as read, `sha256` its hash; both are kept with each harvest run.

    `exposure_terms` are the words for the studied drug; `subject_terms` those for the condition (relevance needs
    both). `pages` holds the site's and the patients' texts by language, as plain nested dictionaries that end in
    strings; templates read them. `collections_folder` has the topic's own lists of studies (`db.collections`).
    """

    id: str
    name: str
    summary: str
    search: SearchStrategy
    text: str
    sha256: str
    exposure_terms: tuple[str, ...] = ()
    subject_terms: tuple[str, ...] = ()
    outcomes: tuple[OutcomeLexicon, ...] = ()
    facets: tuple[FacetValue, ...] = ()
    questions: tuple[Question, ...] = ()
    pages: dict[str, Any] = field(default_factory=dict)
    known_studies: tuple[dict[str, str], ...] = ()
    known_studies_provenance: str = ""
    collections_folder: Path | None = None
