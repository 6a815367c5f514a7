"""The schema of the working database, as numbered steps. Released steps are never edited; a change is a new step.

SQL rather than a table builder, because constraints, partial indexes, triggers and views are the point here.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

migrations = Migrations("evidence")

_ARTICLES = """
CREATE TABLE topics (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    loaded_at TEXT NOT NULL
);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    pmid INTEGER UNIQUE,
    pmid_version INTEGER NOT NULL DEFAULT 1,
    doi TEXT,
    pmcid TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'article',
    title TEXT NOT NULL,
    vernacular_title TEXT NOT NULL DEFAULT '',
    abstract TEXT NOT NULL DEFAULT '',
    sections TEXT NOT NULL DEFAULT '[]',
    other_abstracts TEXT NOT NULL DEFAULT '[]',
    journal TEXT NOT NULL DEFAULT '',
    journal_abbreviation TEXT NOT NULL DEFAULT '',
    issn TEXT NOT NULL DEFAULT '',
    nlm_id TEXT NOT NULL DEFAULT '',
    publisher TEXT NOT NULL DEFAULT '',
    volume TEXT NOT NULL DEFAULT '',
    issue TEXT NOT NULL DEFAULT '',
    pages TEXT NOT NULL DEFAULT '',
    year INTEGER,
    published TEXT NOT NULL DEFAULT '',
    published_granularity TEXT NOT NULL DEFAULT 'none',
    published_text TEXT NOT NULL DEFAULT '',
    electronic TEXT NOT NULL DEFAULT '',
    electronic_granularity TEXT NOT NULL DEFAULT 'none',
    created TEXT NOT NULL DEFAULT '',
    completed TEXT NOT NULL DEFAULT '',
    revised TEXT NOT NULL DEFAULT '',
    languages TEXT NOT NULL DEFAULT '[]',
    status TEXT NOT NULL DEFAULT '',
    indexing_method TEXT NOT NULL DEFAULT '',
    conflict_of_interest TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '{}',
    authors_short TEXT NOT NULL DEFAULT '',
    retraction_state TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL,
    form TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    missing_since TEXT,
    withdrawn_at TEXT
);
-- Two PubMed records may share a DOI (an article and its notice); only a record known by DOI alone is keyed by it.
CREATE UNIQUE INDEX articles_doi_without_pmid ON articles(doi) WHERE pmid IS NULL AND doi IS NOT NULL;
CREATE INDEX articles_doi ON articles(doi);
CREATE TABLE authors (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    role TEXT NOT NULL DEFAULT 'author',
    last_name TEXT NOT NULL DEFAULT '',
    fore_name TEXT NOT NULL DEFAULT '',
    initials TEXT NOT NULL DEFAULT '',
    suffix TEXT NOT NULL DEFAULT '',
    collective_name TEXT NOT NULL DEFAULT '',
    orcid TEXT NOT NULL DEFAULT '',
    affiliations TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (article_id, role, position)
) WITHOUT ROWID;
CREATE TABLE mesh_headings (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    ui TEXT NOT NULL DEFAULT '',
    major INTEGER NOT NULL DEFAULT 0,
    qualifiers TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE TABLE publication_types (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    ui TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE TABLE article_links (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    pmid INTEGER,
    reference TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE INDEX article_links_pmid ON article_links(pmid);
CREATE TABLE registry_ids (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    registry TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (article_id, number)
) WITHOUT ROWID;
CREATE INDEX registry_ids_number ON registry_ids(number);
CREATE TABLE trials (
    registry_id TEXT PRIMARY KEY,
    registry TEXT NOT NULL,
    same_as TEXT REFERENCES trials(registry_id),
    title TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT '',
    year INTEGER,
    relevance TEXT NOT NULL DEFAULT '',
    population TEXT NOT NULL DEFAULT '',
    n_participants INTEGER,
    intervention TEXT NOT NULL DEFAULT '',
    comparator TEXT NOT NULL DEFAULT '',
    follow_up TEXT NOT NULL DEFAULT '',
    outcomes TEXT NOT NULL DEFAULT '{}',
    source TEXT NOT NULL DEFAULT '',
    checked_at TEXT NOT NULL DEFAULT ''
);
CREATE TABLE raw_records (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at TEXT NOT NULL,
    run_id INTEGER REFERENCES harvest_runs(id),
    UNIQUE (article_id, sha256)
);
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, abstract, mesh, authors, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""

_RUNS = """
CREATE TABLE harvest_runs (
    id INTEGER PRIMARY KEY,
    topic_id TEXT REFERENCES topics(id),
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    strategy TEXT NOT NULL DEFAULT '',
    strategy_sha256 TEXT NOT NULL DEFAULT '',
    query TEXT NOT NULL DEFAULT '',
    query_translation TEXT NOT NULL DEFAULT '',
    warnings TEXT NOT NULL DEFAULT '[]',
    since TEXT NOT NULL DEFAULT '',
    watermark TEXT NOT NULL DEFAULT '',
    expected INTEGER NOT NULL DEFAULT 0,
    found INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    missing INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    version TEXT NOT NULL DEFAULT ''
);
CREATE TABLE run_blocks (
    run_id INTEGER NOT NULL REFERENCES harvest_runs(id),
    block TEXT NOT NULL,
    query TEXT NOT NULL,
    count INTEGER NOT NULL,
    query_translation TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, block)
) WITHOUT ROWID;
CREATE TABLE hits (
    run_id INTEGER NOT NULL REFERENCES harvest_runs(id),
    pmid INTEGER NOT NULL,
    line TEXT NOT NULL DEFAULT 'main',
    outcome TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (run_id, pmid)
) WITHOUT ROWID;
CREATE INDEX hits_pmid ON hits(pmid);
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    field TEXT NOT NULL DEFAULT '',
    old TEXT,
    new TEXT,
    run_id INTEGER REFERENCES harvest_runs(id),
    at TEXT NOT NULL
);
CREATE INDEX changes_at ON changes(at);
CREATE INDEX changes_article ON changes(article_id);
CREATE TABLE search_checks (
    id INTEGER PRIMARY KEY,
    topic_id TEXT NOT NULL REFERENCES topics(id),
    at TEXT NOT NULL,
    found INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    result TEXT NOT NULL
);
"""

_LABELS = """
CREATE TABLE models (
    id TEXT PRIMARY KEY,
    artifact_sha256 TEXT NOT NULL DEFAULT '',
    training_sha256 TEXT NOT NULL DEFAULT '',
    metrics TEXT NOT NULL DEFAULT '{}',
    card TEXT NOT NULL DEFAULT '',
    first_used_at TEXT NOT NULL
);
CREATE TABLE tags (
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    probability REAL NOT NULL,
    abstained INTEGER NOT NULL DEFAULT 0,
    layer TEXT NOT NULL,
    quote TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT '{}',
    model_id TEXT NOT NULL REFERENCES models(id),
    tagged_at TEXT NOT NULL,
    PRIMARY KEY (article_id, field)
) WITHOUT ROWID;
CREATE TABLE tagged (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id) ON DELETE CASCADE,
    model_id TEXT NOT NULL REFERENCES models(id),
    content_hash TEXT NOT NULL
);
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles(id) ON DELETE RESTRICT,
    field TEXT NOT NULL,
    old TEXT,
    value TEXT NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL DEFAULT 'person',
    quote TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL
);
CREATE INDEX corrections_article ON corrections(article_id, field, id);
-- Append-only. Only the article may change, when a DOI-only record and its PubMed record turn out to be one.
CREATE TRIGGER corrections_are_kept BEFORE DELETE ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
CREATE TRIGGER corrections_stand BEFORE UPDATE OF id, field, old, value, by, reason, source, quote, at ON corrections
BEGIN SELECT RAISE(ABORT, 'corrections are append-only'); END;
-- What stands: a person's word before the starter set's, the starter set's before the classifier's.
CREATE VIEW labels AS
WITH ranked AS (
    SELECT c.*, row_number() OVER (
        PARTITION BY article_id, field ORDER BY source = 'person' DESC, id DESC
    ) AS place
    FROM corrections AS c
)
SELECT article_id, field, value, 1.0 AS probability, 0 AS abstained, source, quote, by, reason, at,
       '{}' AS why, '' AS layer, '' AS model_id
FROM ranked WHERE place = 1
UNION ALL
SELECT t.article_id, t.field, t.value, t.probability, t.abstained, 'tag', t.quote, '', '', t.tagged_at,
       t.why, t.layer, t.model_id
FROM tags AS t
WHERE NOT EXISTS (
    SELECT 1 FROM corrections AS c WHERE c.article_id = t.article_id AND c.field = t.field
);
"""


def _statements(database: Database, script: str) -> None:
    """Runs a script one statement at a time: `executescript` would commit the step's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if _complete(statement):
            database.execute(statement)
            statement = ""


def _complete(statement: str) -> bool:
    return bool(statement.strip()) and sqlite3.complete_statement(statement)


@migrations()
def m001_articles(database: Database) -> None:
    _statements(database, _ARTICLES)


@migrations()
def m002_runs(database: Database) -> None:
    _statements(database, _RUNS)


@migrations()
def m003_labels(database: Database) -> None:
    _statements(database, _LABELS)
