"""The words around an outcome, for the model that weighs what the rules read (`classify.outcome_model`).

The rules know the usual words of change; what others tell, labelled outcomes teach. The topic's own words are masked by
what they are (the drug, the outcome and which way it is good, another outcome), and so are comparators, numbers and tests.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from classify import cues
from classify.document import Document
from classify.evidence import Evidence, outcome_hits
from classify.lexicon import LESS, MORE, UNCLEAR, TermHit
from classify.statements import missed

#: Every word feature's name begins with it, and no other's.
MARK = "“"

_PLACES = {"results": "results", "conclusions": "conclusions"}
_SAYS = {"benefit": "A BENEFIT", "harm": "A HARM"}
_QUANTITY = {MORE: "OUTCOME, MORE IS GOOD", LESS: "OUTCOME, LESS IS GOOD", UNCLEAR: "OUTCOME"}
_WORD = re.compile(r"[a-z]+|\d[\d.]*|[A-Z]+")

#: A word, or a term of the topic, whose name depends on the domain that is asked about.
Token = str | TermHit


def words_about(document: Document, domain: str, items: Sequence[Evidence], chosen: Evidence) -> Iterator[str]:
    """The words of the sentences on a domain by their section, of all conclusions, of the title and of the deciding
    statement, as names of features; some more than once."""
    about = {index for index in range(len(document.sentences)) if _speaks_of(document, index, domain)}
    about |= {item.sentence for item in items if item.sentence >= 0}
    for index, sentence in enumerate(document.sentences):
        if index not in about and sentence.section != "conclusions":
            continue
        words = [_name(token, domain) for token in _of_sentence(document, index)]
        if index in about:
            place = _PLACES.get(sentence.section, "other sections")
            yield from (f"{MARK}{word}” in {place}" for word in words)
            if place in _PLACES:
                yield from (f"{MARK}{word}” in {place}, {domain}" for word in words)
        if sentence.section == "conclusions":
            yield from (f"{MARK}{word}” in any conclusion" for word in words)
    yield from (f"{MARK}{_name(token, domain)}” in the title" for token in _of_title(document))
    if chosen.sentence >= 0:
        start, end = chosen.statement.start, chosen.statement.end
        for token in _tokens(document.text, document.terms, start, end):
            word = _name(token, domain)
            yield f"{MARK}{word}” in what decided"
            yield f"{MARK}{word}” in what decided, {domain}"


def _speaks_of(document: Document, index: int, domain: str) -> bool:
    return any(hit.payload.id == domain for hit in outcome_hits(document, index))


def _name(token: Token, domain: str) -> str:
    if isinstance(token, str):
        return token
    term = token.payload
    if term.kind == "exposure":
        return "DRUG"
    return "ANOTHER OUTCOME" if term.id != domain else _SAYS.get(term.kind) or _QUANTITY[term.good]


def _of_sentence(document: Document, index: int) -> list[Token]:
    found = document.noted.get(("words", index))
    if found is None:
        sentence = document.sentences[index]
        found = document.noted["words", index] = list(
            _tokens(document.text, document.terms, sentence.start, sentence.end)
        )
    return found


def _of_title(document: Document) -> Iterator[Token]:
    return _tokens(document.title, document.terms_of_title, 0, len(document.title))


def _tokens(text: str, terms: Sequence[TermHit], start: int, end: int) -> Iterator[Token]:
    """The words of a stretch of text; of terms that overlap, the first."""
    cursor = start
    for place in range(bisect_left(terms, start, key=_start), len(terms)):
        term = terms[place]
        if term.start >= end:
            break
        if term.start >= cursor:
            yield from _plain(text[cursor : term.start])
            yield term
            cursor = term.end
    yield from _plain(text[cursor:end])


def _start(term: TermHit) -> int:
    return term.start


def _plain(text: str) -> Iterator[str]:
    text = cues.P_VALUE.sub(lambda match: " MISSED " if missed(match) else " SIGNIFICANT ", text)
    text = cues.COMPARATOR.sub(" COMPARATOR ", text)
    return ("NUMBER" if word[0].isdigit() else word for word in _WORD.findall(text))
