"""What arms a comparison has besides the drug's own: add-ons to it in every arm, partners, and further drugs.

Where these make it unclear what the drug was compared with, a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from classify.comparator_names import COMPARATORS, INERT, held
from classify.document import Document
from classify.phrases import holds

#: Every arm has the drug, and the placebo (or saline) stands for what is added to it.
_EVERY_ARM = re.compile(
    r"(?:riluzole|lamotrigine|naltrexone|cbd|cannabidiol|org [0-9]+|lithium|lorazepam|d-cycloserine|rapamycin|pretreatment)\)? (?:\([^)]*\) )?(?:\w+ )?(?:or|versus|vs\.?|and) (?:oral |matching )?placebo"
    r"|placebo pre-?treatment|preceded by (?:\w+ ){0,4}\([^)]*\) or placebo|placebo tablet"
    # "placebo or naltrexone before an infusion of ketamine"
    r"|\bplacebo\b[^.;]{0,70}\b(?:before|prior to|preceding|hours? (?:before|prior)|followed by)\b[^.;]{0,50}ketamine"
    r"|\b(?:before|prior to) (?:each |an? |the )?(?:[\w-]+ ){0,4}?ketamine[^.;]{0,60}\bplacebo"
    # "ketamine plus placebo", where others have ketamine plus something
    r"|ketamine (?:infusion )?(?:\+|plus) (?:oral |intramuscular )?(?:placebo|saline)|(?:placebo|saline) ?(?:\+|plus) (?:iv )?ketamine"
    # "who responded to ketamine were randomised to … or placebo"
    r"|respond(?:ed|ers|ed initially)? to (?:[\w-]+ ){0,3}ketamine[^.;]{0,220}(?:randomi[sz]ed|allocated|assigned)"
    r"|following ketamine[^.;]{0,30}(?:randomi[sz]ed|relapse)"
)
#: A title on what another drug does to this one's effect.
_EFFECT_OF_ANOTHER = re.compile(
    r"\b(?:attenuat|modulat|block|potentiat|prolong|tripl|revers|prevent|influenc|interact|mediat|maint|role of)\w*\b.*"
    r"\b(?:effects?|response\w*|symptoms|rate)\b.*\b(?:of|to|by|following|induced by) (?:[\w-]+ ){0,3}?(?:es)?ketamine.*\bby\b"
    r"|\b(?:pre-?treatment|pre-?medication)\b.*ketamine|\b(?:continuation|maintenance|relapse prevention|maintain\w*)\b.*\b(?:following|after|to) (?:[\w-]+ ){0,5}ketamine|\b(?:during|responses? (?:during|to)) ketamine an[a]?esthesia"
    r"|\b(?:attenuation|prevention|reversal|modulation|potentiation|blockade) of (?:[\w-]+ )?(?:es)?ketamine[- ]induced"
    r"|\brole of\b.*\binduced by\b|\btriples\b"
)


def every_arm_has_it(document: Document) -> bool:
    """Whether what is compared is something else than the drug: an add-on, or a partner. Asked once per record."""
    found: bool | None = document.noted.get(("every arm", -1))
    if found is None:
        found = bool(_EFFECT_OF_ANOTHER.search(document.title)) or (
            holds(document.text, ("placebo", "saline", "respond", "following", "sthesia"))
            and _EVERY_ARM.search(document.text) is not None
        )
        document.noted["every arm", -1] = found
    return found


#: What the drug is given together with, in so many words.
_TOGETHER = (
    r"ketamine(?: hydrochloride)?(?: \([^)]*\)| [\d.]+ ?mg(?:/kg)?)?(?: ?(?:\+|plus|combined with|mixed with) ?| with )(?:[\d.]+ ?mg(?:/kg)? )?{name}"
    r"|{name}(?: \([^)]*\)| [\d.]+ ?[mμ]g(?:/kg)?)? ?(?:\+|/|-|plus|combined with) ?(?:[\d.]+ ?mg(?:/kg)? )?(?:es|s-)?ketamine"
    r"|(?:after|during|under|before) {name}|{name}[- ](?:induced|based)"
    r"|co-?administration of[^.;]{{0,30}}{name}[^.;]{{0,12}} with ketamine|added to (?:[\w./()-]+ ){{0,6}}?{name}"
    r"|{name} (?:was|were) (?:given|administered|used) (?:to|in) (?:all|both)"
)


def is_added(document: Document, name: str) -> bool:
    """Whether the text says that it was given with the drug: "ketamine plus midazolam", "added to midazolam"."""
    if name in ("placebo", "electroconvulsive therapy"):
        return False
    pattern = _together(name)
    return bool(pattern.search(document.title) or pattern.search(document.text))


@cache
def _together(name: str) -> re.Pattern[str]:
    return re.compile(_TOGETHER.format(name=re.escape(name)))


#: "Effects of ketamine and risperidone on …", "fentanyl's effects potentiated by ketamine".
_PARTNER = r"(?:ketamine(?:,| and|, and| versus| vs) (?:[\w-]+ ){{0,2}}?(?:{0})|(?:{0})(?:,|,? and|,? versus|,? vs|\b.{{0,20}} by) (?:[\w-]+ )?[\w-]*ketamine)"


_MANY = re.compile(r"\bdifferent (?:an[a]?esthetics|drugs|agents|treatments)|\bnetwork meta-analysis")


def names_another(document: Document, found: Collection[str]) -> bool:
    """Whether the title sets the drug beside another, of which the text does not tell whether it is an arm."""
    title = document.title
    if _MANY.search(title):
        return True
    for index in held(title):
        name, pattern = COMPARATORS[index]
        if name not in (*INERT, *found, "electroconvulsive therapy") and re.search(_PARTNER.format(pattern), title):
            return True
    return False


#: What tells of an arm: "tramadol group", "group P: propofol", "or dexmedetomidine 1 μg/kg".
_ARM = r"(?:{0}) (?:\(\w+\) )?(?:groups?|arms?)\b|groups? \(?\w{{1,3}}\)?[:,(]? ?\(?(?:{0})\b|\b(?:or|versus|vs\.?) (?:{0}) \(?[0-9.]"


def has_another_arm(document: Document, found: Collection[str]) -> bool:
    """Whether the text tells of an arm with another drug than those found."""
    for index in held(document.text):
        name, pattern = COMPARATORS[index]
        if name in found or name in INERT or name in ("usual care", "electroconvulsive therapy"):
            continue
        if re.search(_ARM.format(pattern), document.text):
            return True
    return False
