"""Models: train and evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.options import (
    PATH,
    chosen_model,
    chosen_topic,
    data_option,
    json_option,
    model_option,
    model_path,
    open_evidence,
    report,
    say,
    timestamp,
    topic_option,
)


@click.command(name="train")
@click.option("--labels", type=PATH, required=True, help="Folder of label files, or one label file (JSONL).")
@click.option("--output", type=PATH, help="Folder for the model and its card.  [default: DATA/model]")
@click.option(
    "--leave-out", multiple=True, metavar="SOURCE", help="A source to leave out; may be given more than once."
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same data and seed give the same file.")
@topic_option
@data_option
@json_option
def train_command(
    labels: Path,
    output: Path | None,
    leave_out: tuple[str, ...],
    seed: int,
    topic_file: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Fits the models of study design, outcomes and facts. From label files and from what people corrected in the working database.

    A model in DATA/model is taken up by the next `evidence tag`, `up` or `update`; the packaged one stays as it is.

    \b
    Example: evidence train --labels ../shared/labels
             evidence train --labels my_labels.jsonl --output trial --leave-out corrections
    """
    from classify.model_card import write_card
    from classify.training import train

    artifact = output / "classifier.skops" if output else model_path(data)
    result = train(
        labels,
        artifact,
        topic=chosen_topic(topic_file),
        corrections=_corrections(data),
        leave_out=leave_out,
        seed=seed,
        progress=say,
    )
    write_card(artifact, artifact.with_name("card.md"), timestamp()[:10])
    corrected = result["sources"].get("corrections", {"used": 0})["used"]
    text = (
        f"Wrote {artifact} ({artifact.stat().st_size / 1e6:.1f} MB) and its model card. Corrections used: {corrected}."
    )
    report(as_json, result, text)


def _corrections(data: Path) -> list[dict[str, Any]]:
    """What people decided, none where there is no working database yet."""
    from db.exports import training_records

    if not (data / "evidence.db").exists():
        say(f"No working database in {data}: training without corrections.")
        return []
    with open_evidence(data, readonly=True) as database:
        return list(training_records(database))


@click.command(name="evaluate")
@click.option("--labels", type=PATH, required=True, help="Labelled records (JSONL).")
@topic_option
@model_option
@data_option
@json_option
def evaluate_command(labels: Path, topic_file: Path | None, model_file: Path | None, data: Path, as_json: bool) -> None:
    """Measures the current model. Per-class precision, recall, F1 with intervals, calibration and abstention.

    \b
    Example: evidence evaluate --labels gold.jsonl --json
    """
    from classify.evaluation import evaluate
    from classify.evaluation_text import report_text
    from classify.tagger import Tagger

    result = evaluate(labels, Tagger(chosen_topic(topic_file), chosen_model(data, model_file)))
    report(as_json, result, report_text(result))
