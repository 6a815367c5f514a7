"""A record made ready for reading: plain text, sentences with their sections, and every word of the topic in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from classify.exposure import is_studied
from classify.lexicon import Found, Lexicon, TermHit
from classify.phrases import plain
from classify.sentences import Sentence, split_sentences
from db.records import TaggableRecord

_CONCLUDES = re.compile(
    r"^(?:in (?:conclusion|summary|sum)|to conclude|taken together|collectively|overall,|conclusions?\b|we conclude|in aggregate"
    r"|(?:these|our|the|present|current) (?:present |current |preliminary )?(?:results?|findings?|data|observations|study|meta-analysis|analysis|review)"
    r" (?:\w+ )?(?:suggest|indicate|demonstrate|show|support|confirm|provide|highlight|underscore|reveal|imply))"
)
_AIMS = re.compile(
    r"\b(?:aim(?:ed|s)?\b|purpose|objective|we (?:sought|investigated|examined|evaluated|tested|explored|assessed|compared|hypothesi[sz]ed|review)"
    r"|this (?:\w+ )?(?:study|review|article|paper|trial|work|report) (?:\w+ )?(?:aim|examin|investigat|evaluat|explor|describ|review|assess|was designed|test|sought|compar|summari[sz])"
    r"|set out to|to (?:determine|investigate|examine|evaluate|assess|compare)\b)"
)
_METHODS = re.compile(
    r"\b(?:were|was) (?:\w+ )?(?:randomi[sz]ed|randomly|assigned|allocated|administered|measured|assessed|evaluated|recorded|recruited|enrolled"
    r"|treated with|conducted|performed|used|rated|divided|defined|given|collected|obtained)\b|\bwe (?:searched|included|recruited|enrolled|randomi[sz]ed"
    r"|performed|conducted|used|applied)\b|\b(?:received|underwent|completed) (?:either|an?|two|a single|intravenous|open)\b|\bprimary (?:outcome|end ?point)"
    r"|\b(?:patients|participants|subjects) will\b|\bsecondary (?:outcome|end ?point)"
)
_RESULTS = re.compile(
    r"\bp\s?[<>=]\s?0?\.\d|\b95\s?%|\bsignificantly\b|\b(?:resulted in|led to|showed|demonstrated|revealed|found|observed|produced|improved|reduced|decreased|increased)\b"
)
_NO_ABBREVIATION = frozenset({"IV", "IM", "IN", "SC", "IP", "PO", "NMDA", "NMDAR", "R", "S"})
_NOT_OWN = frozenset({"background", "eligibility", "registration", "references"})
#: Sections in which a finding can stand.
FINDINGS = frozenset({"title", "results", "conclusions"})


@dataclass(frozen=True)
class Document:
    """One record, read once for all tags. `title` and `text` are plain forms with every character at its old place.

    What several readers ask for is worked out once and kept; sentences are named by where they start.
    """

    record: TaggableRecord
    title: str
    text: str
    sentences: tuple[Sentence, ...]
    in_title: Found
    in_text: Found
    studied: bool
    headed: bool = True

    @cached_property
    def own_sentences(self) -> list[Sentence]:
        """The sentences about the record's own study: not its background, but aims that stand there."""
        kept = [
            sentence
            for sentence in self.sentences
            if sentence.section not in _NOT_OWN
            or (sentence.section == "background" and _AIMS.search(self.text, sentence.start, sentence.end))
        ]
        return kept if self.headed or len(kept) > 1 else list(self.sentences)

    @cached_property
    def _exposures(self) -> dict[int, list[TermHit]]:
        return self._by_sentence(self.in_text.exposures)

    @cached_property
    def _outcomes(self) -> dict[int, list[TermHit]]:
        return self._by_sentence(self.in_text.outcomes)

    @cached_property
    def _contexts(self) -> dict[int, list[TermHit]]:
        return self._by_sentence(self.in_text.contexts)

    @cached_property
    def _facets(self) -> dict[int, list[TermHit]]:
        return self._by_sentence(self.in_text.facets)

    @cached_property
    def terms(self) -> list[TermHit]:
        """Where the text names the drug or any outcome, counted or not, in order of place; of two in one place the longer first."""
        return _in_order(self.in_text)

    @cached_property
    def terms_of_title(self) -> list[TermHit]:
        return _in_order(self.in_title)

    @cached_property
    def counted(self) -> dict[int, list[TermHit]]:
        """The outcome terms that count, by sentence index, as far as they were asked for."""
        return {}

    @cached_property
    def noted(self) -> dict[tuple[str, int], Any]:
        """What readers worked out about a sentence, by what it is and the sentence's index, as far as asked for."""
        return {}

    def _by_sentence(self, hits: list[TermHit]) -> dict[int, list[TermHit]]:
        found: dict[int, list[TermHit]] = {}
        sentences, index = self.sentences, 0
        for hit in hits:  # both in order of place
            while index < len(sentences) and sentences[index].end <= hit.start:
                index += 1
            if index == len(sentences):
                break
            if sentences[index].start <= hit.start:
                found.setdefault(sentences[index].start, []).append(hit)
        return found

    def exposures(self, sentence: Sentence) -> list[TermHit]:
        """Where a sentence names the studied drug."""
        return self._exposures.get(sentence.start, [])

    def outcomes(self, sentence: Sentence) -> list[TermHit]:
        return self._outcomes.get(sentence.start, [])

    def facets(self, sentence: Sentence) -> list[TermHit]:
        return self._facets.get(sentence.start, [])

    def contexts(self, sentence: Sentence) -> list[TermHit]:
        return self._contexts.get(sentence.start, [])

    def quote(self, start: int, end: int) -> str:
        """A verbatim piece of the abstract."""
        return self.record.abstract[start:end]


def _in_order(found: Found) -> list[TermHit]:
    return sorted([*found.exposures, *found.outcomes], key=lambda hit: (hit.start, -hit.end))


def read_document(record: TaggableRecord, lexicon: Lexicon, relevance: str, study_design: str) -> Document | None:
    """The record made ready, None where it never names the topic's drug."""
    title, text = plain(record.title), plain(record.abstract)
    if not (lexicon.may_mention_exposure(title) or lexicon.may_mention_exposure(text)):
        return None
    in_title, in_text = lexicon.find(title), lexicon.find(text)
    if not (in_title.exposures or in_text.exposures):
        return None
    _add_abbreviations(record.abstract, in_text)
    split = split_sentences(record.abstract, record.sections)
    headed = any(sentence.section in ("results", "conclusions", "measures") for sentence in split)
    sentences = tuple(split) if headed else tuple(_with_sections(text, split))
    studied = is_studied(
        text, sentences, in_text.exposures, bool(in_title.exposures), relevance, study_design, headed=headed
    )
    return Document(record, title, text, sentences, in_title, in_text, studied, headed)


def sentence_text(document: Document, index: int) -> str:
    """The plain words of a sentence by its index; -1 is the title."""
    if index < 0:
        return document.title
    sentence = document.sentences[index]
    return document.text[sentence.start : sentence.end]


_ABBREVIATED = re.compile(r" ?(?:hydrochloride )?\((?P<short>[A-Z][A-Za-z-]{1,6})(?:[;,][^)]*)?\)")


def _add_abbreviations(abstract: str, found: Found) -> None:
    """Where the abstract shortens the drug's name ("ketamine (KET)"), the short form counts as the name."""
    if not found.exposures:
        return
    short = {
        match["short"]
        for hit in found.exposures
        if (match := _ABBREVIATED.match(abstract, hit.end)) and match["short"] not in _NO_ABBREVIATION
    }
    for name in short:
        for match in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w])", abstract):
            found.exposures.append(TermHit(match.start(), match.end(), found.exposures[0].payload))
    found.exposures.sort(key=lambda hit: hit.start)


def _with_sections(text: str, sentences: list[Sentence]) -> Iterator[Sentence]:
    """Where the abstract has no headings, each sentence's section by its wording and its place."""
    stage = "background"
    for index, sentence in enumerate(sentences):
        words = text[sentence.start : sentence.end]
        if sentence.section in ("registration", "eligibility", "references"):
            yield sentence
            continue
        stage = _stage(words, stage, last=index == len(sentences) - 1)
        yield Sentence(sentence.start, sentence.end, stage)


def _stage(words: str, stage: str, *, last: bool) -> str:
    if _CONCLUDES.search(words) or (last and stage == "results"):
        return "conclusions"
    if stage == "conclusions":
        return stage
    if stage != "results" and _AIMS.search(words):
        return "objective"
    if (
        stage != "background"
        and _RESULTS.search(words)
        and not (_METHODS.search(words) and stage != "results" and " p" not in words)
    ):
        return "results"
    if _METHODS.search(words) and stage != "results":
        return "methods"
    return {"objective": "results"}.get(stage, stage)
