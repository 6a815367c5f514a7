"""Makes a patient page from a study's labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from evidence_site.patients import results, studied
from evidence_site.patients.glossary import explain
from evidence_site.patients.study import Block, Fact, HelpLine, PatientPage, PatientStudy, Section, Statement
from evidence_site.patients.texts import Texts, sentence
from evidence_site.patients.variants import design_of, tells_results, variant_of

SAY, LEAVE_OUT = "say", "leave_out"


def compose(study: PatientStudy, texts: Texts, unchecked: str = SAY) -> PatientPage:
    """The page of a study in the language of `texts`.

    `unchecked` says what becomes of statements that rest on a machine's tag alone: "say" marks each as not yet
    checked, "leave_out" leaves them out.
    """
    told = _only_checked(study) if unchecked == LEAVE_OUT else study
    variant = variant_of(told)
    sections = [section for section in _sections(told, texts, variant) if section.blocks or section.findings]
    marked = any(not statement.checked for section in sections for statement in section.statements())
    return PatientPage(
        language=texts.language,
        variant=variant,
        title=_title(told, texts, variant),
        alerts=tuple(sentence(text) for text in _alerts(told, texts, variant, marked, told != study)),
        sections=explain(sections, texts),
        help_lines=tuple(
            HelpLine(entry["name"], entry["number"], entry["text"]) for entry in (texts.get("help") or {}).values()
        ),
        mark=texts("alert.mark"),
    )


def _only_checked(study: PatientStudy) -> PatientStudy:
    def checked(facts: Iterable[tuple[str, Fact]]) -> dict[str, Fact]:
        return {name: fact for name, fact in facts if fact.checked}

    return replace(study, facts=checked(study.facts.items()), outcomes=checked(study.outcomes.items()))


def _title(study: PatientStudy, texts: Texts, variant: str) -> str:
    design = variant if variant == "off_topic" else design_of(study)
    title = texts(f"title.{design}")
    return sentence(texts("title.with_year", title=title, year=study.year) if study.year else title)


def _alerts(study: PatientStudy, texts: Texts, variant: str, marked: bool, left_out: bool) -> Iterator[str]:
    """What a reader must know before anything else."""
    if study.status in {"retracted", "withdrawn", "missing", "concern", "corrected", "notice"}:
        yield texts(f"alert.{study.status}")
    if variant == "retracted":
        yield texts(f"alert.{study.status}_why")
    elif variant == "notice" and study.status != "notice":
        yield texts("alert.notice")
    elif variant == "off_topic":
        yield texts("alert.off_topic")
    if marked:
        yield texts("alert.unchecked")
    if left_out:
        yield texts("alert.left_out")


def _sections(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Section]:
    yield _section(texts, "short", _short(study, texts, variant))
    yield _section(texts, "studied", studied.kind(study, texts, variant))
    if variant not in {"notice", "off_topic"}:
        yield _section(texts, "people", studied.people(study, texts, variant), variant)
    if variant in {"people", "case", "protocol", "animals"}:
        yield _section(texts, "given", studied.given(study, texts, variant), variant)
    if variant == "protocol":
        yield _section(texts, "planned", results.planned(study, texts))
    elif tells_results(variant):
        yield _found(study, texts, variant)
    yield _section(texts, "sure", _sure(study, texts, variant))
    yield _section(texts, "not_told", [Statement(texts(f"not_told.{_not_told(study, variant)}"))])
    yield _section(texts, "safety", _safety(texts))
    yield _section(texts, "checked", _checked(study, texts))
    yield _section(texts, "ask", [Statement(texts("ask.advice"))])


def _section(texts: Texts, name: str, statements: Iterable[Statement], variant: str = "") -> Section:
    """The section under its heading; some kinds of paper (`variant`) ask the question in another way."""
    heading = texts.maybe(f"heading.{name}_{variant}") or texts(f"heading.{name}")
    blocks = tuple(Block(replace(statement, text=sentence(statement.text))) for statement in statements)
    return Section(name, heading, blocks)


def _short(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    if tells_results(variant):
        yield from results.overall(study, texts, variant)
        yield from results.in_numbers(study, texts)


def _found(study: PatientStudy, texts: Texts, variant: str) -> Section:
    found = tuple(
        replace(finding, statement=replace(finding.statement, text=sentence(finding.statement.text)))
        for finding in results.findings(study, texts, variant)
    )
    notes = list(results.basis(study, texts, variant)) if found else []
    if not found and not any(_short(study, texts, variant)):
        is_review = results.wording_of_results(variant) == "review"
        notes = [Statement(texts("found.nothing_review" if is_review else "found.nothing"))]
    hopeful = study.facts.get("claims_more")
    if hopeful and hopeful.value is True and hopeful.checked:
        # Only a person may say so: the classifier's figures for this label are not proven.
        notes.append(Statement(texts("found.more_hopeful")))
    return replace(_section(texts, "found", notes), findings=found)


def _sure(study: PatientStudy, texts: Texts, variant: str) -> Iterator[Statement]:
    if variant in {"retracted", "off_topic"}:
        yield Statement(texts(f"sure.{variant}"))
        return
    yield Statement(texts(f"sure.{design_of(study)}"), study.status == "notice" or study.is_checked("study_design"))
    count = study.value("n_participants")
    if variant == "people" and isinstance(count, int) and 0 < count < results.SMALL:
        yield Statement(texts("sure.small"), study.is_checked("n_participants"))


def _not_told(study: PatientStudy, variant: str) -> str:
    if variant == "people" and study.value("study_design") == "observational":
        return "observational"
    same = {"case": "case_report", "animals": "preclinical", "other": "opinion", "unknown": "opinion"}
    return same.get(variant, variant)


def _safety(texts: Texts) -> Iterator[Statement]:
    yield Statement(texts("safety.unproven"))
    for note in texts.get("safety.notes") or ():
        yield Statement(texts.fill(note))


def _checked(study: PatientStudy, texts: Texts) -> Iterator[Statement]:
    looked = texts.day(study.looked_on)
    yield Statement(texts("checked.label", date=looked) if looked else texts("checked.label_never"))
    checked = any(fact.checked for fact in (*study.facts.values(), *study.outcomes.values()))
    yield Statement(texts("checked.by_person" if checked else "checked.by_machine"))
