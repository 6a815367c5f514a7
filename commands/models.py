"""Models: train and evaluate."""

from __future__ import annotations

from pathlib import Path

import click

from commands.options import PATH, chosen_topic, json_option, report, say, timestamp, topic_option


@click.command(name="train")
@click.argument("labels", type=PATH)
@click.option("--output", type=PATH, required=True, help="Folder for the artifact and its model card.")
@click.option("--leave-out", multiple=True, help="A source to leave out; may be given more than once.")
@click.option("--seed", type=int, default=0, show_default=True)
@json_option
def train_command(labels: Path, output: Path, leave_out: tuple[str, ...], seed: int, as_json: bool) -> None:
    """Fits the models from a folder of label files into one artifact with its model card.

    \b
    Example: evidence train ../shared --output model
             evidence train ../shared --output model --leave-out psynamic
    """
    from classify.model_card import write_card
    from classify.training import train

    output.mkdir(parents=True, exist_ok=True)
    artifact = output / "classifier.skops"
    result = train(labels, artifact, leave_out=leave_out, seed=seed, progress=say)
    write_card(artifact, output / "card.md", timestamp()[:10])
    report(as_json, result, f"Wrote {artifact} ({artifact.stat().st_size / 1e6:.1f} MB) and its model card.")


@click.command(name="evaluate")
@click.option("--labels", type=PATH, required=True, help="Labelled records (JSONL).")
@topic_option
@json_option
def evaluate_command(labels: Path, topic_file: Path | None, as_json: bool) -> None:
    """Per-class precision, recall, F1 with intervals, calibration and abstention of the current model.

    \b
    Example: evidence evaluate --labels gold.jsonl --json
    """
    from classify.evaluation import evaluate, report_text
    from classify.tagger import Tagger

    result = evaluate(labels, Tagger(chosen_topic(topic_file)))
    report(as_json, result, report_text(result))
