"""Would the trained reader of directions tell right from wrong directions of the rules? `python -m benchmarks.second_opinion
LABELS.jsonl PROMPT_FOLDER`, on the gold set's development half, or with `readings` for LABELS.jsonl on our own readings that
are not held out, whose texts the folder has. PROMPT_FOLDER holds Evidence Inference and exhaustive ICO.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classify.contrasts import Prompt
from classify.datasets import Example, read_labels
from classify.direction_model import CLASSES, DECREASED, INCREASED, NO_DIFFERENCE, DirectionModel
from classify.direction_training import prepare_questions
from classify.document import Document
from classify.evidence import Evidence, find_evidence, outcome_hits
from classify.outcomes import read_directions
from classify.reading import Reader
from classify.sources import load_collections, prompt_files
from classify.statements import AGAINST, FAVOURS
from classify.statements import NO_DIFFERENCE as NULL
from classify.tagger import Tagger
from db.records import OUTCOME_PREFIX, Tag
from harvest.topics import load_topic


@dataclass(frozen=True, slots=True)
class Case:
    """One outcome that the rules gave a direction: theirs, the gold set's, and what the model reads in a sentence of it."""

    rules: str
    gold: str
    model: str
    shown: bool


def main(labels: Path, prompts: Path) -> None:
    prepared = prepare_questions(prompt_files(prompts))
    model = prepared.fit(range(len(prepared.questions)))
    own = str(labels) == "readings"
    topic, examples = load_topic(), load_collections(prompts).examples["readings"] if own else read_labels(labels)
    reader = Reader(topic)
    tagged = Tagger(topic).tag([example.record for example in examples])
    cases = [
        case
        for example, tags in zip(examples, tagged, strict=True)
        for case in _cases(example, {tag.field: tag for tag in tags}, reader, model)
    ]
    counts = Counter((case.rules, case.shown, case.rules == case.model, case.rules == case.gold) for case in cases)
    for rules, shown, agrees in sorted({key[:3] for key in counts}):
        right, wrong = counts[rules, shown, agrees, True], counts[rules, shown, agrees, False]
        told = f"{'shown' if shown else 'left to a person':17}{'model agrees' if agrees else 'model differs':15}"
        print(f"{rules:21}{told}{right:3} of {right + wrong:3} right")
    for direction in (FAVOURS, AGAINST, NULL):
        golden = [case for case in cases if case.gold == direction]
        found = [sum(getattr(case, who) == direction for case in golden) for who in ("rules", "model")]
        print(f"gold {direction:21}{len(golden):3}: rules {found[0]}, model alone {found[1]}")


def _cases(example: Example, tags: dict[str, Tag], reader: Reader, model: DirectionModel) -> Iterator[Case]:
    design, relevance = str(tags["study_design"].value), str(tags["relevance"].value)
    document = reader.document(example.record, study_design=design, relevance=relevance)
    if document is None or not document.studied or design == "protocol":
        return
    gold = {pair["domain"]: pair["direction"] for pair in example.labels["outcomes"]}
    against = tags.get("comparator")
    comparator = str(against.value) if against and against.value else "placebo control"
    evidence = find_evidence(document, reader.lexicon, design)
    for tag in read_directions(document, reader.lexicon, design):
        domain = tag.field.removeprefix(OUTCOME_PREFIX)
        if domain in evidence:
            chosen = _chosen(evidence[domain], str(tag.value))
            read = _model_reads(document, chosen, comparator, model)
            yield Case(str(tag.value), gold.get(domain, "absent"), read, not tag.abstained)


def _chosen(items: list[Evidence], direction: str) -> Evidence:
    """A statement that says what the rules decided, a result before a conclusion."""
    same = [item for item in items if item.statement.direction == direction]
    return next((item for item in same if item.section == "results"), (same or items)[0])


def _model_reads(document: Document, chosen: Evidence, comparator: str, model: DirectionModel) -> str:
    """The model's direction for the patient, "" where the outcome's term is neither good nor bad."""
    titled = chosen.sentence < 0
    base = document.title if titled else document.text
    found = document.in_title.outcomes if titled else outcome_hits(document, chosen.sentence)
    hits = [hit for hit in found if hit.payload.id == chosen.statement.domain]
    term, good = (base[hits[0].start : hits[0].end], hits[0].payload.good) if hits else (chosen.statement.domain, 0)
    text = base[chosen.statement.start : chosen.statement.end]
    chances = model.probabilities([Prompt(text, "ketamine esketamine", comparator, term, document.record.abstract)])[0]
    read = CLASSES[int(chances.argmax())]
    if read == NO_DIFFERENCE:
        return NULL
    return "" if not good else FAVOURS if {INCREASED: 1, DECREASED: -1}[read] == good else AGAINST


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
