"""The collections that training takes: where each lies, in which form, and on which terms.

Each is read in place, never copied, and may be missing or left out. What people corrected in the working database is a
source, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from classify.datasets import Example, Line, identities, read_labels, read_lines, record_of, without
from classify.fact_model import WEIGHED
from classify.readings import OTHER_DRUGS, key_of, read_other_drugs, read_readings
from classify.readings import SOURCE as READINGS
from classify.taxonomy import ids
from db.errors import BadInput
from db.records import OUTCOME_PREFIX

#: The collections by the name that `leave_out` takes: file, what it is, and on which terms it may be used.
SOURCES: Mapping[str, tuple[str, str, str]] = {
    "gold": ("gold_dev.jsonl", "own gold set, development half", "own labels; texts belong to their publishers"),
    READINGS: (
        "readings.jsonl",
        "own readings of abstracts on ketamine, without the held-out ones",
        "own labels; texts belong to their publishers and are read in place",
    ),
    OTHER_DRUGS: (
        "other_drugs.jsonl",
        "own readings of abstracts on other drugs and treatments, each read as if it stood in ketamine's place, without the held-out ones",
        "own labels; texts belong to their publishers and are read in place",
    ),
    "study_type_teller": (
        "study_type_teller.jsonl",
        "StudyTypeTeller: hand-labelled study types of neuroscience records",
        "no licence file: read in place, neither texts nor labels are passed on",
    ),
    "psynamic": (
        "psynamic.jsonl",
        "PsyNamic: hand-labelled studies of psychedelics and ketamine",
        "no licence file: read in place, neither texts nor labels are passed on",
    ),
    "evidence_inference": (
        "evidence_inference.jsonl",
        "Evidence Inference: abstracts of randomised trials",
        "abstracts belong to their publishers; what kind of study they are is used, and its prompts for directions",
    ),
    "publication_types": (
        "pubmed_with_publication_types.jsonl.gz",
        "PubMed records with publication types and MeSH, as weak labels",
        "NLM's terms of use; abstracts belong to their publishers",
    ),
    "unlabelled": (
        "unlabelled_abstracts.jsonl.gz",
        "abstracts without labels, for vocabulary and word contexts",
        "abstracts belong to their publishers",
    ),
}

#: Prompts that teach the direction of a result and no study design: the same, by name.
PROMPT_SOURCES: Mapping[str, tuple[str, str, str]] = {
    "evidence_inference": SOURCES["evidence_inference"],
    "exhaustive_ico": (
        "exhaustive_ico.jsonl",
        "exhaustive ICO: every comparison of some two hundred trials",
        "no licence file: read in place, neither texts nor labels are passed on",
    ),
}

#: The source of what people corrected; it comes from the working database, not from a file.
CORRECTIONS = "corrections"


@dataclass(slots=True)
class Collections:
    """Every collection that was found, by source, and a line for each that was not; `judging` are the readings that
    teach nothing."""

    examples: dict[str, list[Example]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    judging: list[Example] = field(default_factory=list)


def load_collections(
    place: Path, leave_out: Sequence[str] = (), corrections: Iterable[Mapping[str, Any]] = ()
) -> Collections:
    """Every known collection and own label file in a folder (or in `labels` and `data` in or beside it), or one file.

    `corrections` are label records of the working database, as `db.exports.training_records` gives them.
    Raises BadInput for an unknown name in `leave_out`, or if nothing at all was found.
    """
    known = (*dict.fromkeys([*SOURCES, *PROMPT_SOURCES]), CORRECTIONS)
    unknown = sorted(set(leave_out) - set(known))
    if unknown:
        raise BadInput(f"Can't leave out {unknown[0]!r}: no such source. Known: {', '.join(known)}.")
    found = Collections()
    for source, (name, title, _) in SOURCES.items():
        if source in (READINGS, OTHER_DRUGS):
            continue  # they travel with the package; their texts come from the other sources
        path = _find(place, name)
        if source in leave_out:
            found.messages.append(f"Left out as asked: {title}.")
        elif path is None:
            found.messages.append(f"Not found, trained without: {title} ({name}).")
        else:
            found.examples[source] = read_labels(path, source) if source == "gold" else list(_examples(path, source))
    _add_readings(found, leave_out)
    _add_other_drugs(found, leave_out)
    for path in _own_files(place):
        found.examples.setdefault("own", []).extend(read_labels(path, "own"))
    if not any(found.examples.values()):
        raise BadInput(f"No label files in {place}. Name the folder that holds them, or one label file.")
    if CORRECTIONS in leave_out:
        found.messages.append("Left out as asked: corrections by people.")
    else:
        _add_corrections(found, corrected(corrections))
    return found


def prompt_files(place: Path, leave_out: Sequence[str] = ()) -> dict[str, Path]:
    """The files with prompts on directions that are in a folder (or in `labels` or `data` in or beside it), by source."""
    found = {source: _find(place, name) for source, (name, _, _) in PROMPT_SOURCES.items() if source not in leave_out}
    return {source: path for source, path in found.items() if path}


def _find(place: Path, name: str) -> Path | None:
    folders = [place, place / "labels", place / "data", place.parent / "data"] if place.is_dir() else []
    return next((folder / name for folder in folders if (folder / name).exists()), None)


def _add_readings(found: Collections, leave_out: Sequence[str]) -> None:
    """Our own readings of records that the other sources hold; they leave those, so that no record counts twice.

    Where people labelled study designs by hand (PsyNamic) theirs stay, and ours add outcomes and facts alone.
    """
    if READINGS in leave_out:
        found.messages.append(f"Left out as asked: {SOURCES[READINGS][1]}.")
        return
    texts = [example for source, part in found.examples.items() if source != "gold" for example in part]
    held = found.examples.get("gold", [])
    read, judging = (without(read_readings(texts, held_out=aside), held) for aside in (False, True))
    if read:
        for source, part in found.examples.items():
            if source not in ("gold", "psynamic"):
                found.examples[source] = without(part, [*read, *judging])
        by_hand = found.examples.get("psynamic", [])
        found.examples[READINGS], found.judging = _beside(by_hand, read), _beside(by_hand, judging)
    else:
        found.messages.append(
            f"Not found, trained without: {SOURCES[READINGS][1]} (their texts are in the other sources)."
        )


def _add_other_drugs(found: Collections, leave_out: Sequence[str]) -> None:
    """Our own readings of other drugs; they leave the sources without labels of their own that hold their texts."""
    if OTHER_DRUGS in leave_out:
        found.messages.append(f"Left out as asked: {SOURCES[OTHER_DRUGS][1]}.")
        return
    bare = {source: found.examples[source] for source in _BARE if source in found.examples}
    labelled = [example for source, part in found.examples.items() if source not in bare for example in part]
    texts = without([example for part in bare.values() for example in part], [*labelled, *found.judging])
    read, judging = (read_other_drugs(texts, held_out=aside) for aside in (False, True))
    if read:
        keys = {example.labels["record"] for example in [*read, *judging]}
        for source, part in bare.items():
            found.examples[source] = [
                example for example in part if key_of(example.record.pmid, example.record.title) not in keys
            ]
        found.examples[OTHER_DRUGS] = read
        found.judging += judging
    else:
        found.messages.append(
            f"Not found, trained without: {SOURCES[OTHER_DRUGS][1]} (their texts are in the other sources)."
        )


#: Collections without labels by hand.
_BARE = ("publication_types", "unlabelled")


def _beside(by_hand: Sequence[Example], read: Sequence[Example]) -> list[Example]:
    """Readings, without the study design where people gave one."""
    known = frozenset[str]().union(*map(identities, by_hand))
    return [
        replace(example, labels={**example.labels, "study_design": None}) if identities(example) & known else example
        for example in read
    ]


def _own_files(place: Path) -> list[Path]:
    """Label files of the user's own: the named file, or `labels*.jsonl` and `corrections*.jsonl` of a folder."""
    return [place] if place.is_file() else sorted([*place.glob("labels*.jsonl"), *place.glob("corrections*.jsonl")])


def corrected(records: Iterable[Mapping[str, Any]]) -> list[Example]:
    """The label records whose study design, outcomes or facts a person decided, with these labels alone.

    Curated labels (the starter set) don't count as corrections.
    """
    return [
        Example(
            record_of("A corrected article", record),
            _by_person(record),
            CORRECTIONS,
            str(record.get("doi") or "").lower(),
        )
        for record in records
        if any(name in _TAUGHT or name.startswith(OUTCOME_PREFIX) for name in _persons(record))
    ]


_TAUGHT = frozenset({"study_design", *WEIGHED})


def _persons(record: Mapping[str, Any]) -> list[str]:
    return [name for name, source in (record.get("label_sources") or {}).items() if source == "person"]


def _by_person(record: Mapping[str, Any]) -> dict[str, Any]:
    """Nobody decided on the other domains, so they are neither reported nor absent: `disputed`."""
    decided = _persons(record)
    outcomes = [
        pair
        for pair in record.get("outcomes") or ()
        if pair["direction"] is not None and OUTCOME_PREFIX + pair["domain"] in decided
    ]
    unknown = [domain for domain in ids("outcome_domain") if OUTCOME_PREFIX + domain not in decided]
    design = record.get("study_design") if "study_design" in decided else None
    known = {name: value for name, value in record.items() if name not in WEIGHED or name in decided}
    return {**known, "study_design": design, "outcomes": outcomes, "disputed": unknown}


def _add_corrections(found: Collections, examples: list[Example]) -> None:
    """What a person decided on a record replaces whatever the label files say of it."""
    if examples:
        labelled = {source: part for source, part in found.examples.items() if source != "unlabelled"}
        found.examples.update({source: without(part, examples) for source, part in labelled.items()})
        found.examples[CORRECTIONS] = examples


def _examples(path: Path, source: str) -> Iterator[Example]:
    for number, content in _trials(path) if source == "evidence_inference" else read_lines(path):
        given = {**content, "id": content.get("id") or content.get("pmid") or f"{source}-{number}"}
        # A few rows of the collections carry another kind of number where a PMID should stand.
        given["pmid"] = given.get("pmid") if str(given.get("pmid")).isdecimal() else None
        yield Example(record_of(f"{path} line {number}", given), content, source, (content.get("doi") or "").lower())


_TITLE = re.compile(r"TITLE:\s*(.+?)\n\s*(.*)", re.DOTALL)


def _trials(path: Path) -> Iterator[Line]:
    """Evidence Inference has a line for each question about a trial, and the title inside the abstract."""
    seen: set[str] = set()
    for number, content in read_lines(path):
        parts = _TITLE.match(str(content.get("abstract") or ""))
        if parts and parts[1] not in seen:
            seen.add(parts[1])
            yield Line(number, {"pmid": content.get("pmid"), "title": parts[1], "abstract": parts[2].strip()})
