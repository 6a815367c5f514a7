"""An article as a BibTeX entry."""

from __future__ import annotations

import re
import unicodedata

from db.names import ET_AL, STATES, page_range
from db.records import Article, Author, RecordKind

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def bibtex(article: Article, retraction_state: str = "", abstract: str | None = None) -> str:
    """The entry, in UTF-8 with TeX's own characters escaped; names of groups are kept whole by braces.

    The title stands in double braces, so that no style makes "MDMA" lower case.
    """
    first, last = page_range(article.pages)
    fields = {
        "author": " and ".join(_name(author) for author in article.authors),
        "title": f"{{{escape(article.title or article.vernacular_title)}}}",
        "journal": escape(article.journal or article.journal_abbreviation),
        "publisher": escape(article.publisher),
        "year": str(article.year or ""),
        "volume": escape(article.volume),
        "number": escape(article.issue),
        "pages": escape(f"{first}--{last}" if last else first),
        "issn": escape(article.issn),
        # Reference managers want the DOI as it is; BibTeX's url and doi packages read it verbatim, too.
        "doi": article.doi if not set(article.doi) & set("{}\\") else escape(article.doi),
        "pmid": str(article.pmid or ""),
        "pmcid": article.pmcid,
        "abstract": escape(article.abstract if abstract is None else abstract),
        "note": STATES.get(retraction_state, ""),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value and value != "{}")
    kind = "book" if article.kind is RecordKind.BOOK else "article"
    return f"@{kind}{{{citation_key(article)},\n{lines}}}\n"


def escape(text: str) -> str:
    """Text with TeX's special characters written out, on one line."""
    return "".join(_SPECIAL.get(letter, letter) for letter in re.sub(r"\s+", " ", text).strip())


def citation_key(article: Article) -> str:
    """A key that stays the same: first author, year, and PMID or the DOI's letters and digits."""
    first = article.authors[0] if article.authors else Author(collective_name="Anonymous")
    name = _ascii(first.last_name or first.collective_name.partition(" ")[0]) or "Anonymous"
    tail = str(article.pmid) if article.pmid is not None else _ascii(article.doi)
    return f"{name}{article.year or ''}_{tail}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _name(author: Author) -> str:
    if author.collective_name == ET_AL:
        return "others"
    if author.collective_name:
        return f"{{{escape(author.collective_name)}}}"
    given = escape(author.fore_name or author.initials)
    # BibTeX's form with a suffix has it in the middle: "Last, Jr, First".
    parts = (_whole(author.last_name), escape(author.suffix), given)
    return ", ".join(part for part in parts if part)


def _whole(last_name: str) -> str:
    """A last name that holds "and" or a comma would be taken for two."""
    text = escape(last_name)
    return f"{{{text}}}" if re.search(r"\band\b|,", text) else text
