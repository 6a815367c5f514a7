"""A working database of invented studies. No title, name, number or finding here belongs to a real paper."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from classify.taxonomy import ids, load_taxonomy
from db.migrations import migrations
from db.topic import Topic

TERMS = [
    {
        "kind": term.kind,
        "id": term.id,
        "name": term.name,
        "patient_name": term.patient_name,
        "definition": term.definition,
    }
    for term in load_taxonomy()
]

_ROUTES = ("intravenous", "intramuscular", "intranasal", "oral", "sublingual")
_COMPARATORS = ("placebo", "midazolam", "saline", "usual care")
_CONDITIONS = ("aud", "alcohol_withdrawal", "depression", "healthy_volunteers", "hazardous_drinking")
_TREATMENTS = ("psychotherapy", "motivational_enhancement", "mindfulness", "naltrexone", "benzodiazepines")
_JOURNALS = ("Invented J Psychiatry", "J Made Up Med", "Imaginary Addict Rep", "Ann Fictive Pharmacol")
_NAMES = ("Quill", "Marlow", "Sandoval", "Okonkwo", "Petrov", "Ishida", "Brandt", "Novak", "Lindqvist", "Amari")


def invented_database(path: Path, studies: int = 60, seed: int = 7, more_words: int = 0) -> Database:
    """`studies` invented studies with tags, some corrected, one retracted, one only with a DOI, and four trials.

    `more_words` makes each abstract that much longer, with words as unevenly frequent as in a language.
    """
    database = Database(path)
    migrations.apply(database)
    chance = random.Random(seed)
    connection = database.conn
    with connection:
        connection.execute("INSERT INTO topics VALUES ('invented', 'Invented topic', 'x', 'x', '2026-01-01T00:00:00Z')")
        connection.execute(
            "INSERT INTO models (id, metrics, card, first_used_at) VALUES ('model-1', ?, ?, '2026-11-01')",
            [json.dumps({"study_design": {"macro_f1": 0.91}}), "# Invented model card\n\nNothing here is real."],
        )
        _insert_runs(connection)
        _insert_trials(connection, studies)
        for table, rows in _batches(studies, chance, more_words):
            marks = ", ".join("?" for _ in rows[0])
            columns = ", ".join(rows[0])
            connection.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})", [tuple(row.values()) for row in rows]
            )
        if studies >= 6:
            _insert_corrections(connection)
            _insert_links(connection)
    return database


def invented_topic(topic: Topic) -> Topic:
    """The default topic serves invented studies as well; its search, questions and texts are data."""
    return topic


def _insert_runs(connection: Any) -> None:
    connection.execute(
        "INSERT INTO harvest_runs (id, topic_id, kind, status, started_at, finished_at, strategy, query,"
        " query_translation, expected, found, new, changed, unchanged, version) VALUES (1, 'invented', 'full', 'done',"
        " '2026-11-20T06:00:00Z', '2026-11-20T06:01:00Z', 'KET AND ALC', 'KET AND ALC', 'ketamine AND alcohol',"
        " 61, 61, 60, 0, 1, '0.1.0')"
    )
    connection.execute("INSERT INTO run_blocks VALUES (1, 'KET', 'ketamin*[tiab]', 30211, 'ketamin*[tiab]')")
    connection.execute("INSERT INTO run_blocks VALUES (1, 'ALC', 'alcohol*[tiab]', 402113, 'alcohol*[tiab]')")


def _insert_trials(connection: Any, studies: int) -> None:
    for number in range(1, max(studies // 18, 4) + 1):
        connection.execute(
            "INSERT INTO trials (registry_id, registry, same_as, title, status, year, population, n_participants,"
            " intervention, comparator, source, checked_at) VALUES (?, 'ClinicalTrials.gov', ?, ?, ?, 2024,"
            " 'Invented adults', ?, 'ketamine', 'midazolam', 'invented', '2026-11-01')",
            [
                _trial(number),
                _trial(1) if number == 4 else None,
                f"Invented trial number {number}",
                ("Recruiting", "Completed", "Withdrawn", "Completed")[number % 4 - 1],
                (60, 96, 0, 60)[number % 4 - 1],
            ],
        )


def _trial(number: int) -> str:
    return f"NCT99{number:06d}"


def invented_words(count: int = 20_000) -> list[str]:
    """A vocabulary that is in no dictionary: "bado", "bafe", …; its first words are meant to be the most frequent."""
    syllables = [consonant + vowel for vowel in "aeiou" for consonant in "bdfgklmnprstvz"]
    return ["".join(syllables[n // 70**place % 70] for place in range(2 + n % 3)) for n in range(1, count + 1)]


def _longer(article: dict[str, Any], filler: list[str]) -> dict[str, Any]:
    """The article with more words in its results section, in sentences of 20."""
    if not article["abstract"]:
        return article
    text = " ".join(f"{' '.join(filler[n : n + 20]).capitalize()}." for n in range(0, len(filler), 20))
    *before, (results, label, category) = json.loads(article["sections"])
    sections = [*before, (f"{results} {text}", label, category)]
    return {**article, "abstract": f"{article['abstract']} {text}", "sections": json.dumps(sections)}


def _batches(studies: int, chance: random.Random, more_words: int = 0) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    vocabulary = invented_words() if more_words else []
    # Zipf's law: the n-th most frequent word is n times rarer than the first.
    weights = list(accumulate(1 / n for n in range(1, len(vocabulary) + 1)))
    for start in range(1, studies + 1, 5000):
        numbers = range(start, min(start + 5000, studies + 1))
        articles = [_article(n, chance) for n in numbers]
        if more_words:
            articles = [_longer(a, chance.choices(vocabulary, cum_weights=weights, k=more_words)) for a in articles]
        yield "articles", articles
        yield "authors", [row for n in numbers for row in _authors(n, chance)]
        yield (
            "publication_types",
            [{"article_id": n, "position": 0, "name": "Journal Article"} for n in numbers],
        )
        yield (
            "mesh_headings",
            [
                {"article_id": n, "position": p, "name": name}
                for n in numbers
                for p, name in enumerate(("Ketamine", "Alcoholism", "Humans" if n % 4 else "Animals"))
            ],
        )
        yield "tags", [row for n in numbers for row in _tags(n, chance)]
        yield (
            "tagged",
            [{"article_id": n, "model_id": "model-1", "content_hash": "x"} for n in numbers],
        )
        yield (
            "changes",
            [{"article_id": n, "kind": "new", "run_id": 1, "at": "2026-11-20T06:00:30Z"} for n in numbers],
        )
        registered = [n for n in numbers if n % 6 == 0]
        if registered:
            yield (
                "registry_ids",
                [
                    {
                        "article_id": n,
                        "number": _trial(1 + n // 18),
                        "registry": "ClinicalTrials.gov",
                        "source": "databank",
                    }
                    for n in registered
                ],
            )


def _article(n: int, chance: random.Random) -> dict[str, Any]:
    year = 2026 - int(25 * chance.random() ** 2)
    words = chance.sample(("craving", "relapse", "withdrawal", "mood", "memory", "sleep", "retention", "glutamate"), 3)
    # "ketamine" in every record is the honest worst case: it ranks nothing, and every search for it finds all.
    title = f"Invented study {n}: ketamine and {words[0]} in people who drink"
    sections = [
        (f"This invented record tests {words[1]} after ketamine.", "BACKGROUND", ""),
        (f"Invented adults ({n % 180 + 8} of them) had infusions.", "METHODS", "METHODS"),
        (f"Invented {words[0]} fell; {words[2]} did not change.", "RESULTS", "RESULTS"),
    ]
    return {
        "id": n,
        "pmid": None if n == 2 else 99_000_000 + n,
        "doi": f"10.9999/invented.{n}",
        "pmcid": f"PMC990{n}" if n % 3 == 0 else "",
        "title": title,
        "abstract": "" if n % 17 == 0 else "\n".join(f"{label}: {text}" for text, label, _ in sections),
        "sections": "[]" if n % 17 == 0 else json.dumps(sections),
        "journal": _JOURNALS[n % 4],
        "journal_abbreviation": _JOURNALS[n % 4],
        "volume": str(n % 40),
        "issue": str(n % 12 + 1),
        "pages": f"{n % 400}-{n % 400 + 9}",
        "year": year,
        "published": f"{year}-{n % 12 + 1:02d}",
        "published_granularity": "month",
        "languages": '["eng"]',
        "authors_short": f"{_NAMES[n % 10]} A, et al.",
        "retraction_state": "",
        "source": "pubmed",
        "form": "pubmed-xml",
        "content_hash": f"hash-{n}",
        "first_seen_at": "2026-11-20T06:00:30Z",
        "updated_at": "2026-11-20T06:00:30Z",
    }


def _authors(n: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    for position in range(chance.randint(1, 5)):
        name = _NAMES[(n + position) % 10]
        yield {
            "article_id": n,
            "position": position,
            "last_name": name,
            "fore_name": "Avery",
            "initials": "A",
            "affiliations": '["Secret invented affiliation"]',
        }


CLAIMS = {"result": "Craving did not differ (invented).", "conclusion": "Ketamine reduced craving (invented)."}


def _tags(n: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    design = chance.choices(ids("study_design"), weights=[20, 12, 14, 8, 2, 4, 6, 10, 1, 5, 14, 3, 1, 1])[0]
    relevance = chance.choices(("core", "related", "off_topic"), weights=[60, 25, 15])[0]
    yield _tag(n, "relevance", relevance, 0.97)
    yield _tag(n, "study_design", design, chance.uniform(0.4, 0.99), abstained=chance.random() < 0.1)
    if n == 1:
        yield _tag(n, "claims_more", True, 0.75) | {"why": json.dumps(CLAIMS)}
    if relevance == "off_topic" or design == "notice":
        return
    if n % 13 == 0:
        yield _tag(n, "secondary_analysis", True, 0.95)
    yield _tag(n, "n_participants", n % 180 + 8, 0.95)
    yield _tag(n, "route", chance.choice(_ROUTES), 0.93)
    yield _tag(n, "dose", "0.5 mg/kg", 0.93)
    yield _tag(n, "comparator", chance.choice(_COMPARATORS), 0.9)
    yield _tag(n, "sessions", chance.randint(1, 6), 0.8)
    yield _tag(n, "blinding", None, 0.9)
    yield _tag(n, "follow_up", "3 months", 0.6, abstained=True, quote="" if n % 2 else "over three months")
    yield _tag(n, "conditions", sorted(chance.sample(_CONDITIONS, 2)), 0.9)
    yield _tag(n, "co_treatments", [chance.choice(_TREATMENTS)], 0.9)
    directions = ids("direction")
    for domain in chance.sample(ids("outcome_domain"), chance.randint(1, 4)):
        direction = chance.choices(directions, weights=[40, 25, 10, 8, 17])[0]
        quote = "" if n % 17 == 0 else "did not change"
        yield _tag(n, f"outcomes.{domain}", direction, 0.8, abstained=chance.random() < 0.15, quote=quote)
    yield _tag(n, "overall_direction", chance.choice(directions), 0.8)


def _tag(
    n: int, field: str, value: Any, probability: float, *, abstained: bool = False, quote: str = ""
) -> dict[str, Any]:
    return {
        "article_id": n,
        "field": field,
        "value": json.dumps(value),
        "probability": round(probability, 3),
        "abstained": int(abstained),
        "layer": "rules",
        "quote": quote,
        "why": json.dumps({"cues": ["invented"]}),
        "model_id": "model-1",
        "tagged_at": "2026-11-20T06:02:00Z",
    }


def _insert_corrections(connection: Any) -> None:
    rows = [
        (1, "study_design", '"randomised_trial"', "Secret Reviewer", "secret reason", "person"),
        (1, "relevance", '"core"', "Secret Reviewer", "secret reason", "person"),
        (1, "outcomes.craving", '"favours_ketamine"', "Secret Reviewer", "secret reason", "person"),
        (2, "study_design", '"randomised_trial"', "starter set", "curated", "curated"),
        (2, "relevance", '"core"', "starter set", "curated", "curated"),
        (2, "finding", '"An invented finding in our own words: craving fell by 3 points."', "set", "x", "curated"),
        (2, "outcomes.alcohol_use", '"no_clear_difference"', "starter set", "curated", "curated"),
        (3, "relevance", '"core"', "Secret Reviewer", "secret reason", "person"),
    ]
    connection.executemany(
        "INSERT INTO corrections (article_id, field, value, by, reason, source, at)"
        " VALUES (?, ?, ?, ?, ?, ?, '2026-11-21T09:00:00Z')",
        rows,
    )


def _insert_links(connection: Any) -> None:
    connection.execute(
        "INSERT INTO article_links VALUES (3, 0, 'RetractionIn', 99000004, 'Made Up Med. 2026', 'invented')"
    )
    connection.execute(
        "INSERT INTO article_links VALUES (4, 0, 'RetractionOf', 99000003, 'Made Up Med. 2025', 'invented')"
    )
    connection.execute("INSERT INTO article_links VALUES (5, 0, 'ErratumIn', NULL, 'Made Up Med. 2026;3:4', '')")
    connection.execute(
        "INSERT INTO article_links VALUES (6, 0, 'ExpressionOfConcernIn', NULL, 'Made Up Med. 2026;3:5', '')"
    )
