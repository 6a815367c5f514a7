"""Names, dates, page ranges and states in the forms that citations want."""

from __future__ import annotations

import re

from db.records import Article, Author

#: Stands as the last "author" where only the first few are known.
ET_AL = "et al."
#: What a citation says of an article's state, so that nobody cites a retracted study unawares.
STATES = {
    "retracted": "Retracted publication",
    "concern": "Expression of concern",
    "corrected": "Corrected",
    "notice": "Notice about another publication",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def inverted_name(author: Author) -> str:
    """'Last, First, Suffix' for a person, a group's name as it is."""
    if author.collective_name:
        return author.collective_name
    return ", ".join(part for part in (author.last_name, author.fore_name or author.initials, author.suffix) if part)


def apa_name(author: Author) -> str:
    """'Last, F. M., Suffix' for a person, a group's name as it is."""
    if author.collective_name:
        return author.collective_name
    initials = " ".join(f"{letter}." for letter in author.initials.replace("-", ""))
    return ", ".join(part for part in (author.last_name, initials, author.suffix) if part)


def page_range(pages: str) -> tuple[str, str]:
    """First and last page, the last one in full: PubMed's "153-62" means 153 to 162; "e12" has no last page."""
    found = re.fullmatch(r"\s*([A-Za-z]*)(\d+)\s*[-–]\s*([A-Za-z]*)(\d+)\s*", pages)
    if found is None:
        return pages.strip(), ""
    first_letters, first, last_letters, last = found.groups()
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first_letters + first, (last_letters or first_letters) + last


def plain_date(article: Article) -> str:
    """The publication date as NLM writes it, as far as it is known: "2021 May 3", "2021 May", "2021"."""
    year, _, rest = article.published.value.partition("-")
    month, _, day = rest.partition("-")
    name = _MONTHS[int(month) - 1] if month.isdecimal() and 1 <= int(month) <= 12 else ""
    return " ".join(part for part in (year or str(article.year or ""), name, day.lstrip("0")) if part)
