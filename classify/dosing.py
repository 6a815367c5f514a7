"""Dose of the studied drug (labels guideline, part 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from classify.document import Document
from classify.people import Fact
from classify.sentences import Sentence

_AMOUNT = r"(?:[0-9]+(?:[.,·][0-9]+)?|0/[0-9]+|\.[0-9]+)"
_PER_ONE = r"(?:\s?\(?[-−]\s?1(?:\s?\))?|⁻¹)"
_UNIT = (
    r"(?P<unit>(?:mg|µg|μg|mcg|ug|microg|micro g|micrograms?|γ|g)"
    rf"(?:\s?(?:/|\.|x|×|\*|per|·|⋅)?\s?(?:\(?kg\)?{_PER_ONE}?|kilogram)"
    rf"(?:\s?(?:/|per|·|x|×|\.)?\s?(?:hour|hr|h|minute|min|day)\b(?:{_PER_ONE})?\)?)?"
    rf"|\s?(?:/|per)\s?(?:day|d|hour|hr|h|minute|min)\b|\sday\b|\sh{_PER_ONE})?)"
)
#: "0.5 mg/kg", "0.5-1.0 mg/kg", "28 to 84 mg", and lists: "0.1, 0.2 and 0.5 mg/kg".
_DOSE = re.compile(
    rf"(?<![\w.,])(?<!= )(?<!=)(?<![±−/-])(?<!± )(?<!±\u2009)(?P<list>(?:{_AMOUNT}(?:\s?mg)?(?:,? (?:and|or) |, |(?<=[0-9][0-9])/(?=[0-9][0-9])))*)(?P<low>{_AMOUNT})(?:\s?(?:mg(?:/kg)?)?\s?(?:-|to|–)\s?(?P<high>{_AMOUNT}))?[\s-]?{_UNIT}(?![a-z]|\s?/\s?(?:week|kg))"
)
_CONCENTRATION = re.compile(r"\s?(?:/\s?(?:ml|l|dl)|per ml|ml\b)|\s?m\b")
#: Other drugs that carry doses in such studies; common endings catch most of the rest.
OTHER_DRUG = re.compile(
    r"\b(?!(?:es|ar|nor|s-|r-)?ketamine)(?:[a-z]{3,}(?:olam|azepam|azine|pine|setron|fentanil|fentanyl|barbital|trexone|azole|uzole|trigine|done|phine|xetine|pram"
    r"|pride|caine|curium|curonium|phylline|idine|amol|profen|olol|ipril|osin|omidate|exital|iopental|opentone|ofol|idol|apine|idone|flurane|statin|cybin|amide"
    r"|xine|traline|oxetine|pion|racetam|tinib|terol|nazole|cycline|mycin|tropine)|midazolam|propofol|morphine|(?:[a-z]+)?fentanyl|thiopent\w+|nesdonal|lanicemine|hyoscine|azd6765|[a-z]+tyline|[a-z]+choline|acetaminophen|placebo|saline|naltrexone|lsd|psilocybin|mdma|cbd|cannabidiol|riluzole|atropine|imipramine"
    r"|ethanol|alcohol|magnesium|lithium|aspirin|org \d+|xylazine|dexamethasone|clonidine|pethidine|meperidine|ondansetron|sufentanil|ly ?\d+|mk-?801|memantine"
    r"|dextromethorphan|d-cycloserine|scopolamine|nitrous oxide|naloxone|lorazepam|diazepam|r-?ro\b|vitamin c|oral antidepressant|amphetamine|nicotine|cocaine|heroin)\b"
)
_SPACES = re.compile(r"\s+")
#: Steps of a titration are no doses.
_STEP = re.compile(r"(?<!followed )\b(?:by|increments? of|steps of)\s$")
_BREAK = re.compile(r"[,;)]|\band\b|\bor\b|\bvs\b|\bversus\b|\bfollowed\b|\bplus\b|\bwith\b|\+")
_ENANTIOMER = re.compile(r"\([rs±+,/ -]+\)-?|\((?:iv|im|in|sc|ip|po)\)")
INERT = re.compile(r"placebo|saline|vehicle")


def drug_places(document: Document, sentence: Sentence) -> list[tuple[int, int]]:
    return [(hit.start, hit.end) for hit in document.exposures(sentence)]


def read_dose(document: Document, study_design: str) -> Fact | None:
    """The drug's doses as written, several joined by "; "."""
    doses: dict[str, None] = {}
    listed: set[str] = set()
    told = 0
    start = end = -1
    whole = study_design in ("narrative_review", "systematic_review", "meta_analysis") and not document.headed
    for sentence in document.sentences if whole else document.own_sentences:
        before = len(doses)
        for first, last, values in own_doses(document, sentence):
            doses.update(dict.fromkeys(values))
            listed.update(values if len(values) > 1 else ())
            if start < 0:
                start, end = first, last
        told += len(doses) > before
    kept = [
        dose
        for dose in doses
        if not (in_range(dose, doses) or (dose not in listed and _is_part(dose, doses)) or dose.startswith("0 "))
    ]
    return Fact("; ".join(kept), start, end, 0.9) if kept and not _is_scattered(kept, listed, told) else None


def _is_scattered(kept: Sequence[str], listed: set[str], told: int) -> bool:
    """Whether several doses stand in several sentences, in units that are no bolus and infusion, or are too many for arms
    that no list names: some may be another drug's, so a person decides."""
    units = {dose.partition(" ")[2] for dose in kept}
    alike = len(units) == 1 or (len(units) == 2 and all("kg" in unit for unit in units))
    return len(kept) > 1 and (told > 1 or not alike or (len(kept) > 3 and not listed.issuperset(kept)))


def in_range(dose: str, doses: Iterable[str]) -> bool:
    """Whether a dose lies within a range that is listed too: "28-84 mg" says "84 mg"."""
    amount, _, unit = dose.partition(" ")
    if not _PLAIN.fullmatch(amount):
        return False
    for other in doses:
        if other == dose:
            break  # a range that is told later does not take a dose of its own away: "0.63 mg/kg (0.3-2.98 mg/kg)"
        low, _, high = other.partition(" ")[0].partition("-")
        if high and other.endswith(f" {unit}") and float(low) <= float(amount) <= float(high):
            return True
    return False


def _is_part(dose: str, doses: Iterable[str]) -> bool:
    """Whether a dose is said twice: "120 mg/day" beside "120 mg", or a bolus and an infusion beside their sum."""
    amount, _, unit = dose.partition(" ")
    if unit.endswith("/day") and f"{amount} {unit.removesuffix('/day')}" in doses:
        return True
    same = [
        float(value)
        for other in doses
        if (value := other.removesuffix(f" {unit}")) != other and _PLAIN.fullmatch(value)
    ]
    if len(same) != 3 or not _PLAIN.fullmatch(amount):
        return False
    whole = max(same)
    return float(amount) < whole and abs(sum(same) - 2 * whole) < 1e-6


_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")


#: What every dose has: the quick question before the pattern.
_AMOUNT_SIGN = re.compile(r"[0-9]\s?(?:mg|µg|μg|mcg|ug|micro|γ|g)|[0-9]-mg")


def dose_mentions(
    document: Document, sentence: Sentence, mentions: Sequence[tuple[int, int]]
) -> Iterator[tuple[re.Match[str], list[str], list[str]]]:
    """Every dose in a sentence, its values, and what speaks against its being the drug's or being given."""
    text = document.text
    if not _AMOUNT_SIGN.search(text, sentence.start, sentence.end):
        return
    for match in _DOSE.finditer(text, sentence.start, sentence.end):
        signs = []
        if _CONCENTRATION.match(text, match.end()):
            signs.append("a concentration")
        if _STEP.search(text[max(0, match.start() - 14) : match.start()]):
            signs.append("a step")
        if _is_measured(text, match):
            signs.append("measured")
        if _is_of_another(text, match, mentions):
            signs.append("of another")
        yield match, _values(match), signs


def own_doses(document: Document, sentence: Sentence) -> Iterator[tuple[int, int, list[str]]]:
    text = document.text
    if not _AMOUNT_SIGN.search(text, sentence.start, sentence.end):
        return
    mentions, others = drug_places(document, sentence), other_places(document, sentence)
    for match in _DOSE.finditer(text, sentence.start, sentence.end):
        if _is_measured(text, match) or _is_of_another(text, match, mentions):
            continue
        if _CONCENTRATION.match(text, match.end()) or _STEP.search(text[max(0, match.start() - 14) : match.start()]):
            continue
        if belongs(text, match.span(), mentions, others, alone=document.studied):
            yield match.start(), match.end(), _values(match)


#: Amounts that were used up or measured, not given by plan: "399 µg [95 % CI …]", "mean doses were"; and what had no effect.
_MEASURED = re.compile(
    r"\bmean (?:total )?doses? (?:was|were|of)\b[^.;]{0,30}$|\b(?:consumption|requirements?|consumed)\b[^;]{0,120}$|\bbut not (?:[0-9., ]|or )*$|[0-9]\.\s$"
)
_INTERVAL = re.compile(r"^\s?[\[(]?\s?(?:95|vs\b|±)")


def _is_measured(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 140) : match.start()]
    if _MEASURED_ALWAYS.search(before):
        return True
    told = _MEASURED.search(before) or _INTERVAL.match(text[match.end() : match.end() + 8])
    return told is not None and "kg" not in match["unit"]


_MEASURED_ALWAYS = re.compile(r"\bmean doses? (?:was|were)\b[^.;]{0,30}$|\bbut not (?:[0-9., ]|or )*$|[0-9]\.\s$")
#: "30 µg/kg of MID": the drug that follows "of", by whatever name, unless it is the studied one or a body weight.
_OF = re.compile(
    r"\)?,? of (?:an? |intravenous |oral |iv |i\.v\. |im |subcutaneous |racemic |intranasal |the |study |drug |\(?[rs±+,/ -]+\)?-?)*(?!(?:\w+ )?(?:body|weight|ideal|actual|base|total|lean)\b)(?=[a-z(])"
)


def _is_of_another(text: str, match: re.Match[str], mentions: Sequence[tuple[int, int]]) -> bool:
    of = _OF.match(text, match.end())
    return of is not None and not any(0 <= start - of.end() <= 12 or start <= of.end() < end for start, end in mentions)


def named_drugs(document: Document, sentence: Sentence) -> list[tuple[int, int]]:
    """Where a sentence names other drugs in full."""
    found: list[tuple[int, int]] | None = document.noted.get(("named drugs", sentence.start))
    if found is None:
        found = [match.span() for match in OTHER_DRUG.finditer(document.text, sentence.start, sentence.end)]
        document.noted["named drugs", sentence.start] = found
    return found


def other_places(document: Document, sentence: Sentence, *, inert: bool = True) -> list[tuple[int, int]]:
    """Where a sentence names other drugs, placebo and saline among them if `inert`."""
    found: list[tuple[tuple[int, int], bool]] | None = document.noted.get(("other drugs", sentence.start))
    if found is None:
        text = document.text
        found = [(place, INERT.search(text, *place) is not None) for place in named_drugs(document, sentence)]
        for short in shortened(document):
            places = re.finditer(rf"(?<![\w-]){re.escape(short)}(?!\w)", document.record.abstract[: sentence.end])
            found += [(place.span(), False) for place in places if place.start() >= sentence.start]
        found.sort()
        document.noted["other drugs", sentence.start] = found
    return [span for span, is_inert in found if inert or not is_inert]


_SHORT = re.compile(r" ?(?:\w+ )?\((?P<short>[A-Z][A-Za-z0-9-]{1,6})(?=[;,)])")


def shortened(document: Document) -> set[str]:
    """The short names of other drugs: "D-cycloserine (DCS)"."""
    found: set[str] | None = document.noted.get(("short names", 0))
    if found is None:
        own = {document.record.abstract[hit.start : hit.end] for hit in document.in_text.exposures}
        matches = (_SHORT.match(document.record.abstract, drug.end()) for drug in OTHER_DRUG.finditer(document.text))
        found = {match["short"] for match in matches if match} - own - {"IV", "IM", "IN", "PO", "SC", "IP"}
        document.noted["short names", 0] = found
    return found


def belongs(
    text: str,
    place: tuple[int, int],
    mentions: Sequence[tuple[int, int]],
    others: Sequence[tuple[int, int]],
    *,
    alone: bool,
    active: Sequence[tuple[int, int]] | None = None,
) -> bool:
    """Whether what stands at `place` is the studied drug's: the drug named right after it, else the last before it.

    `alone` is the answer where the sentence names no drug before it; `active` are the drugs that may stand before,
    if not all of `others` may ("ketamine or placebo, given intravenously").
    """
    start, end = place
    owners = (
        [span for span in others if not INERT.search(text, *span) or start - span[1] <= 3] if active is None else active
    )
    before = [span for span in (*mentions, *owners) if span[1] <= start]
    if before and text[max(before)[1] : start].strip(" (") == "":  # "ketamine (0.5 mg/kg) or …"
        return max(before) in mentions
    after = [span for span in (*mentions, *others) if 0 <= span[0] - end <= 40]
    if after and not _BREAK.search(_ENANTIOMER.sub("", text[end : min(after)[0]]).removeprefix(")")):
        return min(after) in mentions
    if before:
        return max(before) in mentions
    return alone and not (mentions and others)


def _values(match: re.Match[str]) -> list[str]:
    unit = _unit(match["unit"])
    listed = [_amount(item) for item in re.findall(_AMOUNT, match["list"])]
    last = _amount(match["low"]) + (f"-{_amount(match['high'])}" if match["high"] else "")
    return [f"{amount} {unit}" for amount in (*listed, last)]


def _amount(text: str) -> str:
    # "0/5" is how some registries print a decimal; ".5" lacks its zero.
    text = text.replace(",", ".").replace("·", ".").replace("0/", "0.")
    return f"0{text}" if text.startswith(".") else text


def _unit(text: str) -> str:
    """The unit in one form: "mg.kg-1.h-1", "mg/(kg·h)" and "mg per kg per hour" are "mg/kg/h"."""
    unit = re.sub(_PER_ONE, "", _SPACES.sub("", text).replace("kilogram", "kg").replace("µ", "μ"))
    unit = re.sub(r"^(?:microg(?:rams?)?|γ)(?!r)", "μg", unit)
    unit = re.sub(r"[()./x×*·⋅]+|per", "/", unit).strip("/")
    return re.sub(
        r"(?<=g)/?(kg|day|d|h(?:ou)?r?|min(?:ute)?)\b",
        r"/\1",
        re.sub(r"kg/?(?=[hmd])", "kg/", re.sub(r"(?<=g)/?kg", "/kg", unit)),
    )
