"""Matching on files agrees with what PubMed's fields mean."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from db.records import AbstractSection, Article, MeshHeading, MeshQualifier, PartialDate, PublicationType, SourceRecord
from db.topic import SearchStrategy
from harvest.matching import Matcher
from harvest.pubmed_xml import parse_articles
from harvest.strategy import StrategyError, prepare
from harvest.topics import load_topic
from tests.emulator.corpus import read_corpus
from tests.emulator.search import Engine
from tests.emulator.server import read_explosions


def finds(query: str, article: Article, explosions: dict[str, tuple[str, ...]] | None = None) -> bool:
    return Matcher(SearchStrategy({"A": query}, "A", explosions=explosions or {})).line(article) == "main"


ARTICLE = Article(
    title="At-risk drinking after Esketamine: naïve users",
    pmid=7,
    doi="10.5555/invented",
    sections=(
        AbstractSection("Substance use disorders were common."),
        AbstractSection("Heavy"),
        AbstractSection("drinking"),
    ),
    keywords=("binge drinking",),
    mesh_headings=(
        MeshHeading("Alcoholism", qualifiers=(MeshQualifier("drug therapy", major=True),)),
        MeshHeading("Ketamine", qualifiers=(MeshQualifier("administration & dosage"),)),
    ),
    publication_types=(PublicationType("Randomized Controlled Trial"),),
    published=PartialDate("2021-03"),
    languages=("eng",),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("esketamin*[tiab]", True),
        ("ketamin*[tiab]", False),  # a truncated word starts at its beginning
        ("esketamin[tiab]", False),
        ('"at risk drinking"[tiab]', True),
        ('"at-risk drinking"[ti]', True),
        ('"heavy drinking"[tiab]', False),  # no phrase across two sections
        ('"substance use disorder*"[tiab]', True),
        ('"binge drinking"[tiab]', True),  # the authors' keywords belong to [tiab]
        ('"binge drinking"[ti]', False),
        ("naive[tiab]", True),
        ('"drinking users"[tiab:~4]', True),
        ('"drinking users"[tiab:~1]', False),
        ('"Alcoholism"[Mesh]', True),
        ('"Alcoholism"[Majr]', True),
        ('"Ketamine"[Majr]', False),
        ('"Alcoholism/drug therapy"[Majr]', True),
        ('"Ketamine/administration and dosage"[Mesh]', False),
        ('"Ketamine/administration & dosage"[Mesh]', True),
        ('"Alcohol-Related Disorders"[Mesh]', True),
        ('"Alcohol-Related Disorders"[mesh:noexp]', False),
        ('"Randomized Controlled Trial"[pt]', True),
        ("eng[la]", True),
        ("7[uid]", True),
        ('"10.5555/INVENTED"[doi]', True),
        ("2021[dp]", True),
        ('"2020"[dp] : "2021/06"[dp]', True),
        ('"2022"[dp] : "3000"[dp]', False),
        ('esketamin*[tiab] NOT "Alcoholism"[Mesh]', False),
        ("absent[tiab] OR esketamin*[tiab] AND drinking[tiab]", True),
        ("ketamine[tw]", True),
        ("invented[all]", True),
    ],
)
def test_fields_match_as_pubmed_reads_them(query: str, expected: bool) -> None:
    assert finds(query, ARTICLE, {"Alcohol-Related Disorders": ("Alcoholism",)}) is expected


def test_a_field_that_files_do_not_carry_is_refused() -> None:
    with pytest.raises(StrategyError, match=r"\[ad\] can't be matched on files"):
        finds("Vienna[ad]", ARTICLE)


def test_the_blocks_that_find_an_article_are_told_apart() -> None:
    search = SearchStrategy({"K": "esketamin*[tiab]", "N": "naltrexon*[tiab]"}, "K AND N", "K NOT main")
    matcher = Matcher(search)
    assert (matcher.line(ARTICLE), matcher.blocks(ARTICLE)) == ("adjacent", {"K": True, "N": False})


#: The default topic matches hardly any of the shared records, so broader ones are compared too.
BROADER = SearchStrategy(
    {
        "ALC": load_topic().search.blocks["ALC"],
        "SUD": load_topic().search.blocks["SUD"],
        "MOOD": '"Depressive Disorder"[Mesh] OR depress*[tiab] OR "quality of life"[ti] OR "Anxiety"[Majr]',
    },
    "ALC OR MOOD",
    "SUD NOT main",
    load_topic().search.explosions,
)


def test_matcher_and_emulator_written_apart_agree_on_every_real_record(shared: Path) -> None:
    files = [shared / "data" / "pubmed_records.xml.gz", *sorted((shared / "data" / "pubmed_xml").glob("*.xml"))]
    corpus = read_corpus(files)
    assert len(corpus) > 2500
    engine = Engine(corpus, read_explosions())
    articles = [
        part.article
        for record in corpus.values()
        for part in parse_articles(io.BytesIO(b"<PubmedArticleSet>" + record.raw + b"</PubmedArticleSet>"))
        if isinstance(part, SourceRecord)
    ]
    for search in (load_topic().search, BROADER):
        there = {name: set(engine.search(query)) for name, query in prepare(search).lines.items()}
        matcher = Matcher(search)
        lines = {article.pmid: matcher.line(article) for article in articles}
        assert {name: {pmid for pmid, line in lines.items() if line == name} for name in there} == there
    assert len(there["main"]) > 100
    assert there["adjacent"]
