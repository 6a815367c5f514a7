"""Statements that set the drug's arm against another in so many words: "similar in both groups", "more often with ketamine
than with placebo".

Where a randomised trial or a meta-analysis says so, and nothing else that it says of the outcome differs, "no difference"
and harm can be shown: a page on what works must not hide them (docs/classifier-outcomes.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify import cues
from classify.arms import every_arm_has_it
from classify.comparator import read_comparator
from classify.document import Document, sentence_text
from classify.evidence import Evidence, outcome_hits
from classify.statements import AGAINST, NO_DIFFERENCE, NOT_REPORTED
from classify.sureness import partnered

#: The rule, as "Why this label?" names it.
PLAINLY = "the arms are compared in so many words"
#: Designs in which arms are alike but for what they are given.
_DESIGNS = frozenset({"randomised_trial", "meta_analysis"})

_ARMS = re.compile(
    r"\b(?:groups|arms|treatments|conditions|cohorts)\b|\b(?:between|inter)-?group\b|\bgroup differences?\b"
    r"|\b(?:than|versus|vs\.?|compared (?:with|to)|and|from|over|to|relative to|between|or|in) (?:[\w-]+ ){0,2}?"
    r"(?:placebo|saline|midazolam|controls?|comparators?|sham|usual care|ect|non-?ketamine|vehicle)\b"
)
#: What makes a comparison hold for a part only, before treatment, or for another question.
_BUT = re.compile(
    r"\b(?:although|however|but|while|whereas|despite|though|albeit|only|otherwise|not solely"
    r"|(?:before|prior to) \w+|pre-?operative\w*|demographic\w*|characteristics|main effect"
    r"|interactions?|tend\w*|trend\w*|baseline|subgroups?|(?:non-?)?responders|sites?|sex|age)\b"
)
_EXCEPT = re.compile(r"\b(?:except|exceptions?|other than|apart from)\b")
#: A difference after all, in the same breath as "no difference".
_DIFFERS = re.compile(
    r"(?<!no )(?<!not )(?<!statistically )\bsignificant(?:ly)? (?:\w+ )?"
    r"(?:increase|decrease|reduction|improvement|better|higher|lower|greater|fewer|shorter|longer)"
    r"|\b(?:was|were) (?:shorter|longer|higher|lower|greater|better|fewer)\b"
)
_HIGHER = re.compile(r"\b(?:higher|more|greater|increas\w+)\b")
#: Titles of other questions than "the drug or not": who responds and why, routes, doses, mixtures, what is added to it.
_OTHER_QUESTION = re.compile(
    r"predict|mediat|moderat|correlat|trajector|mechanis|relationship|family history|versus non|respon[ds]ers|genotype|polymorph"
    r"|\bcombin|\bmix(?:ed|ture)|add-?on|\bplus\b|pre-?medication|continuation|maintenance|\bwith (?:and|or) without\b"
    r"|(?:different|two|three|optimal|varying) (?:\w+ )?(?:dos|route)|\bdoses\b|dose-"
    r"|\b(?:gender|sex|age)\b|\b(?:younger|elderly and|anxious)\b|ketamine[- ](?:induced|sparing|related|requirement|consumption)"
)
#: "Effect of … on … after ketamine": what differs between the arms is not the drug.
_EFFECT_OF_ANOTHER = re.compile(
    r"^(?:(?!ketamine).)*\b(?:effects?|impact|influence|efficacy|addition|adding|role|prevention|treatment)\b"
    r"(?:(?!ketamine).)*\b(?:on|to|after|during|for|with|by)\b(?:(?!ketamine).)*ketamine"
)
_ROUTES = re.compile(
    r"\b(?:oral|intravenous|intramuscular|intranasal|sublingual|subcutaneous|epidural|rectal|nasal|infusion)\b"
)


def plain_comparison(document: Document, evidence: Sequence[Evidence], study_design: str) -> Evidence | None:
    """The statement on one outcome that compares the arms in so many words and finds no difference or, for safety, more
    harm, where all that is told of the outcome says the same; None where there is none."""
    told = [item for item in evidence if item.statement.direction != NOT_REPORTED]
    directions = {item.statement.direction for item in told}
    harm = directions == {AGAINST} and told[0].statement.domain == "safety"
    if study_design not in _DESIGNS or not (harm or directions == {NO_DIFFERENCE}):
        return None
    found = next((item for item in told if _compares(document, item)), None)
    if found is None or _asks_otherwise(document):
        return None
    # "No difference between the groups" does not tell what the groups had; "more with the drug than …" does.
    return found if harm or read_comparator(document, study_design) else None


def _asks_otherwise(document: Document) -> bool:
    """Whether the arms differ in something else than the drug."""
    title = document.title
    return (
        not document.in_title.exposures
        or any(hit.payload.id == "healthy_volunteers" for hit in document.in_title.facets)
        or _OTHER_QUESTION.search(title) is not None
        or _EFFECT_OF_ANOTHER.search(title) is not None
        or len(set(_ROUTES.findall(title))) > 1
        or partnered(document)
        or every_arm_has_it(document)
    )


def _compares(document: Document, item: Evidence) -> bool:
    """Whether a statement of the results or conclusions names arms, and the outcome by a word of its own."""
    if item.sentence < 0 or item.section not in ("results", "conclusions"):
        return False
    domain, start, end = item.statement.domain, item.statement.start, item.statement.end
    words = document.text[start:end]
    if not _ARMS.search(words) or _BUT.search(words) or _EXCEPT.search(sentence_text(document, item.sentence)):
        return False
    own = (hit for hit in outcome_hits(document, item.sentence) if start <= hit.start < end)
    if not any(hit.payload.id == domain and not hit.payload.in_context for hit in own):
        return False
    if item.statement.direction == NO_DIFFERENCE:
        return not _DIFFERS.search(words)
    named = any(start <= hit.start < end for hit in document.exposures(document.sentences[item.sentence]))
    return named and bool(_HIGHER.search(words) and cues.THAN.search(words))
