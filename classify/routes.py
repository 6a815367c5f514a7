"""The way the studied drug was given (labels guideline, part 5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from classify.document import Document
from classify.dosing import INERT, OTHER_DRUG, belongs, drug_places, other_places, own_doses
from classify.people import Fact
from classify.phrases import holds
from classify.sentences import Sentence

_ROUTES = (
    (
        "intravenous",
        r"\bintravenous(?:ly)?\b|\bi\.\s?v\.|(?<!dsm-)(?<!dsm )(?<!phase )(?<!type )(?<!stage )\biv\b(?!\)? (?:criteria|axis|trial|study|text|diagnos))",
    ),
    ("intramuscular", r"\bintramuscular(?:ly)?\b|\bi\.\s?m\.|\bim\b"),
    ("intranasal", r"\bintranasal(?:ly)?\b|\bnasal(?:ly)?\b|\bnasal spray"),
    ("oral", r"\boral(?:ly)?\b|\btablets?\b|\bper os\b|\bby mouth\b|\bp\.o\."),
    ("sublingual", r"\bsublingual(?:ly)?\b|\bwafer\b"),
    ("subcutaneous", r"\bsubcutaneous(?:ly)?\b|\bs\.\s?c\.|\bsc\b"),
    ("intraperitoneal", r"\bintraperitoneal(?:ly)?\b|\bi\.\s?p\.|\bip\b"),
    ("rectal", r"\brectal(?:ly)?\b|\bper rectum\b"),
    ("intrathecal", r"\bintrathecal(?:ly)?\b"),
    ("other", r"\bepidural(?:ly)?\b|\bcaudal(?:ly)?\b|\bintra-?articular(?:ly)?\b|\btopical(?:ly)?\b"),
)
#: "Plus an oral antidepressant": another drug's way.
_NOT_ITS_WAY = re.compile(
    r"^ (?:[\w-]+ ){0,1}?(?:antidepressants?|ads?\b|medications?|placebo|midazolam|antipsychotics?|comparator|intake|fluids?|hydration|an[a]?esth\w+|blocks?\b|analges\w+|tubes?)"
)
_ROUTE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ROUTES))
#: Pieces of text of which a route's pattern needs one; the two-letter forms are asked for apart.
_ROUTE_PARTS = {
    "intravenous": ("intravenous",),
    "intramuscular": ("intramuscular",),
    "intranasal": ("nasal",),
    "oral": ("oral", "tablet", "per os", "by mouth", "p.o."),
    "sublingual": ("sublingual", "wafer"),
    "subcutaneous": ("subcutaneous",),
    "intraperitoneal": ("intraperitoneal",),
    "rectal": ("rect",),
    "intrathecal": ("intrathecal",),
    "other": ("epidural", "caudal", "articular", "topical"),
}
_SHORT_ROUTE = re.compile(r"\b(?:i(?:\.\s?[vmp]\.|[vmp]\b)|s(?:\.\s?c\.|c\b))")


@cache
def _route_pattern(names: tuple[str, ...], *, short: bool) -> re.Pattern[str]:
    """The pattern of the routes that a text can hold at all: the fewer, the faster."""
    return _ROUTE if short else re.compile("|".join(f"(?P<{name}>{p})" for name, p in _ROUTES if name in names))


_INFUSION = re.compile(r"\binfus\w+")
_PER_KG = re.compile(r"mg\s?(?:/|per|·|⋅|\.)\s?kg|mg kg")


def read_route(document: Document, study_design: str) -> Fact | None:
    """How the drug was given. An infusion dosed by body weight is intravenous (labels guideline)."""
    titled = _title_routes(document)
    if study_design in ("narrative_review", "systematic_review", "meta_analysis", "guideline", "commentary"):
        found = titled
    else:
        found = titled or _text_routes(document)  # a title names the way that was studied; texts compare it with others
    if titled and "intravenous" not in titled and "infus" in document.title:
        # "Infusions of ketamine versus intranasal esketamine": both ways, if the text names the other.
        found = {**titled, **{way: at for way, at in _text_routes(document).items() if way == "intravenous"}}
        if len(found) == len(titled):
            return None
    if not found:
        return _infused(document) if study_design not in ("narrative_review", "systematic_review") else None
    names = [name for name, _ in _ROUTES if name in found]
    # "She said that oral ketamine …" in a report of infusions: which of the two was studied is not told.
    if names == ["oral"] and re.search(r"ketamine infusion", document.text):
        return None
    start, end, in_title = found[names[0]]
    return Fact("; ".join(names), start, end, 0.92, in_title)


def _title_routes(document: Document) -> dict[str, tuple[int, int, bool]]:
    title = document.title
    matches = [match for match in _ROUTE.finditer(title) if match.lastgroup] if document.in_title.exposures else []
    if not matches:
        return {}
    mentions = [(hit.start, hit.end) for hit in document.in_title.exposures]
    others = [match.span() for match in OTHER_DRUG.finditer(title) if not INERT.search(match[0])]
    own = [
        match
        for match in matches
        if not _NOT_ITS_WAY.match(title[match.end() : match.end() + 40])
        and belongs(title, match.span(), mentions, others, alone=False)
    ]
    own += _joined_ways(title, matches, own)
    return {str(match.lastgroup): (*match.span(), True) for match in own}


#: "Intravenous or subcutaneous ketamine", "oral and intravenous ketamine".
_JOINT = re.compile(
    r"^(?: ?\(i[vmn]\))?(?: (?:es)?ketamine)?(?:,|,? ?/| and| or|, (?:and|or)| versus| vs\.?)(?: repeated)? $"
)


def _joined_ways(text: str, matches: Sequence[re.Match[str]], own: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The ways that are named in one breath with one of the drug's own."""
    joined: list[re.Match[str]] = []
    for match, following in reversed(list(pairwise(matches))):
        if (
            (following in own or following in joined)
            and match not in own
            and _JOINT.match(text[match.end() : following.start()])
        ):
            joined.append(match)
    return joined


def _text_routes(document: Document) -> dict[str, tuple[int, int, bool]]:
    found: dict[str, tuple[int, int, bool]] = {}
    parts = [part for listed in _ROUTE_PARTS.values() for part in listed if part in document.text]
    short = _SHORT_ROUTE.search(document.text) is not None
    if not (parts or short):
        return found
    names = tuple(name for name, listed in _ROUTE_PARTS.items() if any(part in parts for part in listed))
    pattern = _route_pattern(names, short=short)
    for sentence in document.own_sentences:
        words = document.text[sentence.start : sentence.end]
        if not (holds(words, parts) or (short and _SHORT_ROUTE.search(words))):
            continue
        mentions = drug_places(document, sentence)
        matches = [match for match in pattern.finditer(document.text, sentence.start, sentence.end) if match.lastgroup]
        own = [match for match in matches if _is_route(document, sentence, match, mentions)]
        for match in own + _joined_ways(document.text, matches, own):
            found.setdefault(str(match.lastgroup), (*match.span(), False))
    return found


def _is_route(
    document: Document,
    sentence: Sentence,
    match: re.Match[str],
    mentions: Sequence[tuple[int, int]],
) -> bool:
    text, active = document.text, other_places(document, sentence, inert=False)
    if text.endswith("placebo ", 0, match.start()) or _NOT_ITS_WAY.match(text[match.end() : match.end() + 40]):
        return False
    if text[match.start() - 1 : match.end() + 1] == "(iv)" or re.search(
        r"analgesi|cannula|access|catheter", text[match.end() : match.end() + 14]
    ):
        return False
    given = document.studied and not active and bool(_GIVING.search(text, sentence.start, sentence.end))
    return belongs(text, match.span(), mentions, other_places(document, sentence), alone=given, active=active)


_GIVING = re.compile(r"\b(?:infusions?|injections?|administ\w+|doses?|dosing|route|(?:was|were) given)\b")


def _infused(document: Document) -> Fact | None:
    """An infusion of the drug in one sentence, a dose by body weight in that or another; or an infusion of the drug in so
    many words, where no other way is named."""
    dosed = any(
        _PER_KG.search(document.text, *match)
        for sentence in document.own_sentences
        for *match, _ in own_doses(document, sentence)
    )
    for sentence in document.own_sentences if dosed else ():
        infusion = _INFUSION.search(document.text, sentence.start, sentence.end)
        if infusion and belongs(
            document.text,
            infusion.span(),
            drug_places(document, sentence),
            other_places(document, sentence, inert=False),
            alone=True,
        ):
            return Fact("intravenous", *infusion.span(), 0.93)
    if holds(document.text, _OTHER_INFUSIONS) or holds(document.title, _OTHER_INFUSIONS):
        return None
    if match := _DRUG_INFUSION.search(document.title):
        return Fact("intravenous", *match.span(), 0.85, True)
    for sentence in document.own_sentences:
        if match := _DRUG_INFUSION.search(document.text, sentence.start, sentence.end):
            return Fact("intravenous", *match.span(), 0.85)
    return None


_OTHER_INFUSIONS = (
    "subcutaneous",
    "intrathecal",
    "epidural",
    "intranasal",
    "nasal",
    "intraperitoneal",
    "rats",
    "mice",
    "oral ketamine",
    "intramuscular",
)
_DRUG_INFUSION = re.compile(
    r"ketamine(?: hydrochloride)? (?:\([^)]*\) )?(?:or (?:\w+ ){1,2})?infusions?\b|\binfusions? of (?:[\w./()-]+ ){0,4}?(?:s-|es)?ketamine\b|ketamine (?:was|were|is|will be) (?:\w+ )?infused"
)
