"""Writes the model card: what the classifier was trained on, how good it is, where it fails, and how to make it again.

Everything in it comes from the artifact's metadata, so the card can't drift from the model that it describes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classify.artifact import load_artifact
from classify.sources import CORRECTIONS, PROMPT_SOURCES, SOURCES

LIMITS = (
    "Labels are read from title and abstract alone. They say what a record reports, never how good the study is.",
    (
        "The gold set was labelled by language-model annotators that follow one guideline and share one underlying model: "
        "their high agreement (study design κ 1.00, relevance κ 0.85 and 1.00, overall direction κ 0.92 and 0.98) is no "
        "independent evidence of truth and no human ceiling. On 47 records that also carry a human study type, 46 agree. "
        "Human annotators of a similar task agree at Krippendorff 0.39–0.40 on conclusions and about 0.75 on study type."
    ),
    (
        "Our own readings of 1,243 abstracts that name ketamine in their title, and of 181 that name it in the abstract only, "
        "were labelled in the same way, each once, 126 of the former twice (study design the same in all, domain with "
        "direction F1 0.94, quotes in the same sentence in 83 %) and 66 of the latter (65 designs the same, 0.90). No "
        "clinician read them. 251 and 85 of them are held out: no model learns from them (of those that PsyNamic's people "
        "labelled, too, the model of study design learns from theirs)."
    ),
    (
        "Our own readings of 1,149 abstracts on other drugs and treatments, labelled as if each stood in ketamine's place, "
        "teach study design and, at half weight, outcomes; 126 were read twice (125 designs the same, domain with direction "
        "F1 0.95). They choose no threshold. 994 more, drawn where the classifier saw null results, harms or mixed results, are "
        "held out: on these hard ones about nine in ten of what is shown as a benefit is right, four in five of the nulls."
    ),
    "The development half of the gold set is small: classes with fewer than ten records have wide intervals or none.",
    (
        "Directions are the weakest labels: about one in three is wrong on the readings, and more where the drug is named in "
        "the abstract only. So a direction is shown only where rules and model agree and either the arms are compared in so "
        "many words (no difference, harm) or the conclusions claim a benefit and nothing speaks against it. That shows about "
        "one benefit in six, one null result in six, few harms and no mixed result. Everything else is left to a person."
    ),
    (
        "Publication types and StudyTypeTeller's classes are mapped to ours; where one of theirs covers several of ours, "
        "phrases decide, so figures on them measure the mapping too."
    ),
    "StudyTypeTeller and PsyNamic came without a licence file: neither their texts nor their labels are in the project.",
    "An abstract in another language is left unread; such records are tagged from title and MeSH, and say so.",
    (
        "The gold figures are cross-validated but not untouched: cue phrases, rules and two settings of the model were "
        "chosen while looking at errors on these very 86 records, so expect somewhat less on new ones. Relevance is "
        "read by rules that were written on the same records (macro F1 there 0.96, of which `related` has n = 4); that "
        "figure is a development figure, not an estimate."
    ),
    (
        "Randomised trials against NLM's type: the collection doesn't mark which records were indexed by machine, so "
        "'human-assigned' is approximated by 'has MeSH headings'. Of its 126 randomised records 15 never say 'random' in "
        "title or abstract, a few are about animals or bacteria: text alone can't tell these, and without publication "
        "types the target (AUROC 0.985, sensitivity 0.96) is reached only for records that say so."
    ),
)


def write_card(artifact: Path, target: Path, date: str) -> str:
    """Writes the card beside the artifact; returns its text. `date` is the day of training, ISO 8601."""
    loaded = load_artifact(artifact)
    text = card_text(loaded.metadata, date)
    target.write_text(text, encoding="utf-8")
    return text


def card_text(metadata: Mapping[str, Any], date: str) -> str:
    """The card as Markdown."""
    metrics = metadata.get("metrics", {})
    parts = [
        "# Model card: study design, relevance and outcomes",
        (
            f"Trained {date}. Artifact `{metadata['artifact_sha256'][:16]}…`, training data "
            f"`{str(metadata.get('training_sha256', ''))[:16]}…`, "
            f"format {metadata['format']}, scikit-learn {metadata['sklearn']}, seed {metadata.get('seed', 0)}."
        ),
        "## What it does",
        (
            "Names the study design of a PubMed record (14 classes, see the labels guideline) from title, abstract, "
            "publication types and MeSH check tags. The model is a logistic regression over words, word pairs, cue phrases, "
            "groups of words and word contexts learned from unlabelled abstracts. Relevance, routes, blinding and registry "
            "ids are read by rules over the topic file. Other facts (people, studies, doses, sessions, comparators, "
            "follow-up) are chosen by a logistic regression each among all that the text may mean. "
            "Outcomes and their directions are read by rules, too; two logistic regressions over what the rules read weigh "
            "whether the record reports on an outcome, and which way it went. A person's correction stands above every tag."
        ),
        "## Data",
        _sources(metadata.get("sources", {}), metadata.get("messages", [])),
        "## Figures",
        (
            f"Cross-validated, from text alone; no record is in training and test by PMID, DOI or normalised title. "
            f"Shown as certain: probability ≥ {metadata.get('thresholds', {}).get('study_design')}. Intervals are 95 % "
            f"bootstrap intervals over records."
        ),
        *(_design_table(name, figures) for name, figures in metrics.get("study_design", {}).items()),
        _random_table(metrics.get("randomised_from_text", {})),
        *(
            _outcome_table(SOURCES.get(name, ("", name, ""))[1], figures)
            for name, figures in metrics.get("outcomes", {}).items()
        ),
        _facts_table(metrics.get("facts", {}), metadata.get("thresholds", {}).get("facts", {})),
        _direction_tables(
            metrics.get("direction_given_sentence", {}), metadata.get("directions", {}).get("prompts", {})
        ),
        "## Limits",
        "\n".join(f"- {limit}" for limit in LIMITS),
        "## Make it again",
        _commands(metadata),
        (
            "Any source can be left out, corrections too: `--leave-out study_type_teller`. Without `--output` the model "
            "goes to the data folder, where the next `evidence tag` takes it up."
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _commands(metadata: Mapping[str, Any]) -> str:
    left_out = "".join(f" --leave-out {source}" for source in metadata.get("left_out", []))
    train = f"evidence train --labels LABEL_FOLDER{left_out} --seed {metadata.get('seed', 0)} --output model"
    evaluate = "evidence evaluate --labels LABEL_FOLDER/gold_dev.jsonl --model model/classifier.skops"
    return f"```\n{train}\n{evaluate}\n```"


def _sources(counts: Mapping[str, Mapping[str, int]], messages: list[str]) -> str:
    rows = ["| source | records | gave a design | terms |", "|---|---|---|---|"]
    for name, (_, title, terms) in SOURCES.items():
        if name in counts:
            rows.append(f"| {title} | {counts[name]['records']} | {counts[name]['used']} | {terms} |")
        elif name == "unlabelled":
            rows.append(f"| {title} | up to 30,000 | – | {terms} |")
    if "own" in counts:
        rows.append(f"| own label files | {counts['own']['records']} | {counts['own']['used']} | own |")
    corrected = counts.get(CORRECTIONS, {"records": 0, "used": 0})
    rows.append(
        f"| study designs corrected by people in the working database | {corrected['records']} | {corrected['used']} "
        "| own labels; texts belong to their publishers |"
    )
    return "\n".join([*rows, *(f"\n{message}" for message in messages)])


def _design_table(name: str, figures: Mapping[str, Any]) -> str:
    title = SOURCES.get(name, ("", name, ""))[1]
    shown, unseen = figures["shown"], figures["shown_by_unseen_threshold"]
    rows = [
        f"### {title}",
        "",
        (
            f"Macro F1 {_rate(figures['macro_f1'])}, weighted F1 {_rate(figures['weighted_f1'])}, accuracy "
            f"{_rate(figures['accuracy'])}, n {figures['n']}. Shown as certain: {shown['share']:.0%}, of which right: "
            f"{shown['accuracy']} (by thresholds chosen on the other folds: {unseen['share']:.0%}, {unseen['accuracy']}). Without the rule for records that say of themselves what they are: macro F1 "
            f"{_rate(figures['model_alone']['macro_f1'])}, weighted F1 {_rate(figures['model_alone']['weighted_f1'])}."
        ),
        "",
        "| class | n | precision | recall | F1 |",
        "|---|---|---|---|---|",
    ]
    for label, rates in figures["classes"].items():
        cells = (_rate(rates[key]) for key in ("precision", "recall", "f1"))
        rows.append(f"| {label} | {rates['n']} | {' | '.join(cells)} |")
    return "\n".join([*rows, "", _reliability(figures["calibration"])])


def _random_table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    if not figures:
        return ""
    rows = [
        "### Randomised trials from text alone, against NLM's publication type",
        "",
        "| records | n | randomised | AUROC | sensitivity at specificity 0.96 |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {name} | {told['n']} | {told['randomised']} | {told['auroc']} | {told['sensitivity_at_specificity_0.96']} |"
        for name, told in figures.items()
    ]
    return "\n".join(rows)


def _direction_tables(figures: Mapping[str, Mapping[str, Any]], prompts: Mapping[str, int]) -> str:
    if not figures:
        return ""
    taught = ", ".join(f"{PROMPT_SOURCES[source][1]} ({count} prompts)" for source, count in prompts.items())
    titles = {
        "cross_validated": "all prompts of Evidence Inference, cross-validated by article",
        "validation_split": "its own validation split, trained on the rest",
    }
    parts = [
        "### Direction of a result, given its sentence",
        (
            f"Which way an outcome went with an intervention against a comparator. Trained on {taught}. No tag rests on it: on "
            "ketamine records it doesn't tell right from wrong readings of the rules (docs/classifier-outcomes.md)."
        ),
    ]
    for name, told in figures.items():
        rows = [
            (
                f"On {titles[name]}: macro F1 {_rate(told['macro_f1'])}, accuracy {_rate(told['accuracy'])}, n {told['n']}, "
                f"Brier score {told['calibration']['brier']}."
            ),
            "",
            "| class | n | precision | recall | F1 |",
            "|---|---|---|---|---|",
        ]
        for label, rates in told["classes"].items():
            cells = (_rate(rates[key]) for key in ("precision", "recall", "f1"))
            rows.append(f"| {label} | {rates['n']} | {' | '.join(cells)} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _outcome_table(title: str, figures: Mapping[str, Any]) -> str:
    """Outcomes, directions, quotes, and what was shown as certain by thresholds that the record's fold had no part in."""
    if not figures:
        return ""
    rows = [
        f"### Outcomes: {title}",
        "",
        "| what | n | precision | recall | F1 |",
        "|---|---|---|---|---|",
    ]
    listed = {
        "domain": figures["domain"],
        "domain with direction": figures["domain_and_direction"],
        **figures["directions"],
    }
    for name, rates in listed.items():
        cells = (_rate(rates[key]) for key in ("precision", "recall", "f1"))
        rows.append(f"| {name} | {rates['true']} | {' | '.join(cells)} |")
    shown = ", ".join(f"{name}: {told['right']} of {told['n']}" for name, told in figures["shown"].items())
    quotes = figures["quotes"]
    return "\n".join(
        [
            *rows,
            "",
            (
                f"Macro F1 over directions {figures['macro_f1_over_directions']}. Quotes: verbatim {quotes['verbatim']}, in the "
                f"label's sentence {quotes['overlap']} of {quotes['overlap_n']}. Shown as certain, right of shown: {shown or 'none'}."
            ),
            *(["", _reliability(figures["calibration"])] if figures.get("calibration") else []),
        ]
    )


def _facts_table(figures: Mapping[str, Mapping[str, int]], thresholds: Mapping[str, float]) -> str:
    """Answers on readings that no rule was mended with, and what was shown by thresholds that the record had no part in."""
    if not figures:
        return ""
    rows = [
        "### Facts: own readings that no rule was mended with",
        "",
        "| fact | right of given | found of stated | right of shown as certain | shown from |",
        "|---|---|---|---|---|",
    ]
    for name, told in figures.items():
        start = thresholds.get(name, 2)
        shown = f"{told['shown_right']} of {told['shown']} | {start:.2f}" if start <= 1 else "none | –"
        found = f"{told['right']} of {told['given']} | {told['right']} of {told['stated']}"
        rows.append(f"| {name} | {found} | {shown} |")
    return "\n".join(rows)


def _reliability(figures: Mapping[str, Any]) -> str:
    curve = ", ".join(
        f"{bin_['mean_probability']} → {bin_['share_right']} (n {bin_['n']})" for bin_ in figures["curve"]
    )
    return f"Brier score {figures['brier']}. Reliability (mean probability → share right): {curve}."


def _rate(rate: Mapping[str, float]) -> str:
    return f"{rate['value']:.2f} ({rate['low']:.2f}–{rate['high']:.2f})"
