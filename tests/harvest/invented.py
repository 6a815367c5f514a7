"""Builds invented PubMed records: no paper, person or finding in these tests exists."""

from __future__ import annotations

import io

from db.records import Article, SourceRecord
from harvest.pubmed_xml import DeletedPmids, parse_articles

DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2026//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_260101.dtd">'
)


def record(
    article: str = "",
    citation: str = "",
    data: str = "",
    *,
    pmid: str = '<PMID Version="1">90000001</PMID>',
    title: str = "<ArticleTitle>An invented trial of nothing.</ArticleTitle>",
    date: str = "<PubDate><Year>2024</Year></PubDate>",
    attributes: str = 'Status="MEDLINE" Owner="NLM"',
) -> str:
    """One PubmedArticle; each part is XML to go where its name says, `article` inside Article and so on."""
    return f"""<PubmedArticle><MedlineCitation {attributes}>{pmid}<Article PubModel="Print"><Journal>
        <ISSN IssnType="Electronic">0000-0000</ISSN><JournalIssue CitedMedium="Internet"><Volume>1</Volume>
        <Issue>2</Issue>{date}</JournalIssue><Title>Journal of invented results</Title></Journal>{title}
        {article}</Article><MedlineJournalInfo><MedlineTA>J Invent</MedlineTA><NlmUniqueID>000</NlmUniqueID>
        </MedlineJournalInfo>{citation}</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>"""


def document(*records: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<PubmedArticleSet>{"".join(records)}</PubmedArticleSet>'.encode()


def read(content: bytes) -> list[SourceRecord | DeletedPmids]:
    return list(parse_articles(io.BytesIO(content)))


def read_one(text: str) -> Article:
    (entry,) = read(document(text))
    assert isinstance(entry, SourceRecord)
    return entry.article
