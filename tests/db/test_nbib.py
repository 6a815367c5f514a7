"""MEDLINE text goes out as PubMed writes it and comes back as it was."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from db.nbib import folded, nbib
from db.records import Article, Author
from harvest.medline import parse_medline

_WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=120)
_TEXTS = st.lists(_WORDS, min_size=1, max_size=120).map(" ".join)


@given(title=_TEXTS, abstract=_TEXTS)
def test_long_fields_are_read_back_as_they_were(title: str, abstract: str) -> None:
    article = Article(pmid=99000001, title=f"Invented {title}", abstract=f"Invented {abstract}")
    (record,) = parse_medline(io.BytesIO(nbib(article).encode()))
    assert (record.article.title, record.article.abstract) == (article.title, article.abstract)


def test_long_fields_are_folded_between_words_with_six_spaces() -> None:
    folds = folded("AB", "invented " * 30).split("\n")
    assert folds[0].startswith("AB  - invented")
    assert [line[:6] for line in folds[1:]] == [" " * 6] * 3
    assert max(map(len, folds)) <= 88
    assert " ".join(line.strip() for line in folds) == "AB  - " + " ".join(["invented"] * 30)


def test_a_record_with_long_affiliations_keeps_its_people() -> None:
    author = Author(
        last_name="Quill", fore_name="Avery", initials="A", affiliations=("Invented Institute, " * 12 + "X",)
    )
    article = Article(pmid=99000001, title="Invented", authors=(author,))
    (record,) = parse_medline(io.BytesIO(nbib(article).encode()))
    assert record.article.authors == (author,)
