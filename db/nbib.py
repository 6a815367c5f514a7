"""An article in PubMed's MEDLINE form (.nbib), as reference managers and `harvest` read it back."""

from __future__ import annotations

import re
import textwrap

from db.names import ET_AL, inverted_name, plain_date
from db.records import Article, ArticleLink, Author, MeshHeading

_WIDTH = 88

#: PubMed's tags for the links between records.
LINK_TAGS = {
    "CommentIn": "CIN",
    "CommentOn": "CON",
    "ErratumIn": "EIN",
    "ErratumFor": "EFR",
    "CorrectedandRepublishedIn": "CRI",
    "CorrectedandRepublishedFrom": "CRF",
    "ExpressionOfConcernIn": "ECI",
    "ExpressionOfConcernFor": "ECF",
    "RetractionIn": "RIN",
    "RetractionOf": "ROF",
    "PartialRetractionIn": "PRIN",
    "PartialRetractionOf": "PROF",
    "RetractedandRepublishedIn": "RRI",
    "RetractedandRepublishedFrom": "RRF",
    "RepublishedIn": "RPI",
    "RepublishedFrom": "RPF",
    "UpdateIn": "UIN",
    "UpdateOf": "UOF",
    "SummaryForPatientsIn": "SPIN",
    "OriginalReportIn": "ORI",
}


def nbib(article: Article, _retraction_state: str = "", abstract: str | None = None) -> str:
    """The record with a blank line after it. A record known by DOI alone begins without a PMID.

    The retraction state needs no line of its own: publication types and links carry it.
    """
    lines = [
        ("PMID", str(article.pmid or "")),
        ("STAT", article.status),
        ("DCOM", article.completed.replace("-", "")),
        ("LR", article.revised.replace("-", "")),
        ("IS", article.issn),
        ("VI", article.volume),
        ("IP", article.issue),
        # PubMed's own words where the date is not a plain one ("2020 Nov-Dec").
        ("DP", article.published.text or plain_date(article)),
        ("TI", article.title),
        ("PG", article.pages),
        ("LID", f"{article.doi} [doi]" if article.doi else ""),
        ("AB", article.abstract if abstract is None else abstract),
    ]
    lines += [line for author in article.authors for line in _author(author)]
    lines += [("LA", language) for language in article.languages]
    lines += [("SI", f"{item.registry}/{item.number}") for item in article.registry_ids if item.source == "databank"]
    lines += [("PT", kind.name) for kind in article.publication_types]
    lines += [
        ("DEP", article.electronic.value.replace("-", "")),
        ("TT", article.vernacular_title),
        ("PB", article.publisher),
        ("TA", article.journal_abbreviation),
        ("JT", article.journal),
        ("JID", article.nlm_id),
    ]
    lines += [("MH", _heading(heading)) for heading in article.mesh_headings]
    lines += [("OT", keyword) for keyword in article.keywords]
    lines += [(LINK_TAGS[link.kind], _link(link)) for link in article.links if link.kind in LINK_TAGS]
    lines += [
        ("PMC", article.pmcid),
        ("COIS", article.conflict_of_interest),
        ("CRDT", f"{article.created.replace('-', '/')} 00:00" if article.created else ""),
        ("AID", f"{article.doi} [doi]" if article.doi else ""),
    ]
    text = "".join(f"{folded(tag, value)}\n" for tag, value in lines if value)
    return f"{text}\n"


def folded(tag: str, value: str) -> str:
    """One field, broken between words into lines of at most 88 characters as PubMed does, continued by six spaces."""
    line = f"{tag:<4}- {_one_line(value)}"
    if len(line) <= _WIDTH:
        return line
    return textwrap.fill(line, _WIDTH, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _author(author: Author) -> list[tuple[str, str]]:
    if author.collective_name:
        return [] if author.collective_name == ET_AL else [("CN", author.collective_name)]
    short = " ".join(part for part in (author.last_name, author.initials, author.suffix) if part)
    lines = [("FAU", inverted_name(author)), ("AU", short)]
    if author.orcid:
        lines.append(("AUID", f"ORCID: {author.orcid}"))
    return lines + [("AD", affiliation) for affiliation in author.affiliations]


def _heading(heading: MeshHeading) -> str:
    parts = [("*" if heading.major else "") + heading.name]
    parts += [("*" if qualifier.major else "") + qualifier.name for qualifier in heading.qualifiers]
    return "/".join(parts)


def _link(link: ArticleLink) -> str:
    text = link.reference.rstrip()
    if link.pmid is None:
        return text or "unknown"
    return f"{text} PMID: {link.pmid}".strip()
