"""Finds the records that were read by hand in the data that they came from."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection
from pathlib import Path

from classify.readings import key_of
from db.records import SourceRecord, TaggableRecord
from harvest.files import read_file


def records_by_key(folder: Path, keys: Collection[str]) -> dict[str, TaggableRecord]:
    """The records with these keys, from PubMed's XML and from the abstracts without labels."""
    found: dict[str, TaggableRecord] = {}
    for source in read_file(folder / "pubmed_records.xml.gz"):
        if isinstance(source, SourceRecord) and (key := key_of(source.article.pmid, source.article.title)) in keys:
            article = source.article
            found[key] = TaggableRecord(
                id=key,
                title=article.title,
                abstract=article.abstract,
                publication_types=tuple(kind.name for kind in article.publication_types),
                mesh=tuple(heading.name for heading in article.mesh_headings),
                sections=article.sections,
                languages=article.languages,
            )
    with gzip.open(folder / "unlabelled_abstracts.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            entry = json.loads(line)
            key = key_of(entry.get("pmid"), entry["title"])
            if key in keys:
                found.setdefault(key, TaggableRecord(id=key, title=entry["title"], abstract=entry["abstract"] or ""))
    return found
