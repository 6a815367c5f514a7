"""Is a record about the topic? Rules over the topic file's terms, so that a new topic works untrained.

Two questions are asked of a record: what part does the exposure (the drug) play in it, and what part the subject (the
condition). Words in lists of drugs, exclusion criteria, scale names, solvents and reference lists count for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from classify.phrases import holds
from classify.sections import Sections
from db.records import Layer, Tag, TaggableRecord
from db.topic import Topic

#: Below this chance a relevance is left to a person.
THRESHOLD = 0.7


class Part(IntEnum):
    """The part that exposure or subject plays in a record, weakest first."""

    ABSENT = 0
    LISTED = 1  # one among many
    MENTIONED = 2
    STUDIED = 3  # in the title, the aim, or who took part


class Terms:
    """Some of the topic's words as one pattern, tried only where a text holds the letters of one of them."""

    def __init__(self, terms: Sequence[str]) -> None:
        self.pattern = _pattern(terms)
        self.stems = tuple(term.rstrip("*").lower() for term in terms)

    def search(self, text: str) -> re.Match[str] | None:
        # A plain look is much faster than the pattern. Dotless i and long s are i and s to a pattern without case.
        lowered = text.lower().replace("ı", "i").replace("ſ", "s")
        return self.pattern.search(text) if holds(lowered, self.stems) else None


@dataclass(frozen=True, slots=True)
class TopicTerms:
    """The topic's words. `wider` are the words of blocks that only the adjacent search line uses."""

    exposure: Terms
    subject: Terms
    wider: Terms


@dataclass(slots=True)
class _Mentions:
    part: Part = Part.ABSENT
    count: int = 0
    quote: str = ""
    cues: list[str] = field(default_factory=list)


_NEVER = re.compile(r"(?!x)x")
_SENTENCE = re.compile(r"[^.;?!\n]+(?:[.;?!](?!\s)[^.;?!\n]+)*[.;?!]?")
_LIST_WORDS = re.compile(
    r"\b(?:mdma|ecstasy|lsd|ghb|cocaine|amphetamines?|methamphetamine|heroin|cannabis|cannabinoids|marijuana|nicotine|tobacco|"
    r"inhalants|speed|crack|opioids|benzodiazepines|illicit|drugs)\b",
    re.IGNORECASE,
)
_EXCLUDED = re.compile(
    r"\bexclu\w+|\bno (?:lifetime |current |personal )?history of|\bfree (?:of|from)\b|\bwithout (?:a |any )?(?:history|current|comorbid|lifetime)"
    r"|\babsence of|\babstain from|\bcontraindicat|\bcurrent abuse of",
    re.IGNORECASE,
)
_SCALE_OR_SOLVENT = re.compile(
    r"\binvolvement screening|\bidentification test|\b(?:dissolved|diluted|extracted|vehicle)\b[^.]{0,40}|\bextracts?\b|\b\d+ ?% (?:vol )?(?:ethanol|alcohol)"
    r"|\bml of ethanol|\bet al\b|\bpolyvinyl|\bbenzyl alcohol|\balcohol (?:swab|wipe|dehydrogenase)",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(?:aims?|aimed|objectives?|purpose|sought|seeks?|hypothes\w+|investigat\w+|examin\w+|determine|explor\w+|evaluat\w+|assess\w*|test(?:s|ed)? whether|"
    r"this (?:\w+ )?(?:study|trial|review|report|paper|article)|we (?:report|review|describe|compare|test|study|studied|present)\w*|goal)\b",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\b(?:patients?|participants?|subjects?|individuals?|adults?|people|men|women|man|woman|volunteers|inpatients?|outpatients?|veterans?|persons?|"
    r"drinkers?|alcoholics?|rats?|mice|animals?|condition|inclusion|met|meet|meeting|recruited|enrolled|diagnos\w+|comorbid\w*|"
    r"family history)\b",
    re.IGNORECASE,
)
_OR_DRUGS = re.compile(r"\s?(?:/|or|and|,)\s?(?:other )?(?:substance|drug|illicit|tobacco)", re.IGNORECASE)
_HEADING = re.compile(r"^\s*[A-Z][A-Za-z ,&/]{3,40}:\s*")
_MISUSE = re.compile(
    r"\b(?:ketamine|drug)s?[- ](?:use disorder|abus|misus|depend|addict|users?\b|related)\w*|\brecreational|\bdetect(?:ed|ion)|\bpolydrug|\bpolysubstance"
    r"|\b(?:abus|misus)\w+ of\b|\babuse (?:liability|potential)|\baddictive",
    re.IGNORECASE,
)


def _pattern(terms: Sequence[str]) -> re.Pattern[str]:
    """One pattern for many terms. A trailing * stands for any ending; short capitals ("AUD") match as written."""
    if not terms:
        return _NEVER
    parts = []
    for term in terms:
        body = re.escape(term.rstrip("*")) + (r"\w*" if term.endswith("*") else r"(?!\w)")
        parts.append(body if term.isupper() else f"(?i:{body})")
    return re.compile(r"(?<![^\W_])(?:" + "|".join(parts) + ")")


@lru_cache(maxsize=8)
def _terms(
    exposure: tuple[str, ...], subject: tuple[str, ...], blocks: tuple[tuple[str, str], ...], main: str, adjacent: str
) -> TopicTerms:
    # Enantiomers are written "S-ketamine" or "(R,S)-ketamine": the hyphen ends a word, so plain terms find them.
    return TopicTerms(Terms(exposure), Terms(subject), Terms(_wider_terms(blocks, main, adjacent)))


def topic_terms(topic: Topic) -> TopicTerms:
    """The topic's patterns, compiled once."""
    search = topic.search
    blocks = tuple(search.blocks.items())
    return _terms(topic.exposure_terms, topic.subject_terms, blocks, search.main, search.adjacent)


def _wider_terms(blocks: Iterable[tuple[str, str]], main: str, adjacent: str) -> list[str]:
    named = [(re.compile(rf"\b{re.escape(name)}\b"), text) for name, text in blocks]
    text = " ".join(text for name, text in named if name.search(adjacent) and not name.search(main))
    return [(quoted or bare) for quoted, bare in re.findall(r'(?:"([^"]+)"|([\w*-]+))\[tiab\]', text)]


def read_relevance(record: TaggableRecord, sections: Sections, topic: Topic) -> Tag:
    """The relevance tag with the sentence that decided it. Needs no training and no network."""
    terms = topic_terms(topic)
    exposure = _exposure(record, sections, terms)
    if exposure.part is Part.ABSENT:
        return _tag("off_topic", 0.99, exposure, [f"no word for {topic.name.split(' for ')[0].lower()}"])
    subject = _subject(sections, terms.subject)
    wider = _subject(sections, terms.wider)
    return _decide(exposure, subject, wider, sections, terms)


def _tag(value: str, chance: float, rests_on: _Mentions, cues: list[str]) -> Tag:
    unsure = chance < THRESHOLD
    return Tag("relevance", value, chance, Layer.RULES, abstained=unsure, quote=rests_on.quote, why={"cues": cues})


def _decide(exposure: _Mentions, subject: _Mentions, wider: _Mentions, sections: Sections, terms: TopicTerms) -> Tag:
    cues = [*exposure.cues, *subject.cues]
    together = _share_a_sentence(sections, terms)
    if subject.part is Part.STUDIED and exposure.part >= Part.MENTIONED:
        if exposure.part is Part.STUDIED or "title" in " ".join(subject.cues) or together:
            chance = 0.95 if exposure.part is Part.STUDIED else 0.85
            return _tag("core", chance, subject, cues)
        return _tag("related", 0.5, subject, cues)
    if exposure.part is Part.LISTED:
        if subject.part is Part.STUDIED and exposure.count > 1 and "title" in " ".join(subject.cues):
            return _tag("core", 0.6, subject, cues)
        return _tag("off_topic", 0.9, exposure, cues)
    if exposure.part is Part.STUDIED and subject.part is Part.MENTIONED:
        return _tag("related", 0.75, subject, cues)
    if exposure.part is Part.STUDIED and wider.part >= Part.MENTIONED:
        # The drug's own misuse is no treatment question.
        if _MISUSE.search(sections.title) or (wider.part is not Part.STUDIED and _MISUSE.search(wider.quote)):
            return _tag("off_topic", 0.75, wider, [*exposure.cues, *wider.cues, "the drug's own misuse"])
        return _tag("related", 0.8 if wider.part is Part.STUDIED else 0.6, wider, [*exposure.cues, *wider.cues])
    if together:
        return _tag("related", 0.5, subject, cues)
    return _tag("off_topic", 0.93, exposure, cues)


def _exposure(record: TaggableRecord, sections: Sections, terms: TopicTerms) -> _Mentions:
    found = _Mentions()
    if match := terms.exposure.search(sections.title):
        listed = _listed(sections.title, match, 60)
        return _Mentions(Part.LISTED if listed else Part.STUDIED, 2, sections.title, [f"{match[0]} in the title"])
    alone = 0
    # Most records of a large file never name the drug.
    body = sections.body if holds(sections.body.lower(), terms.exposure.stems) else ""
    for match in terms.exposure.pattern.finditer(body):
        found.count += 1
        found.quote = found.quote or _sentence_at(sections.body, match)
        alone += not _listed(sections.body, match, 45)
    if found.count:
        found.part = Part.STUDIED if alone >= 3 else Part.MENTIONED if alone else Part.LISTED
        found.cues.append(f"drug named {found.count} times in the abstract")
    elif terms.exposure.search("\n".join(record.mesh)):
        found.part, found.cues = Part.MENTIONED, ["drug among the MeSH headings"]
    return found


def _listed(text: str, match: re.Match[str], width: int) -> bool:
    around = text[max(0, match.start() - width) : match.start()] + " " + text[match.end() : match.end() + width]
    return len(_LIST_WORDS.findall(around)) >= 2


def _subject(sections: Sections, terms: Terms) -> _Mentions:
    if (match := terms.search(sections.title)) and not _SCALE_OR_SOLVENT.search(sections.title):
        return _Mentions(Part.STUDIED, 1, sections.title, [f"{match[0]} in the title"])
    found = _Mentions()
    if not terms.search(sections.body):
        return found
    late = sections.results + " " + sections.conclusion
    for sentence in _sentences(sections.body):
        match = terms.search(sentence)
        if not match or _passing(sentence, match, sections.body):
            continue
        found.count += 1
        studied = _states_study(sentence, match) and _HEADING.sub("", sentence).strip() not in late
        part = Part.STUDIED if studied else Part.MENTIONED
        if part > found.part:
            found.part, found.quote = part, sentence.strip()
            found.cues = [f"{match[0]} {'in the aim or the people studied' if part is Part.STUDIED else 'in the text'}"]
    return found


def _passing(sentence: str, match: re.Match[str], body: str) -> bool:
    """True for exclusion criteria, scale names, solvents, reference lists and lists of drugs."""
    near = sentence[max(0, match.start() - 60) : match.end() + 60]
    place = body.find(sentence)
    before = body[max(0, place - 700) : place].lower()
    in_criteria = (
        "exclusion criteria" in before and "inclusion criteria" not in before[before.rfind("exclusion criteria") :]
    )
    listed = len(_LIST_WORDS.findall(near)) >= 2
    cited = "et al" in before[-160:] and "(" in before[-160:] and re.match(r"\s*[A-Z(]", sentence) is not None
    return bool(in_criteria or listed or cited or _EXCLUDED.search(sentence) or _SCALE_OR_SOLVENT.search(near))


def _states_study(sentence: str, match: re.Match[str]) -> bool:
    # "alcohol or drug use" is one item of a list about the person, not what the study is about.
    if _OR_DRUGS.match(sentence, match.end()):
        return False
    return bool(_AIM.search(sentence) or _WHO.search(sentence))


def _share_a_sentence(sections: Sections, terms: TopicTerms) -> bool:
    return any(
        terms.exposure.search(sentence)
        and (match := terms.subject.search(sentence))
        and not _passing(sentence, match, sections.body)
        for sentence in _sentences(sections.body)
    )


@lru_cache(maxsize=4)
def _sentences(body: str) -> tuple[str, ...]:
    """The sentences of one record, which is asked for them several times."""
    return tuple(_SENTENCE.findall(body))


def _sentence_at(text: str, match: re.Match[str]) -> str:
    for sentence in _SENTENCE.finditer(text):
        if sentence.start() <= match.start() < sentence.end():
            return sentence[0].strip()
    return ""
