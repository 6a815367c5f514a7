"""One article as a citation: for reference managers (RIS, MEDLINE/.nbib, BibTeX) and as text (Vancouver, APA).

Pure functions of an `Article`. Sources of the forms: RIS as EndNote and Zotero read it; MEDLINE's field list at
https://www.nlm.nih.gov/bsd/mms/medlineelements.html; BibTeX's own manual; NLM's Citing Medicine; APA's 7th edition.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from db.bibtex import bibtex
from db.names import ET_AL, STATES, apa_name, inverted_name, page_range, plain_date
from db.nbib import nbib
from db.records import Article, RecordKind
from db.rows import short_name


def citation_formats(article: Article, *, retraction_state: str = "", abstract: str | None = None) -> dict[str, str]:
    """Every form by its name: "ris", "nbib", "bibtex", "vancouver", "apa".

    `abstract` replaces the article's own (the setting `abstracts: quotes`); "" leaves it out.
    """
    return {name: form(article, retraction_state, abstract) for name, form in FORMS.items()}


def ris(article: Article, retraction_state: str = "", abstract: str | None = None) -> str:
    """A RIS record, ended by ER, lines by CR LF as the form demands."""
    first, last = page_range(article.pages)
    lines = [("TY", "BOOK" if article.kind is RecordKind.BOOK else "JOUR")]
    lines += [("AU", name) for author in article.authors if (name := inverted_name(author)) != ET_AL]
    lines += [
        ("TI", article.title or article.vernacular_title),
        ("T2", article.journal),
        ("J2", article.journal_abbreviation),
        ("PB", article.publisher),
        ("PY", str(article.year or "")),
        ("DA", article.published.value.replace("-", "/")),
        ("VL", article.volume),
        ("IS", article.issue),
        ("SP", first),
        ("EP", last),
        ("SN", article.issn),
        ("DO", article.doi),
        ("AN", str(article.pmid or "")),
        ("C2", article.pmcid),
        ("N1", STATES.get(retraction_state, "")),
        ("AB", article.abstract if abstract is None else abstract),
    ]
    lines += [("LA", language) for language in article.languages]
    lines += [("KW", heading.name) for heading in article.mesh_headings]
    lines += [("UR", _link(article)), ("DB", "PubMed" if article.pmid else "")]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _link(article: Article) -> str:
    if article.pmid is not None:
        return f"https://pubmed.ncbi.nlm.nih.gov/{article.pmid}/"
    return f"https://doi.org/{article.doi}" if article.doi else ""


def _one_line(text: str) -> str:
    """A line break would end the field."""
    return re.sub(r"\s+", " ", text).strip()


def vancouver(article: Article, retraction_state: str = "", _abstract: str | None = None) -> str:
    """The citation in NLM's style: six authors at most, journal abbreviated, with DOI and PMID."""
    names = [short_name(author) for author in article.authors]
    names = [*names[:6], "et al"] if len(names) > 6 else [name.removesuffix(".") for name in names]
    issue = f"({article.issue})" if article.issue else ""
    pages = f":{article.pages}" if article.pages else ""
    numbers = f"{article.volume}{issue}{pages}"
    parts = [
        ", ".join(names),
        _bare(article.title or article.vernacular_title) + _marked(retraction_state),
        article.journal_abbreviation or article.journal or article.publisher,
        ";".join(part for part in (plain_date(article), numbers) if part),
        f"doi: {article.doi}" if article.doi else "",
    ]
    text = ". ".join(part for part in parts if part) + "."
    return f"{text} PMID: {article.pmid}." if article.pmid is not None else text


def _marked(retraction_state: str) -> str:
    return f" [{STATES[retraction_state]}]" if retraction_state in STATES else ""


def apa(article: Article, retraction_state: str = "", _abstract: str | None = None) -> str:
    """The citation in APA style: twenty names at most, journal in full, DOI as a link."""
    issue = f"({article.issue})" if article.issue else ""
    journal = article.journal or article.journal_abbreviation or article.publisher
    parts = (journal, f"{article.volume}{issue}", article.pages.replace("-", "–"))
    title = _bare(article.title or article.vernacular_title)
    text = f"{_apa_names(article)} ({article.year or 'n.d.'}). {title}{_marked(retraction_state)}. "
    text += ", ".join(part for part in parts if part) + "."
    return f"{text} https://doi.org/{article.doi}".strip() if article.doi else text.strip()


def _apa_names(article: Article) -> str:
    names = [apa_name(author) for author in article.authors]
    if not names:
        return "[No authors listed]"
    if len(names) > 20:
        return f"{', '.join(names[:19])}, … {names[-1]}"
    if len(names) == 1:
        return names[0]
    if names[-1] == ET_AL:
        return ", ".join(names)
    return f"{', '.join(names[:-1])}, & {names[-1]}"


def _bare(title: str) -> str:
    return _one_line(title).removesuffix(".")


FORMS: dict[str, Callable[[Article, str, str | None], str]] = {
    "ris": ris,
    "nbib": nbib,
    "bibtex": bibtex,
    "vancouver": vancouver,
    "apa": apa,
}
