"""Turns a sentence and the arms and outcome of a prompt into events: who, what, which way, how sure, in which order.

"Pain was lower with zelaxin than with placebo (2.1 vs 3.4, p = 0.02)" becomes OUT DOWN INT THAN CMP 2.1 THAN 3.4 PSIG.
P values, intervals and ratios are read as numbers; a size before a change ("greater reduction") becomes the change; better
and worse become more or less where the outcome's own words say which of them is good.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from classify.mentions import find_roles, mark_doses, read_parts

#: Two-sided 5 %.
SIGNIFICANCE = 0.05

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("NEG", re.compile(r"no|not|neither|nor|never|without|none|cannot|failed|lack|non|didn|didnt|absence|fail|unable")),
    (
        "SAME",
        re.compile(
            r"similar\w*|comparable|equivalent|equal\w*|same|unchanged|unaffected|nonsignificant\w*|insignificant\w*|ns|noninferior\w*"
            r"|indistinguishable|alike"
        ),
    ),
    ("THAN", re.compile(r"than|versus|vs|compared|comparison|relative|against|over|comparing")),
    ("BUT", re.compile(r"but|however|whereas|while|although|though|despite|nevertheless|yet|only")),
    ("SIG", re.compile(r"significan\w*")),
    (
        "UP",
        re.compile(
            r"increas\w*|higher|greater|more|longer|elevat\w*|enhanc\w*|larger|prolong\w*|rais\w*|augment\w*|rose|highest|greatest|exceed\w*"
            r"|heavier|later|faster|stronger|gain\w*|rise|rises|rising|upregulat\w*|accelerat\w*|heighten\w*|most|deeper|thicker|improve|taller"
            r"|older|bigger"
        ),
    ),
    (
        "DOWN",
        re.compile(
            r"decreas\w*|reduc\w*|lower\w*|fewer|less|shorter|declin\w*|attenuat\w*|diminish\w*|drop\w*|fell|suppress\w*|lowest|least|shorten\w*"
            r"|blunt\w*|abolish\w*|prevent\w*|inhibit\w*|smaller|minimi\w*|lessen\w*|slower|earlier|loss|fall|weaker|alleviat\w*|reliev\w*"
            r"|downregulat\w*|lesser|thinner|delay\w*|quicker"
        ),
    ),
    ("GOOD", re.compile(r"improv\w*|better|superior\w*|benefi\w*|effective\w*|efficac\w*|favou?r\w*|advantage\w*|success\w*|ameliorat\w*")),
    ("BAD", re.compile(r"worse\w*|deteriorat\w*|impair\w*|inferior\w*|poor\w*|harm\w*|aggravat\w*|exacerbat\w*|inadequate")),
    ("DIFF", re.compile(r"differ\w*|effects?|chang\w*|associat\w*|affect\w*|influenc\w*|impact\w*|interaction\w*|relationship")),
    ("RESP", re.compile(r"respectively")),
    ("AND", re.compile(r"and|or")),
    ("END", re.compile(r"[;.]")),
)  # fmt: skip
_TURNED = {"UP": "DOWN", "DOWN": "UP", "GOOD": "BAD", "BAD": "GOOD"}

#: Outcomes of which less is good for patients, and of which more is.
_LESS_IS_GOOD = re.compile(
    r"pain|symptom|depress|anxi|stress|mortal|death|adverse|side effect|nausea|vomit|complic|infect|bleed|blood loss|risk|error|cost"
    r"|time to (?:heal|recover|onset|first flatus|relief)|duration of (?:stay|surgery|operation|hosp)|length of stay|hospital|relapse|recurr"
    r"|fatigue|disab|severity|impair|incontinen|leak|ldl|triglycer|cholesterol|glucose|hba1c|homa|bmi|weight|fat|waist|pressure|crp"
    r"|inflam|il-|tnf|cortisol|fever|cough|dyspn|exacerb|hypotens|hypogly|fall|craving|smok|drink|alcohol|tumou?r|lesion|ulcer|swelling|o?edema"
    r"|scar|itch|prurit|insomnia|delirium|agitat|aggress|womac|panss|bprs|bdi|ham-?d|madrs|hads|vas|nrs|odi|updrs|ipss|adas|psychopath"
    r"|distress|dysfunction|burden|need for|require|consumption|headache|migraine|seizure|viral|resist|discontinu|withdraw|failure|reaction"
    r"|latency|rescue|wound|dehisc|malaria|parasit|ana?emia|deficien|loss"
)
_MORE_IS_GOOD = re.compile(
    r"surviv|quality of life|qol|function|cure|remission|respon|satisf|knowledge|adheren|complian|strength|perform|walk|balance|mobil|abstin"
    r"|success|heal|recover|effic|improve|hdl|ha?emoglobin|bone|density|fev|vital capacity|range of motion|flexion|memory|cognit|attention"
    r"|sleep quality|self-?esteem|confidence|skill|accura|pregnan|birth weight|ovul|immun|antibod|titer|seroconv|weight gain|growth|intake|accept"
    r"|attend|uptake|retention|reduction|relief|ejection|lvef|vo2|oxygen|saturation|visual acuity|sf-36|participation|tolera|well-?being|support"
    r"|coping|empower|absence|activity|exercise|steps|effective"
)

_N = r"\d*\.?\d+"
_NUMBER = r"[-+]?\d+(?:,\d{3})+(?:\.\d+)?|[-+]?\d*\.?\d+"
_TOKEN = re.compile(
    rf"\x01[a-z]+\x02|\x03[IC]|(?<![a-z\d])(?:{_NUMBER})(?![a-z\d])|[a-z]+(?:'[a-z]+)?|[;,.:()\[\]%=<>±/-]"
)
_RATIO_NAME = re.compile(r"\b(?:a?or|rr|a?hr|irr|odds|ratio|relative risk|hazard|risk)\b")
_RATIO = re.compile(
    r"\b(?:a?ors?|rrs?|a?hrs?|irr|odds ratios?|rate ratios?|risk ratios?|hazard ratios?|relative risks?|ratio)\b[^0-9\x01;]{0,30}?"
    r"(?P<value>\d*\.\d+|\d+(?:\.\d+)?)(?!\s?%)"
)
_INTERVAL = re.compile(
    r"(?:\bci\b|confidence intervals?\)?|95\s?%(?:\s?ci)?)[\]):;,=\s]*(?:was|of|from)?\s*[\[(]?\s*(?P<low>[-+]?\d*\.?\d+)\s?%?\s*(?:to|,|;|-|and)"
    r"\s*(?P<high>[-+]?\d*\.?\d+)"
)
_P_VALUE = re.compile(
    r"\bp(?:\s?-?\s?(?:values?|for\s\w+|adj|corr|trend|interaction|int))?\s*(?:was|is|of|were)?\s*(?P<sign><=|>=|[<>=])\s*"
    r"(?P<value>0?\.\s?\d+|0|1(?:\.0+)?)(?:\s?[x×]\s?10\s?-?\s?\d+)?"
)
_DIFFERENCE = re.compile(
    r"\b(?:difference|md|smd|wmd|change|effect|beta|b|reduction|increase)\b(?: (?!ci)[a-z]+){0,4}\s?[:=,(\[]?\s?(?:was|of|is)?\s?"
    r"(?P<value>[-+]\d*\.?\d+)"
)
#: Numbers that are no result of an arm: test statistics, spreads, ranges, counts behind a share, times, numbers of tables.
_ASIDE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (rf"\b(?:[ftzr]|chi-?square|[χη]p?2?)\s?(?:\(?[\d.,\s]{{1,14}}\)?)?\s?[=>]\s?-?{_N}", " "),
        (rf"(?:±|\+/-)\s*{_N}", ""),
        (rf"[\[(]\s*(?:range|iqr|sd|se|sem)?[,:=\s]*-?{_N}\s?%?\s?(?:-|to|,)\s?-?{_N}[^()\[\]]{{0,12}}[\])]", " "),
        (rf"\bsd\s?=?\s?{_N}", " "),
        (rf"({_N})\s?%\s?[\[(]\s?\d+\s?/\s?\d+\s?[\])]", r"\1 %"),
        (rf"\b\d+\s?/\s?\d+\s?[\[(]\s?({_N})\s?%\s?[\])]", r"\1 %"),
        (rf"(?<=\d)\s*\(\s*{_N}\s*\)", " "),
        (r"\b\d+\s*\(\s*(\d+(?:\.\d+)?)\s?%\s*\)", r"\1 %"),
        (r"\bn\s?=\s?\d+", " "),
        (rf"\b{_N}\s?-?\s?(?:mg|mug|ug|mcg|iu|weeks?|w|wk|months?|mo|h|hr|years?|y)\b(?!/| vs)", " "),
        (r"(?:table|fig(?:ure)?s?\.?|visit|phase|type|day|week|month|at)\s?\(?\d+[a-z]?\)?", " "),
    )
)
_SHARE = re.compile(r"\b(\d+)\s?/\s?(\d+)\b(?!\s?%)")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a text: what did the intervention do to the outcome, against the comparator?

    `context` (such as the abstract) is only asked what abbreviations stand for.
    """

    text: str
    intervention: str
    comparator: str
    outcome: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A mention, a word of change, comparison or negation, a test or a number (`value`); `place` is the token's."""

    kind: str
    place: int
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Contrast:
    """A read prompt. `words` is the text with the prompt's parts masked, `events` what matters of it, `good` which way
    the outcome is good by its own words (1 more, -1 less, 0 not told), `outcome_kinds` the kinds among these words."""

    words: tuple[str, ...]
    events: tuple[Event, ...]
    good: int
    outcome_kinds: frozenset[str]


def read_contrast(prompt: Prompt) -> Contrast:
    """The text as masked words and as events."""
    text, first, second, outcome, context = map(
        _clean, (prompt.text, prompt.intervention, prompt.comparator, prompt.outcome, prompt.context)
    )
    marked = _without_asides(mark_doses(_with_marks(text.lower()), first, second))
    tokens = _TOKEN.findall(marked)
    roles = find_roles(tokens, read_parts(text, first, second, outcome, context))
    good = polarity(outcome.lower())
    kinds = frozenset(kind for word in re.findall(r"[a-z]+", outcome.lower()) if (kind := kind_of(word)))
    return Contrast(_masked(tokens, roles), _settled(_events(tokens, roles), good), good, kinds)


def _clean(text: str) -> str:
    """One form for dashes, signs, spaces and decimal points; numbers in abstracts come in many."""
    text = unicodedata.normalize("NFKC", html.unescape(text))
    text = re.sub("[\u2010-\u2015\u2212]", "-", text)
    text = re.sub("[≤⩽]", "<=", re.sub("[≥⩾]", ">=", text))
    text = re.sub(r"(?<=\d)[·∙⋅](?=\d)", ".", text)
    text = re.sub(r"(?i)\bnon[- ](?=significant|inferior)", "non", text)
    return re.sub(r"\s+", " ", text.replace("vs.", "vs "))


def _with_marks(text: str) -> str:
    """Ratios, intervals, p values and signed differences replaced by what they say."""

    def interval(match: re.Match[str]) -> str:
        low, high = sorted((float(match["low"]), float(match["high"])))
        is_ratio = bool(_RATIO_NAME.search(text[max(0, match.start() - 60) : match.start()]))
        null = 1.0 if is_ratio else 0.0
        if low <= null <= high:
            return _mark("cins")
        return _mark(("ciup" if low > null else "cidn") if is_ratio or low < 0 else "cisig")

    def ratio(match: re.Match[str]) -> str:
        value = float(match["value"])
        size = "up" if value > 1 else "dn" if value < 1 else "eq"
        return match[0] if value > 60 else _before_value(match) + _mark(f"ratio{size}")

    def p_value(match: re.Match[str]) -> str:
        value = float(match["value"].replace(" ", ""))
        missed = value > SIGNIFICANCE or (match["sign"] in (">", ">=") and value >= SIGNIFICANCE)
        return _mark("pns" if missed else "psig")

    def difference(match: re.Match[str]) -> str:
        return _before_value(match) + _mark("diffup" if float(match["value"]) > 0 else "diffdn")

    text = _RATIO.sub(ratio, text)
    text = _P_VALUE.sub(p_value, _INTERVAL.sub(interval, text))
    return _DIFFERENCE.sub(difference, text)


def _mark(name: str) -> str:
    return f" \x01{name}\x02 "


def _before_value(match: re.Match[str]) -> str:
    return match[0][: match.start("value") - match.start()]


def _without_asides(text: str) -> str:
    for pattern, by in _ASIDE:
        text = pattern.sub(by, text)
    return _SHARE.sub(_as_share, text)


def _as_share(match: re.Match[str]) -> str:
    part, whole = int(match[1]), int(match[2])
    return f"{part / whole:.4f}" if 0 < part <= whole else " "


def polarity(outcome: str) -> int:
    """1 where more of the outcome is good for the patient, -1 where less is, 0 where its words don't tell.

    Where both kinds of words stand, the first decides: "pain relief" is about pain, "absence of pain" about its absence.
    """
    less, more = _LESS_IS_GOOD.search(outcome), _MORE_IS_GOOD.search(outcome)
    if less and more:
        return -1 if less.start() < more.start() else 1
    return -1 if less else 1 if more else 0


def kind_of(token: str) -> str | None:
    """What kind of event a token is; None for an ordinary word."""
    if token[0] == "\x01":
        return token[1:-1].upper()
    if token[0].isdigit() or (len(token) > 1 and token[0] in "+-."):
        return "NUM"
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(token)), None)


def _masked(tokens: Sequence[str], roles: Sequence[str | None]) -> tuple[str, ...]:
    """The words, with parts of the prompt, tests and numbers as signs; the same sign twice in a row counts once."""
    kept: list[str] = []
    for token, role in zip(tokens, roles, strict=True):
        is_sign = token[0] == "\x01" or kind_of(token) == "NUM"
        word = role or ((kind_of(token) or token) if is_sign else token)
        if word in "()[]%=<>±/-:" or (word == (kept[-1] if kept else "") and (role or is_sign)):
            continue
        kept.append(word)
    return tuple(kept)


def _events(tokens: Sequence[str], roles: Sequence[str | None]) -> list[Event]:
    found = []
    for place, (token, role) in enumerate(zip(tokens, roles, strict=True)):
        kind = role or kind_of(token)
        if kind:
            found.append(Event(kind, place, float(token.replace(",", "")) if kind == "NUM" else 0.0))
    return found


def _settled(events: Sequence[Event], good: int) -> tuple[Event, ...]:
    """Repeated events as one, "greater reduction" as a reduction, "better" as more or less of the outcome."""
    kept: list[Event] = []
    for event in events:
        last = kept[-1] if kept else Event("", -9)
        if last.kind in ("UP", "DOWN") and event.kind in _TURNED and event.place - last.place <= 3:
            kept[-1] = Event(_TURNED[event.kind] if last.kind == "DOWN" else event.kind, event.place)
        elif last.kind == event.kind != "NUM":
            kept[-1] = Event(last.kind, event.place)
        else:
            kept.append(event)
    if not good:
        return tuple(kept)
    meant = {"GOOD": "UP", "BAD": "DOWN"} if good > 0 else {"GOOD": "DOWN", "BAD": "UP"}
    return tuple(Event(meant.get(event.kind, event.kind), event.place, event.value) for event in kept)
