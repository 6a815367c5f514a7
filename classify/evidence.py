"""Collects what a record's sentences state about each outcome domain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from classify import cues
from classify.document import Document
from classify.lexicon import Lexicon, TermHit
from classify.sentences import Sentence
from classify.statements import AGAINST, FAVOURS, NOT_REPORTED, Statement, clauses, read_clause

REVIEWS = frozenset({"meta_analysis", "systematic_review", "narrative_review", "guideline", "commentary"})
_FINDINGS = frozenset({"title", "results", "conclusions"})
_PLANNED = frozenset({"objective", "methods", "measures", "results", "conclusions"})
_POPULATION = re.compile(
    r"\b(?:patients?|subjects?|individuals?|people|adults?|participants|women|men|inpatients|outpatients|persons?|volunteers|adolescents"
    r"|veterans|those|diagnos\w+|symptoms criteria) (?:\w+ )?(?:with|suffering from|of|for|meeting criteria for) (?:[\w/+'-]+ ){0,4}$"
)
_PRIMARY = re.compile(
    r"\b(?:co-?)?primary\b(?: \w+){0,2}? (?:outcomes?|end ?points?|measures?|objective|efficacy|hypothesis|aim|result)|\bprimary outcome\b|\bco-?primary\b"
)
_SECONDARY = re.compile(r"\bsecondary\b|\bexploratory\b|\btertiary\b")
_PLANS = re.compile(
    r"outcome|measur|assess|evaluat|end ?point|record|scale|questionnaire|inventory|score|interview|monitor|test|acquired|ascertain|imaging|determin|profile|explor|investigat"
)
_EXCLUSION = re.compile(
    r"\bexclu(?:ded|sion)|\binclusion criteria|\bunable to\b|\bineligible|\beligib|\bwith a history of|\ballerg"
)
_ADVERSE = re.compile(r"adverse|side[ -]effect")
_SCALE = re.compile(r"scale|cadss|bprs|score|panss|questionnaire")
#: Drugs whose own effect is not the studied drug's, where the sentence names no other.
_OTHER_SUBJECT = re.compile(
    r"\b(?:lsd|psilocybin|mdma|ayahuasca|ibogaine|mescaline|dmt|imipramine|fluoxetine|dextromethorphan|dxm|memantine|riluzole|lamotrigine|cannabidiol|cbd|scopolamine|nitrous oxide"
    r"|org [0-9]+|naltrexone|gabapentin|topiramate|acamprosate|baclofen|disulfiram|esmethadone|d-cycloserine|tdcs|tms)\b"
)
_ADD_ON = re.compile(
    r"\b(riluzole|lamotrigine|naltrexone|cbd|cannabidiol|org [0-9]+|lithium|lorazepam)\b\)? (?:\([^)]*\) )?(?:\w+ )?(?:or|versus|vs\.?|and) (?:oral )?(?:matching )?placebo"
)
_BETWEEN_PEOPLE = re.compile(
    r"\b(?:than|compared (?:with|to)|versus|vs\.?)\s(?:the |in )?(?:\w+ ){0,2}?(?:subjects|those|individuals|patients|participants|females?|males?|women|men|healthy|hvs?|fhn|hv group|non-?responders|responders|non-?\w+)\b"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement with where it stands: its section, whether it is about the primary outcome, and whether its sentence
    names the studied drug. `sentence` is the index of its sentence, -1 in the title."""

    statement: Statement
    section: str
    sentence: int
    primary: bool = False
    exposed: bool = False
    contrast: bool = False


def find_evidence(document: Document, lexicon: Lexicon, study_design: str) -> dict[str, list[Evidence]]:
    """Every statement of the record on each outcome domain, in the order of the text, the title last."""
    if study_design == "protocol":
        found = _planned(document, lexicon)
    else:
        found = list(_stated(document, lexicon, study_design))
    by_domain: dict[str, list[Evidence]] = defaultdict(list)
    for item in found:
        by_domain[item.statement.domain].append(item)
    return by_domain


def _planned(document: Document, lexicon: Lexicon) -> list[Evidence]:
    """What a protocol will measure."""
    measures = any(sentence.section == "measures" for sentence in document.sentences)
    found = []
    for index, sentence in enumerate(document.sentences):
        words = document.text[sentence.start : sentence.end]
        if sentence.section not in _PLANNED or (_EXCLUSION.search(words) and sentence.section != "measures"):
            continue
        if sentence.section != "measures" and not (_PRIMARY.search(words) or (not measures and _PLANS.search(words))):
            continue
        primary = bool(_PRIMARY.search(words))
        for hit in outcome_hits(document, index):
            start, end = _piece(document.text, sentence, hit)
            found.append(
                Evidence(
                    Statement(hit.payload.id, NOT_REPORTED, start, end, "planned"), sentence.section, index, primary
                )
            )
    return found


def _piece(text: str, sentence: Sentence, hit: TermHit) -> tuple[int, int]:
    """The piece of a list that holds a term: between commas, semicolons or brackets."""
    start = max(
        (
            text.rfind(mark, sentence.start, hit.start) + len(mark)
            for mark in (", ", "; ", ": ", ". ")
            if mark in text[sentence.start : hit.start]
        ),
        default=sentence.start,
    )
    ends = [place for mark in (", ", "; ", ". ") if (place := text.find(mark, hit.end, sentence.end)) >= 0]
    return max(start, sentence.start), min(ends, default=sentence.end)


def _stated(document: Document, lexicon: Lexicon, study_design: str) -> Iterator[Evidence]:
    found_sections = {sentence.section for sentence in document.sentences} & _FINDINGS
    sections = _FINDINGS if found_sections else _FINDINGS | {"background", "objective", "methods", ""}
    named = _primary_words(document)
    add_on = _ADD_ON.search(document.text)
    for index, sentence in enumerate(document.sentences):
        if sentence.section in sections:
            yield from _of_sentence(document, index, lexicon, study_design, named, add_on[1] if add_on else "")
    if document.in_title.exposures:
        yield from _of_title(document, lexicon)


def _of_title(document: Document, lexicon: Lexicon) -> Iterator[Evidence]:
    """A title that asserts: "Ketamine rapidly relieves …". Titles of studies that only name the topic say nothing."""
    hits: dict[str, list[TermHit]] = defaultdict(list)
    for hit in document.in_title.outcomes:
        if not hit.payload.in_context:
            hits[hit.payload.id].append(hit)
    for found in hits.values():
        if _ASSERTS.search(document.title):
            statement = read_clause(document.title, 0, len(document.title), found, document.in_title.exposures)
            yield Evidence(_settled(statement, lexicon), "title", -1, exposed=True)


_ASSERTS = re.compile(
    r"\b(?:is|are|was|improves|reduces|relieves|increases|decreases|attenuates|produces|prevents|lacks?|does not|fails|induces|may increase|alters|blocks|reverses|prolongs|enhances)\b"
)


def _primary_words(document: Document) -> set[str]:
    """The words that name the primary outcome, by their first six letters; not the subject's ("alcohol relapse")."""
    words: set[str] = set()
    for index, sentence in enumerate(document.sentences):
        if sentence.section not in ("methods", "measures", "objective", "") or not _names_primary(document, sentence):
            continue
        for start, end in clauses(document.text, sentence.start, sentence.end):
            clause = document.text[start:end]
            if _PRIMARY.search(clause) and not _SECONDARY.search(clause):
                for hit in outcome_hits(document, index):
                    if start <= hit.start < end:
                        words |= _stems(document, hit)
    return words


def _stems(document: Document, hit: TermHit) -> set[str]:
    term = document.text[hit.start : hit.end]
    subjects = {document.text[subject.start : subject.end] for subject in document.in_text.subjects}
    return {word[:6] for word in re.findall(r"\w{5,}", term) if word not in subjects} or {term[:6]}


def _names_primary(document: Document, sentence: Sentence) -> bool:
    return document.text.find("primary", sentence.start, sentence.end) >= 0


def outcome_hits(document: Document, index: int) -> list[TermHit]:
    """The outcome terms of a sentence that count."""
    found = document.counted.get(index)
    if found is None:
        sentence = document.sentences[index]
        hits = document.outcomes(sentence)
        specific = {hit.payload.id for hit in hits if not hit.payload.in_context}
        near = {hit.payload.id for hit in document.contexts(sentence)}
        found = [hit for hit in hits if _counts(document, sentence, hit, hits, specific, near)]
        document.counted[index] = found
    return found


def _counts(
    document: Document, sentence: Sentence, hit: TermHit, hits: Sequence[TermHit], specific: set[str], near: set[str]
) -> bool:
    """Whether a term is an outcome here: not the patients' diagnosis, not one of a list of side effects, and beside its
    context where it needs one."""
    text = document.text
    if _POPULATION.search(text, max(sentence.start, hit.start - 70), hit.start):
        return False
    if hit.payload.id == "acute_experience" and _ADVERSE.search(text, sentence.start, sentence.end):
        return bool(_SCALE.search(text, max(sentence.start, hit.start - 60), min(sentence.end, hit.end + 40)))
    if not hit.payload.in_context:
        return True
    if hit.payload.id in near:
        return True
    titled = any(other.payload.id == hit.payload.id for other in document.in_title.contexts)
    if not titled or specific - {hit.payload.id, "safety"}:
        return False
    rivals = {other.payload.id for other in hits if other.start < hit.end and hit.start < other.end} - {hit.payload.id}
    return not rivals & near


def _of_sentence(
    document: Document, index: int, lexicon: Lexicon, study_design: str, named: set[str], add_on: str
) -> Iterator[Evidence]:
    text, sentence = document.text, document.sentences[index]
    hits = outcome_hits(document, index)
    exposures = document.exposures(sentence)
    review = study_design in REVIEWS
    if not hits or (review and not exposures and not document.in_title.exposures and sentence.section != "conclusions"):
        return
    said_primary = _names_primary(document, sentence) and bool(_PRIMARY.search(text, sentence.start, sentence.end))
    before: dict[str, list[TermHit]] = {}
    for start, end in clauses(text, sentence.start, sentence.end):
        by_domain: dict[str, list[TermHit]] = defaultdict(list)
        for hit in hits:
            if start <= hit.start < end:
                by_domain[hit.payload.id].append(hit)
        contrast = bool(cues.CONTRAST.match(text[start:end]))
        if not by_domain and contrast:
            by_domain.update(before)  # "though there was no difference at the end" speaks of what went before
        inside = [hit for hit in exposures if start <= hit.start < end]
        if not inside and _is_others(text[start:end]):
            continue
        for found in by_domain.values():
            statement = read_clause(text, start, end, found, inside)
            if statement.cue == "aim or hope":
                continue
            if _other_people(text[start:end]) or (add_on and add_on in text[start:end]):
                statement = replace(statement, direction=NOT_REPORTED, cue="other contrast")
            primary = said_primary or bool(named and any(_stems(document, hit) & named for hit in found))
            yield Evidence(_settled(statement, lexicon), sentence.section, index, primary, bool(exposures), contrast)
        before = dict(by_domain) or before


def _is_others(clause: str) -> bool:
    """Whether a clause without the studied drug is about another one."""
    return bool(_OTHER_SUBJECT.search(clause))


def _other_people(clause: str) -> bool:
    """Whether kinds of people are compared, not treatments: "greater in subjects with … than in those without"."""
    match = _BETWEEN_PEOPLE.search(clause)
    return (
        match is not None
        and not cues.COMPARATOR.search(clause, match.start())
        and "ketamin" not in clause[match.start() :]
    )


def _settled(statement: Statement, lexicon: Lexicon) -> Statement:
    """A change that is neither good nor bad for the patient has no direction."""
    if lexicon.domains[statement.domain].better_when == "unclear" and statement.direction in (FAVOURS, AGAINST):
        return replace(statement, direction=NOT_REPORTED)
    return statement
