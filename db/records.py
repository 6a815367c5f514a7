"""The records that pass between the parts of the product.

`harvest` makes `Article`s, `classify` turns a `TaggableRecord` into `Tag`s, and the store keeps both.
Everything here is plain, immutable data without behaviour beyond simple derived values.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Granularity(StrEnum):
    """How much of a date the record states. PubMed dates are often only a season or free text."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    TEXT = "text"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date no more precise than its source.

    `value` is ISO 8601 cut to the granularity ("2020", "2020-11", "2020-11-03"; "" where even the year is unknown)
    and sorts as text. `text` is what the record said where that says more than `value` ("2020 Nov-Dec", "Winter").
    """

    value: str = ""
    granularity: Granularity = Granularity.NONE
    text: str = ""

    @property
    def year(self) -> int | None:
        return int(self.value[:4]) if self.value[:4].isdigit() else None


@dataclass(frozen=True, slots=True)
class AbstractSection:
    """One part of an abstract. `label` is the authors' heading, `category` NLM's (BACKGROUND, METHODS, …)."""

    text: str
    label: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class OtherAbstract:
    """An abstract in another language or of another kind (plain-language summary, publisher's), kept apart."""

    text: str
    language: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """A person or, with `collective_name`, a group. `orcid` is the bare 0000-0000-0000-0000 form."""

    last_name: str = ""
    fore_name: str = ""
    initials: str = ""
    suffix: str = ""
    collective_name: str = ""
    orcid: str = ""
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MeshQualifier:
    name: str
    ui: str = ""
    major: bool = False


@dataclass(frozen=True, slots=True)
class MeshHeading:
    """A MeSH descriptor with its qualifiers. `major` is the star on the descriptor itself."""

    name: str
    ui: str = ""
    major: bool = False
    qualifiers: tuple[MeshQualifier, ...] = ()

    @property
    def is_major(self) -> bool:
        """True where the star stands on the descriptor or on any qualifier."""
        return self.major or any(qualifier.major for qualifier in self.qualifiers)


@dataclass(frozen=True, slots=True)
class PublicationType:
    name: str
    ui: str = ""


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """One entry of CommentsCorrectionsList. `kind` is PubMed's RefType ("RetractionIn", …); `pmid` may be absent."""

    kind: str
    pmid: int | None = None
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RegistryId:
    """A trial or review registration. `source` is "databank" (PubMed's own list) or "text" (found in the abstract)."""

    registry: str
    number: str
    source: str = "databank"


@dataclass(frozen=True, slots=True)
class Grant:
    agency: str = ""
    number: str = ""
    country: str = ""


class RecordKind(StrEnum):
    ARTICLE = "article"
    BOOK = "book"


@dataclass(frozen=True, slots=True)
class Article:
    """One bibliographic record as its source gives it; nothing here is inferred.

    A record known only by its DOI (starter set, preprint) has `pmid` None. `doi` is lower case without a prefix.
    `abstract` is the readable whole text: sections joined by line breaks, "LABEL: text" where labelled.
    """

    title: str
    pmid: int | None = None
    pmid_version: int = 1
    doi: str = ""
    pmcid: str = ""
    kind: RecordKind = RecordKind.ARTICLE
    vernacular_title: str = ""
    abstract: str = ""
    sections: tuple[AbstractSection, ...] = ()
    other_abstracts: tuple[OtherAbstract, ...] = ()
    journal: str = ""
    journal_abbreviation: str = ""
    issn: str = ""
    nlm_id: str = ""
    publisher: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    published: PartialDate = PartialDate()
    electronic: PartialDate = PartialDate()
    created: str = ""
    completed: str = ""
    revised: str = ""
    authors: tuple[Author, ...] = ()
    investigators: tuple[Author, ...] = ()
    languages: tuple[str, ...] = ()
    publication_types: tuple[PublicationType, ...] = ()
    mesh_headings: tuple[MeshHeading, ...] = ()
    substances: tuple[tuple[str, str], ...] = ()
    keywords: tuple[str, ...] = ()
    registry_ids: tuple[RegistryId, ...] = ()
    links: tuple[ArticleLink, ...] = ()
    grants: tuple[Grant, ...] = ()
    other_ids: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    personal_name_subjects: tuple[str, ...] = ()
    conflict_of_interest: str = ""
    status: str = ""
    indexing_method: str = ""

    @property
    def year(self) -> int | None:
        return self.published.year or self.electronic.year


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """An article with the exact bytes it was read from, so that a better parser can be rerun offline.

    `raw` is the record's own XML element (UTF-8) or its MEDLINE text; `form` is "pubmed-xml", "medline", "csv"
    or "starter-set".
    """

    article: Article
    raw: bytes
    form: str


@dataclass(frozen=True, slots=True)
class TaggableRecord:
    """What the classifier may look at: the input keys of `tag --input` (design, JSONL keys).

    `id` is whatever the caller uses; `sections` carries NLM's categories where the source has them, else it is empty
    and the headings are found in the text.
    """

    id: str
    title: str
    abstract: str = ""
    pmid: int | None = None
    publication_types: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    year: int | None = None
    sections: tuple[AbstractSection, ...] = ()
    languages: tuple[str, ...] = ()


class Layer(StrEnum):
    """Which layer gave a tag. A person's correction is no layer: it stands above all of them."""

    PUBMED = "pubmed"
    RULES = "rules"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Tag:
    """One field's value as the classifier gives it.

    `field` is a field of `FIELDS` or "outcomes.<domain>"; `value` is JSON-compatible (str, int, bool, list of str or
    None for "the text does not say"). `probability` is the calibrated chance that `value` is right. `abstained` means:
    below the threshold, leave it to a person and show "not yet checked". `quote` is a verbatim piece of title or
    abstract, "" where the tag rests on the whole record. `why` names cues, terms and weights for "Why this label?".
    """

    field: str
    value: Any
    probability: float
    layer: Layer
    abstained: bool = False
    quote: str = ""
    why: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The classifier that gave a set of tags, as kept in `models`. `id` changes whenever rules or artifact change."""

    id: str
    artifact_sha256: str = ""
    training_sha256: str = ""
    metrics: dict[str, Any] = dataclasses.field(default_factory=dict)
    card: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decided about one field of one article. Kept for ever; the newest one per field stands.

    `value` follows the same forms as `Tag.value`; for "outcomes.<domain>" a direction, or None for "this record does
    not report on the domain". `source` is "person" or "curated" (the topic's verified starter set).
    """

    article_id: int
    field: str
    value: Any
    by: str
    reason: str
    at: str
    quote: str = ""
    source: str = "person"


#: Fields whose label is one value, in the order in which pages and exports show them (labels guideline).
FIELDS = (
    "relevance",
    "study_design",
    "secondary_analysis",
    "overall_direction",
    "n_participants",
    "n_studies",
    "dose",
    "route",
    "sessions",
    "comparator",
    "follow_up",
    "blinding",
    "registry_ids",
    "conditions",
    "co_treatments",
    "formulation",
    "claims_more",
    "population",
    "intervention",
    "finding",
)
OUTCOME_PREFIX = "outcomes."
