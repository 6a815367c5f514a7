"""How sure a direction is: what speaks against taking the words at face value.

A wrong "works" is worse than a blank, so a benefit is shown only where nothing speaks against it: the sentence is not
hedged, concedes nothing, no other sentence on the same outcome says otherwise, and the conclusions say so.
Where there is no trained model these doubts decide alone. The chances are how often each kind was right on 812 readings,
with the classifier's own study design (docs/classifier-outcomes.md); cues were mended on errors there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.arms import every_arm_has_it
from classify.document import Document, sentence_text
from classify.evidence import Evidence
from classify.statements import AGAINST, FAVOURS, MIXED, NO_DIFFERENCE, NOT_REPORTED

#: A direction with a smaller chance is left to a person.
CERTAIN = 0.95
#: 95 of 100 benefits without a doubt were right, 308 of 450 with one.
UNDOUBTED = 0.95
#: 38 of 40 directions from plain comparisons were right on readings and gold, most of which taught the rule.
PLAIN = 0.95
CHANCE = {FAVOURS: 0.68, NO_DIFFERENCE: 0.45, MIXED: 0.24, AGAINST: 0.32, NOT_REPORTED: 0.51}
#: A plan reports no direction; what can be wrong is only which outcomes it plans to measure (119 of 132 right).
PLANNED = 0.9
#: A plan has no main result.
NO_RESULT_YET = 0.97
#: A record that does not seem to study the topic's drug makes no claim about it: 57 of 61 times, too few to be certain.
NO_CLAIM = 0.93

_HEDGES = re.compile(
    r"\b(?:may|might|could|can be|controvers\w+|hope\w*|promis\w+|suggest\w*|potential\w*|appear\w*|seem\w*|attribut\w+"
    r"|possib\w+|likely|further (?:research|stud\w+)|if|speculat\w+|hypothes\w+|warrant\w*|preliminary)\b"
)
_CONCESSIONS = re.compile(
    r"\b(?:although|however|but|while|whereas|despite|though|nevertheless|revert\w*|wan(?:e|ed|es|ing)|transient\w*"
    r"|not sustained|baseline)\b"
)
#: Both arms alike: a change that both had is no effect of the drug.
_ALIKE = re.compile(
    r"\b(?:in each|each group|both (?:groups|arms|conditions)|all groups|similar\w*|comparab\w+|equal\w*|responders|no (?:\w+ )?treatment)\b"
)
#: What is meant to be seen in the laboratory: a rise in these is no benefit.
_PROVOKED = re.compile(r"psychosis|psychotic|psychotomimetic|positive symptoms|negative symptoms|schizophreni")
#: A benefit is a change: a drug that is called an antidepressant in passing has changed nothing yet.
_CHANGE = re.compile(
    r"\b(?:improv|reduc|decreas|lower|fewer|less\b|greater|better|higher|increas|more\b|superior|attenuat|alleviat"
    r"|diminish|prevent|revers|declin|fell\b|dropp|remi(?:t|ss)|respon|abstinen|resol|effective|efficac|effect\b|effects\b"
    r"|safe|toler|no serious|suppress|extend|prolong|shorter|longer|block|normali[sz]|reinstat)\w*"
)
_SIGNS = (
    ("hedged", _HEDGES),
    ("concedes", _CONCESSIONS),
    ("both alike", _ALIKE),
    ("provoked, not treated", _PROVOKED),
)
#: Titles that announce harm or failure.
_HARM = re.compile(
    r"\b(?:worsen|exacerbat|increase in|leads? to|relapse after|abuse|misuse|toxic|adverse|failure|fails?\b|lack of|no effect"
    r"|without benefit|the way to go)\w*"
)
#: Titles of studies of what was written about the drug.
_LITERATURE = re.compile(r"\b(?:bibliometric|scientometric|citation analysis|research trends)\b")
#: Titles that set two treatments against each other; a placebo or its like is no treatment.
_AGAINST = re.compile(r"\b(?:versus|vs\.?|compar\w+|against)\b")
_INERT = re.compile(r"placebo|saline|midazolam|sham|control")
#: What stands in a title before the drug where something else is done to it, or beside it.
_PARTNER = re.compile(
    r"\b(?:augment|attenuat|enhanc|potentiat|supplement|inclusion|including|add(?:ed|ition|ing)\b|mix|combin|plus\b|prolong)\w*"
)
#: What stands before the drug where it is what something else is compared with.
_REFERENCE = re.compile(
    r"\b(?:than|compar\w+ (?:with|to)|versus|vs\.?|relative to|superior to|over) (?:[\w/.-]+ ){0,4}$"
)
#: Titles of studies of how it works or in whom: their main result is not whether it works.
_MECHANISM = re.compile(
    r"\b(?:brain|eeg|fmri|meg\b|magnetoenceph|electroenceph|biomarker|methylation|plasticity|connectivity|genet|polymorphism"
    r"|predict|mediat|moderat|correlat|mechanis|relationship|blinded remote|effect size|eye movement|imaging)\w*"
)


def doubts(document: Document, evidence: Sequence[Evidence], chosen: Evidence, *, weighed: bool = True) -> list[str]:
    """What speaks against the chosen statement, in words for "Why this label?"; empty where nothing does.

    Where no model weighs what was read (`weighed`), results and conclusions must both say so.
    """
    worded, changes = _wording(document, chosen.sentence)
    found = [
        *worded,
        *_of_title(document, "the title tells of harm", _HARM),
        *_of_title(document, "about what was written", _LITERATURE),
        *_of_rivals(document),
    ]
    if _is_reference(document, chosen.sentence):
        found.append("the drug is what another is compared with")
    if not chosen.exposed and not document.in_title.exposures:
        found.append("neither the sentence nor the title names the drug")
    if not chosen.statement.tested and not changes:
        found.append("no change is stated")
    if every_arm_has_it(document):
        found.append("every arm has the drug")
    directions = {item.statement.direction for item in evidence} - {NOT_REPORTED}
    if len(directions) > 1:
        found.append("another sentence says otherwise")
    sections = {item.section for item in evidence if item.statement.direction == chosen.statement.direction}
    if not weighed and not sections >= {"results", "conclusions"}:
        found.append("results and conclusions don't both say so")
    elif "conclusions" not in sections and not chosen.statement.own:
        found.append("the conclusions don't say so")
    return found


def doubts_of_main_result(document: Document) -> list[str]:
    """What speaks against taking an effect for the record's main result."""
    return _of_title(document, "a study of how or in whom", _MECHANISM)


def chance(direction: str, against: Sequence[str], study_design: str) -> float:
    """How often a direction given like this is right."""
    if direction == FAVOURS and not against:
        return UNDOUBTED
    if direction == NOT_REPORTED and study_design == "protocol":
        return PLANNED
    return CHANCE[direction]


def _wording(document: Document, index: int) -> tuple[list[str], bool]:
    """The doubts that a sentence's words raise, and whether it states a change."""
    found: tuple[list[str], bool] | None = document.noted.get(("doubts", index))
    if found is None:
        words = sentence_text(document, index)
        shown = document.record.title if index < 0 else words
        matches = [(kind, match) for kind, sign in _SIGNS if (match := sign.search(words))]
        signs = [f'{kind}: "{shown[match.start() : match.end()]}"' for kind, match in matches]
        document.noted["doubts", index] = found = signs, bool(_CHANGE.search(words))
    return found


def _of_rivals(document: Document) -> list[str]:
    """Whether the title sets the drug against another treatment, or is about what is added to it: who did better is easily
    taken for the other."""
    found = [] if _INERT.search(document.title) else _of_title(document, "against another treatment", _AGAINST)
    return [*found, *(["something else is done with the drug"] if partnered(document) else [])]


def partnered(document: Document) -> bool:
    """Whether the title is about what something else does to the drug or beside it: "added to", "potentiates"."""
    drug = document.in_title.exposures
    return bool(drug) and _PARTNER.search(document.title, 0, drug[0].start) is not None


def _is_reference(document: Document, index: int) -> bool:
    """Whether a sentence (-1: the title) names the drug as what something else is compared with."""
    if index < 0:
        text, start, exposures = document.title, 0, document.in_title.exposures
    else:
        sentence = document.sentences[index]
        text, start, exposures = document.text, sentence.start, document.exposures(sentence)
    return any(_REFERENCE.search(text[max(start, hit.start - 60) : hit.start]) for hit in exposures)


def _of_title(document: Document, kind: str, sign: re.Pattern[str]) -> list[str]:
    found: list[str] | None = document.noted.get((kind, -1))
    if found is None:
        match = sign.search(document.title)
        shown = document.record.title[match.start() : match.end()] if match else ""
        document.noted[kind, -1] = found = [f'{kind}: "{shown}"'] if match else []
    return found
