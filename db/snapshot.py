"""The public database: which tables and fields of the working database leave it, and in what form.

Only what stands in this file is published. No name of a person who corrected a label, no address, no raw record and no
key is selected anywhere below; the only people named are the authors of articles. `db.publish` runs these statements
with the working database attached as `working`.
"""

from __future__ import annotations

#: Which snapshot id each article gets: newest first, the record PubMed numbered last first within a date.
PLACES = """
CREATE TEMP TABLE places AS
SELECT id AS article_id, row_number() OVER (
    ORDER BY coalesce(nullif(published, ''), CAST(year AS TEXT), '') DESC, coalesce(pmid, 0) DESC, id DESC
) AS study_id
FROM working.articles;
CREATE UNIQUE INDEX temp.places_article ON places(article_id);
CREATE TEMP TABLE retractions AS
SELECT article_id,
    max(kind IN ('RetractionIn', 'RetractedandRepublishedIn', 'PartialRetractionIn')) AS retracted,
    max(kind = 'ExpressionOfConcernIn') AS concern,
    max(kind IN ('ErratumIn', 'CorrectedandRepublishedIn')) AS corrected,
    max(kind IN ('RetractionOf', 'PartialRetractionOf', 'ErratumFor', 'ExpressionOfConcernFor')) AS notice
FROM working.article_links GROUP BY article_id;
CREATE UNIQUE INDEX temp.retractions_article ON retractions(article_id);
"""

STUDIES = """
INSERT INTO studies (
    id, path, pmid, doi, pmcid, title, vernacular_title, authors, authors_short, journal, journal_abbreviation, issn,
    volume, issue, pages, year, published, published_text, languages, publication_types, mesh, sections, has_abstract,
    conflict_of_interest, source, status, revised, first_seen, updated
)
SELECT p.study_id,
    CASE WHEN a.pmid IS NOT NULL THEN '/study/' || a.pmid
         WHEN a.doi IS NOT NULL AND a.doi <> '' THEN '/study/doi/' || a.doi
         ELSE '/study/record/' || a.id END,
    a.pmid, coalesce(a.doi, ''), a.pmcid, a.title, a.vernacular_title,
    (SELECT json_group_array(name) FROM (
        SELECT CASE WHEN collective_name <> '' THEN collective_name
               ELSE trim(last_name || ' ' || initials || ' ' || suffix) END AS name
        FROM working.authors WHERE article_id = a.id AND role = 'author' ORDER BY position)),
    a.authors_short, a.journal, a.journal_abbreviation, a.issn, a.volume, a.issue, a.pages, a.year, a.published,
    a.published_text, a.languages,
    (SELECT json_group_array(name) FROM (
        SELECT name FROM working.publication_types WHERE article_id = a.id ORDER BY position)),
    (SELECT json_group_array(name) FROM (
        SELECT name FROM working.mesh_headings WHERE article_id = a.id ORDER BY position)),
    CASE WHEN :abstracts <> 'full' OR a.abstract = '' THEN '[]'
         WHEN a.sections <> '[]' THEN (SELECT json_group_array(json_object(
             'text', value ->> 0, 'label', value ->> 1, 'category', value ->> 2)) FROM json_each(a.sections))
         ELSE json_array(json_object('text', a.abstract)) END,
    a.abstract <> '', a.conflict_of_interest, a.source,
    CASE WHEN a.retraction_state = 'retracted' OR r.retracted THEN 'retracted'
         WHEN a.withdrawn_at IS NOT NULL OR a.retraction_state = 'withdrawn' THEN 'withdrawn'
         WHEN a.retraction_state IN ('concern', 'expression_of_concern') OR r.concern THEN 'concern'
         WHEN r.notice OR a.retraction_state = 'notice' THEN 'notice'
         WHEN a.missing_since IS NOT NULL THEN 'missing'
         WHEN a.retraction_state = 'corrected' OR r.corrected THEN 'corrected'
         ELSE '' END,
    a.revised, substr(a.first_seen_at, 1, 10), substr(a.updated_at, 1, 10)
FROM working.articles AS a JOIN places AS p ON p.article_id = a.id
LEFT JOIN retractions AS r ON r.article_id = a.id
ORDER BY p.study_id
"""

#: `why` may name cues and weights, never a person; a correction's reason is free text and stays in the house. In the order
#: of the pages, so that they fill up one after the other: in that of the articles, 300,000 studies took several times as long.
LABELS = """
INSERT INTO labels (study_id, field, value, source, probability, shown, layer, quote, why, at)
SELECT p.study_id, l.field, l.value, l.source, l.probability, l.abstained = 0, l.layer, l.quote, l.why,
       substr(l.at, 1, 10)
FROM working.labels AS l JOIN places AS p USING (article_id)
WHERE l.field NOT LIKE 'outcomes.%'
ORDER BY p.study_id, l.field
"""

OUTCOMES = """
INSERT INTO outcomes (study_id, domain, direction, source, probability, shown, layer, quote, why, at)
SELECT p.study_id, substr(l.field, 10), json_extract(l.value, '$'), l.source, l.probability, l.abstained = 0, l.layer,
       l.quote, l.why, substr(l.at, 1, 10)
FROM working.labels AS l JOIN places AS p USING (article_id)
WHERE l.field LIKE 'outcomes.%' AND json_extract(l.value, '$') IS NOT NULL
ORDER BY p.study_id, l.field
"""

#: Columns of `studies` that repeat a label, because lists are filtered and sorted by them.
LABELLED = """
UPDATE studies SET
    relevance = coalesce((SELECT json_extract(value, '$') FROM labels
        WHERE study_id = studies.id AND field = 'relevance' AND shown), 'not_checked'),
    design = coalesce((SELECT json_extract(value, '$') FROM labels
        WHERE study_id = studies.id AND field = 'study_design' AND shown), 'not_checked'),
    participants = (SELECT json_extract(value, '$') FROM labels
        WHERE study_id = studies.id AND field = 'n_participants' AND shown),
    checked = CASE WHEN EXISTS (SELECT 1 FROM labels WHERE study_id = studies.id AND source = 'person') THEN 'person'
        WHEN EXISTS (SELECT 1 FROM labels WHERE study_id = studies.id AND source = 'curated') THEN 'curated'
        WHEN EXISTS (SELECT 1 FROM labels WHERE study_id = studies.id) THEN 'machine' ELSE 'none' END;
UPDATE studies SET
    design_position = coalesce((SELECT position FROM terms WHERE kind = 'study_design' AND id = design), 99),
    species = CASE
        WHEN design = 'preclinical' THEN 'animal'
        WHEN design IN ('randomised_trial', 'nonrandomised_trial', 'observational', 'case_report', 'qualitative')
            THEN 'human'
        WHEN EXISTS (SELECT 1 FROM json_each(mesh) WHERE value = 'Humans') THEN 'human'
        WHEN EXISTS (SELECT 1 FROM json_each(mesh) WHERE value = 'Animals') THEN 'animal'
        ELSE 'unclear' END;
"""

REST = """
INSERT INTO links (study_id, position, kind, pmid, reference, note)
SELECT p.study_id, l.position, l.kind, l.pmid, l.reference, l.note
FROM working.article_links AS l JOIN places AS p USING (article_id);
INSERT INTO trials (
    registry_id, registry, main_id, title, status, year, relevance, population, n_participants, intervention,
    comparator, follow_up, outcomes, checked_at
)
SELECT registry_id, registry, coalesce(same_as, registry_id), title, status, year, relevance, population,
       n_participants, intervention, comparator, follow_up, outcomes, substr(checked_at, 1, 10)
FROM working.trials;
INSERT OR IGNORE INTO trials (registry_id, registry, main_id)
SELECT r.number, r.registry, r.number FROM working.registry_ids AS r JOIN places USING (article_id);
INSERT OR IGNORE INTO study_trials (study_id, main_id, registry_id)
SELECT p.study_id, t.main_id, t.registry_id
FROM working.registry_ids AS r JOIN places AS p USING (article_id) JOIN trials AS t ON t.registry_id = r.number;
INSERT INTO changes (id, study_id, at, kind, field, old, new)
SELECT c.id, p.study_id, c.at, c.kind, c.field, substr(c.old, 1, 400), substr(c.new, 1, 400)
FROM working.changes AS c JOIN places AS p USING (article_id);
INSERT INTO runs
SELECT id, kind, status, started_at, finished_at, strategy, query, query_translation, since, expected, found, new,
       changed, unchanged, missing, failed, version
FROM working.harvest_runs;
INSERT INTO run_blocks SELECT run_id, block, query, count, query_translation FROM working.run_blocks;
INSERT INTO search_checks SELECT id, at, found, expected FROM working.search_checks;
INSERT INTO models
SELECT m.id, m.metrics, m.card, m.first_used_at,
       (SELECT count(*) FROM working.tagged WHERE model_id = m.id)
FROM working.models AS m;
UPDATE studies SET unit = id;
CREATE TEMP TABLE firsts AS SELECT main_id, min(study_id) AS first FROM study_trials GROUP BY main_id;
CREATE UNIQUE INDEX temp.firsts_trial ON firsts(main_id);
UPDATE studies SET unit = (
    SELECT min(f.first) FROM study_trials AS t JOIN firsts AS f USING (main_id) WHERE t.study_id = studies.id
) WHERE id IN (SELECT study_id FROM study_trials);
"""

#: With `abstracts: quotes` only the sentences that labels rest on may be searched, because only they are published.
SEARCH = """
INSERT INTO studies_fts (rowid, title, abstract, mesh, authors, facts, numbers)
SELECT s.id, s.title || ' ' || s.vernacular_title,
    CASE WHEN :abstracts = 'full' THEN a.abstract ELSE coalesce((
        SELECT group_concat(quote, ' … ') FROM (
            SELECT quote FROM outcomes WHERE study_id = s.id AND quote <> ''
            UNION SELECT quote FROM labels WHERE study_id = s.id AND quote <> '')), '') END,
    (SELECT coalesce(group_concat(value, '; '), '') FROM json_each(s.mesh)),
    (SELECT coalesce(group_concat(value, ', '), s.authors_short) FROM json_each(s.authors)),
    coalesce((SELECT group_concat(json_extract(value, '$'), '; ') FROM labels
        WHERE study_id = s.id AND field IN ('population', 'intervention', 'finding', 'comparator') AND shown), ''),
    trim(coalesce(s.pmid, '') || ' ' || s.doi || ' ' || s.pmcid || ' ' || s.journal || ' '
        || s.journal_abbreviation || ' ' || coalesce((
        SELECT group_concat(registry_id, ' ') FROM study_trials WHERE study_id = s.id), ''))
FROM working.articles AS a JOIN places AS p ON p.article_id = a.id JOIN studies AS s ON s.id = p.study_id
ORDER BY s.id
"""

#: Rows of (study_id, value) for each facet of the evidence table, study by study.
FACETS = {
    "relevance": "SELECT id, relevance FROM studies",
    "design": "SELECT id, design FROM studies",
    "year": "SELECT id, coalesce(CAST(year AS TEXT), 'unknown') FROM studies",
    "species": "SELECT id, species FROM studies",
    "status": "SELECT id, CASE status WHEN '' THEN 'current' ELSE status END FROM studies",
    "checked": "SELECT id, checked FROM studies",
    "access": "SELECT id, 'free' FROM studies WHERE pmcid <> ''",
    "outcome": "SELECT study_id, domain FROM outcomes",
    "direction": "SELECT DISTINCT study_id, CASE WHEN shown THEN direction ELSE 'not_checked' END FROM outcomes",
    "finding": "SELECT study_id, domain || ':' || CASE WHEN shown THEN direction ELSE 'not_checked' END FROM outcomes",
    "route": "SELECT study_id, json_extract(value, '$') FROM labels WHERE field = 'route' AND shown",
    "trial": "SELECT DISTINCT study_id, 'registered' FROM study_trials",
}

#: Labels that hold a list: each item is one value of the facet.
LIST_FACETS = """
SELECT DISTINCT l.study_id, item.value FROM labels AS l, json_each(l.value) AS item
WHERE l.field = :field AND l.shown AND json_type(l.value) = 'array'
"""
