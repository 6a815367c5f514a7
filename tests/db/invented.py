"""Invented records for the store's tests: no such study exists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from db.records import Article, Author, MeshHeading, PartialDate, PublicationType, SourceRecord

ARTICLE = Article(
    title="An invented trial of ketamine in an invented town.",
    pmid=90000001,
    doi="10.5555/invented.1",
    abstract="METHODS: Forty invented people took part.\nRESULTS: Nobody drank.",
    journal="Journal of Invented Results",
    journal_abbreviation="J Invent Results",
    volume="1",
    issue="2",
    pages="3-9",
    published=PartialDate("2021-05"),
    revised="2021-06-01",
    languages=("eng",),
    authors=(
        Author("Invento", "Ida", "I"),
        Author("Muster", "Max", "M", "Jr"),
        Author(collective_name="Invented Study Group"),
        Author("Ficta", "Fee", "F"),
    ),
    publication_types=(PublicationType("Journal Article", "D016428"),),
    mesh_headings=(MeshHeading("Ketamine", "D007649", True),),
)


def invented(form: str = "pubmed-xml", **fields: Any) -> SourceRecord:
    """The invented article with other values, as a source record whose bytes stand for its content."""
    article = replace(ARTICLE, **fields)
    return SourceRecord(article, repr(article).encode(), form)
