"""The public database's tables and indexes. What fills them stands in `db.snapshot`."""

from __future__ import annotations

TABLES = """
CREATE TABLE snapshot (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE terms (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    patient_name TEXT NOT NULL DEFAULT '',
    definition TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE collections (slug TEXT PRIMARY KEY, position INTEGER NOT NULL, collection TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE questions (id TEXT PRIMARY KEY, position INTEGER NOT NULL, question TEXT NOT NULL) WITHOUT ROWID;
-- `id` is the place in "newest first", so that a bitmap's bits are already in the order of the default view.
-- `unit` is shared by all papers of one registered trial: what is counted is trials, not papers.
CREATE TABLE studies (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    pmid INTEGER UNIQUE,
    doi TEXT NOT NULL DEFAULT '',
    pmcid TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL,
    vernacular_title TEXT NOT NULL DEFAULT '',
    authors TEXT NOT NULL DEFAULT '[]',
    authors_short TEXT NOT NULL DEFAULT '',
    journal TEXT NOT NULL DEFAULT '',
    journal_abbreviation TEXT NOT NULL DEFAULT '',
    issn TEXT NOT NULL DEFAULT '',
    volume TEXT NOT NULL DEFAULT '',
    issue TEXT NOT NULL DEFAULT '',
    pages TEXT NOT NULL DEFAULT '',
    year INTEGER,
    published TEXT NOT NULL DEFAULT '',
    published_text TEXT NOT NULL DEFAULT '',
    languages TEXT NOT NULL DEFAULT '[]',
    publication_types TEXT NOT NULL DEFAULT '[]',
    mesh TEXT NOT NULL DEFAULT '[]',
    sections TEXT NOT NULL DEFAULT '[]',
    has_abstract INTEGER NOT NULL DEFAULT 0,
    conflict_of_interest TEXT NOT NULL DEFAULT '',
    source TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT '',
    species TEXT NOT NULL DEFAULT 'unclear',
    relevance TEXT NOT NULL DEFAULT 'not_checked',
    design TEXT NOT NULL DEFAULT 'not_checked',
    design_position INTEGER NOT NULL DEFAULT 99,
    participants INTEGER,
    unit INTEGER NOT NULL DEFAULT 0,
    checked TEXT NOT NULL DEFAULT 'machine',
    revised TEXT NOT NULL DEFAULT '',
    first_seen TEXT NOT NULL DEFAULT '',
    updated TEXT NOT NULL DEFAULT ''
);
-- Apart from `studies`, because lists never need them and they are longer than all the rest of a row.
CREATE TABLE citations (study_id INTEGER PRIMARY KEY REFERENCES studies(id), forms TEXT NOT NULL);
CREATE TABLE labels (
    study_id INTEGER NOT NULL REFERENCES studies(id),
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT NOT NULL,
    probability REAL NOT NULL,
    shown INTEGER NOT NULL,
    layer TEXT NOT NULL DEFAULT '',
    quote TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT '{}',
    at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (study_id, field)
) WITHOUT ROWID;
CREATE TABLE outcomes (
    study_id INTEGER NOT NULL REFERENCES studies(id),
    domain TEXT NOT NULL,
    direction TEXT NOT NULL,
    source TEXT NOT NULL,
    probability REAL NOT NULL,
    shown INTEGER NOT NULL,
    layer TEXT NOT NULL DEFAULT '',
    quote TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL DEFAULT '{}',
    at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (study_id, domain)
) WITHOUT ROWID;
CREATE TABLE facets (
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    studies INTEGER NOT NULL,
    bits BLOB NOT NULL,
    PRIMARY KEY (facet, value)
) WITHOUT ROWID;
CREATE TABLE links (
    study_id INTEGER NOT NULL REFERENCES studies(id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    pmid INTEGER,
    reference TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (study_id, position)
) WITHOUT ROWID;
CREATE TABLE trials (
    registry_id TEXT PRIMARY KEY,
    registry TEXT NOT NULL,
    main_id TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT '',
    year INTEGER,
    relevance TEXT NOT NULL DEFAULT '',
    population TEXT NOT NULL DEFAULT '',
    n_participants INTEGER,
    intervention TEXT NOT NULL DEFAULT '',
    comparator TEXT NOT NULL DEFAULT '',
    follow_up TEXT NOT NULL DEFAULT '',
    outcomes TEXT NOT NULL DEFAULT '{}',
    checked_at TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE study_trials (
    study_id INTEGER NOT NULL REFERENCES studies(id),
    main_id TEXT NOT NULL,
    registry_id TEXT NOT NULL,
    PRIMARY KEY (study_id, main_id)
) WITHOUT ROWID;
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    study_id INTEGER NOT NULL REFERENCES studies(id),
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    field TEXT NOT NULL DEFAULT '',
    old TEXT,
    new TEXT
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    strategy TEXT NOT NULL,
    query TEXT NOT NULL,
    query_translation TEXT NOT NULL,
    since TEXT NOT NULL,
    expected INTEGER NOT NULL,
    found INTEGER NOT NULL,
    new INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    version TEXT NOT NULL
);
CREATE TABLE run_blocks (
    run_id INTEGER NOT NULL,
    block TEXT NOT NULL,
    query TEXT NOT NULL,
    count INTEGER NOT NULL,
    query_translation TEXT NOT NULL,
    PRIMARY KEY (run_id, block)
) WITHOUT ROWID;
CREATE TABLE search_checks (id INTEGER PRIMARY KEY, at TEXT NOT NULL, found INTEGER NOT NULL, expected INTEGER NOT NULL);
CREATE TABLE models (
    id TEXT PRIMARY KEY,
    metrics TEXT NOT NULL,
    card TEXT NOT NULL,
    first_used_at TEXT NOT NULL,
    studies INTEGER NOT NULL
) WITHOUT ROWID;
CREATE VIRTUAL TABLE studies_fts USING fts5(
    title, abstract, mesh, authors, facts, numbers, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '3'
);
"""

INDEXES = """
CREATE INDEX studies_doi ON studies(doi) WHERE doi <> '';
CREATE INDEX studies_participants ON studies(participants DESC, id);
CREATE INDEX studies_design ON studies(design_position, id);
CREATE INDEX studies_year_design ON studies(year DESC, design);
CREATE INDEX outcomes_domain ON outcomes(domain, direction, study_id);
CREATE INDEX links_pmid ON links(pmid) WHERE pmid IS NOT NULL;
CREATE INDEX trials_main ON trials(main_id);
CREATE INDEX study_trials_trial ON study_trials(main_id, study_id);
CREATE INDEX changes_at ON changes(at DESC, id DESC);
CREATE INDEX changes_study ON changes(study_id, at DESC);
ANALYZE;
"""
