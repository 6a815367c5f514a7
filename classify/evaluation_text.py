"""The figures of `evidence evaluate` as plain text for a terminal; with --json they are the report itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classify.evaluation import CLASS_FIELDS


def report_text(report: Mapping[str, Any]) -> str:
    """The figures as plain text for a terminal."""
    lines = [
        f"Model {report.get('model', '?')}, {report.get('records', '?')} records. Intervals: 95 %, bootstrap over records."
    ]
    if report.get("in_training"):
        lines.append(
            f"{report['in_training']} of these records taught the model: its study designs, outcomes and facts look better here than they "
            "are. The model card has the cross-validated figures."
        )
    for field in CLASS_FIELDS:
        if field in report:
            lines += _class_lines(field, report[field])
    if "outcomes" in report:
        lines += _outcome_lines(report["outcomes"])
    if "facts" in report:
        lines += ["", f"{'facts':24}{'n':>5}  {'precision':18}  {'recall':18}  right of shown as certain"]
        lines += [
            f"  {name:22}{figures.get('true', 0):>5}  {_rates(figures)}  {figures['shown']['right']} of {figures['shown']['n']}"
            for name, figures in report["facts"].items()
        ]
    for name, told in report.get("direction_given_sentence", {}).items():
        classes = ", ".join(f"{label} {_value(rates['f1'])}" for label, rates in told["classes"].items())
        lines += [
            "",
            (
                f"direction given the sentence, Evidence Inference, {name.replace('_', ' ')} (measured in training, n "
                f"{told['n']}): macro F1 {_value(told['macro_f1'])}; {classes}"
            ),
        ]
    return "\n".join(lines)


def _class_lines(field: str, figures: Mapping[str, Any]) -> list[str]:
    shown, honesty = figures["shown"], figures["calibration"]
    surest = ", ".join(f"{point['coverage']:.0%} → {point['accuracy']}" for point in figures["coverage"])
    return [
        "",
        (
            f"{field}: macro F1 {_value(figures['macro_f1'])}, weighted F1 {_value(figures['weighted_f1'])}, "
            f"accuracy {_value(figures['accuracy'])}, n {figures['n']}"
        ),
        f"  shown as certain: {shown['n']} of {figures['n']} ({shown['share']:.0%}), right: {shown['accuracy']}",
        f"  coverage against accuracy (surest share → share right): {surest}",
        f"  calibration: Brier score {honesty['brier']}; reliability (mean probability → share right): {_curve(honesty)}",
        f"  {'class':22}{'n':>5}  {'precision':18}  {'recall':18}  F1",
        *(
            f"  {name:22}{rates['n']:>5}  {_rates(rates)}  {_value(rates['f1'])}"
            for name, rates in figures["classes"].items()
        ),
        *_confusion_lines(figures["confusion"]),
    ]


def _confusion_lines(confusion: Mapping[str, Any]) -> list[str]:
    """The confusion matrix; columns are numbered like the rows, so that fourteen classes fit a terminal."""
    numbered = list(enumerate(confusion["classes"], 1))
    heads = "".join(f"{number:>5}" for number, _ in numbered)
    rows = [
        f"  {f'{number} {name}':26}" + "".join(f"{count or '.':>5}" for count in confusion["rows"][number - 1])
        for number, name in numbered
    ]
    return [f"  {'confusion (rows: labels)':26}{heads}", *rows]


def _outcome_lines(figures: Mapping[str, Any]) -> list[str]:
    lines = ["", f"{'outcomes':24}{'n':>5}  {'precision':18}  {'recall':18}  F1"]
    for name in ("domain", "domain_and_direction"):
        rates = figures[name]
        lines.append(f"  {name:22}{rates['true']:>5}  {_rates(rates)}  {_value(rates['f1'])}")
    lines += [
        f"  {name:22}{rates['true']:>5}  {_rates(rates)}  {_value(rates['f1'])}"
        for name, rates in {**figures["directions"], **figures["domains"]}.items()
    ]
    quotes = figures["quotes"]
    lines.append(f"  macro F1 over directions {figures['macro_f1_over_directions']}")
    lines.append(
        f"  quotes: verbatim {quotes['verbatim']}, overlapping the label's sentence {quotes['overlap']}, n {quotes['n']}"
    )
    shown = (f"{name} {told['right']} of {told['n']}" for name, told in figures["shown"].items())
    lines.append(f"  shown as certain, right of shown: {', '.join(shown) or 'nothing is shown'}")
    if honesty := figures["calibration"]:
        lines.append(
            f"  calibration: Brier score {honesty['brier']}; reliability (mean probability → share right): {_curve(honesty)}"
        )
    return lines


def _curve(honesty: Mapping[str, Any]) -> str:
    return ", ".join(f"{bin_['mean_probability']} → {bin_['share_right']} (n {bin_['n']})" for bin_ in honesty["curve"])


def _rates(figures: Mapping[str, Any]) -> str:
    if "precision" not in figures:
        return ""
    return f"{_value(figures['precision']):18}  {_value(figures['recall']):18}"


def _value(rate: Mapping[str, float]) -> str:
    return f"{rate['value']:.3f} ({rate['low']:.2f}-{rate['high']:.2f})"
