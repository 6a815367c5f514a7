"""Cuts the records out of a PubMed XML stream as they stand, byte for byte, so that each can be parsed and kept alone.

The parser of the stream then sees only what is left: the root, what stands between records, and an empty element in each
record's place. That is quicker than to let it build every record and to write the record's XML anew, by a third.

Only a stream that is plain enough is cut: UTF-8, without comments, CDATA sections or processing instructions in which
something like a tag stands, without name spaces from outside the record and without records inside records. PubMed's own
files are plain. From where a stream is not, the parser sees all of it.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

#: The XML declaration and the DOCTYPE, which may stand before the root.
_PROLOG = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml(?P<declaration>[^>]*)\?>)?\s*(?:<!DOCTYPE[^>\[]*>)?")
_UTF8 = re.compile(rb"encoding\s*=\s*[\"'](?:utf-?8|us-ascii|ascii)[\"']", re.IGNORECASE)
_TAGS = (b"PubmedArticle", b"PubmedBookArticle")
_OPENING = re.compile(rb"<(?P<tag>PubmedArticle|PubmedBookArticle)[\s/>]")
#: Without a "<" in it, none of these can hold a tag. (PubMed marks some records with an instruction such as <?pmcsd ?>.)
_HIDES_NOTHING = re.compile(rb"<\?[^<>]*\?>|<!--[^<>]*-->|<!\[CDATA\[[^<>]*\]\]>")
_LONGEST_RECORD = 1 << 24
#: Marks the empty element in a record's place. In what is cut no record's tag has an attribute, so none can pose as one.
MARK = "cut"
_PLACE = b' cut=""/>'


@dataclass(frozen=True, slots=True)
class Piece:
    """A record's bytes and the line of the stream on which it begins."""

    raw: bytes
    line: int


class RecordCutter:
    """Cuts a stream that is given to it chunk by chunk."""

    def __init__(self) -> None:
        #: The records that were cut and not yet fetched, in the order of the stream.
        self.pieces: deque[Piece] = deque()
        self._kept = b""
        self._line = 1
        self._begun = False
        self._plain = True

    def take(self, chunk: bytes) -> bytes:
        """What the parser is to see of the stream so far. A record that has not ended yet is held back."""
        if not self._plain:
            return chunk
        shown = [b"" if self._begun else self._prolog(chunk)]
        kept, position = self._kept + chunk[len(shown[0]) :], 0
        if len(kept) > _LONGEST_RECORD:
            self._plain = False
        while self._plain:
            start, end = _next_record(kept, position)
            between, record = kept[position:start], kept[start:end]
            self._plain = _can_be_cut(between, record)
            if self._plain:
                shown += between, self._cut(between, record)
                position = end
            if not record:
                break
        self._kept = kept[position:]
        return b"".join(shown) if self._plain else b"".join((*shown, self.rest()))

    def rest(self) -> bytes:
        """What was held back, for the parser to see when no more of the stream comes."""
        kept, self._kept = self._kept, b""
        return kept

    def _prolog(self, chunk: bytes) -> bytes:
        self._begun = True
        prolog = _PROLOG.match(chunk)
        declaration = prolog["declaration"] if prolog else None
        if declaration and b"encoding" in declaration and not _UTF8.search(declaration):
            self._plain = False
        if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in chunk[:64]:
            self._plain = False
        found = prolog[0] if prolog else b""
        self._line += found.count(b"\n")
        return found

    def _cut(self, between: bytes, record: bytes) -> bytes:
        """Keeps the record, and gives an element for its place; nothing if there is no record."""
        self._line += between.count(b"\n")
        if not record:
            return b""
        self.pieces.append(Piece(record, self._line))
        lines = record.count(b"\n")
        self._line += lines
        # The line breaks keep the parser's own count of lines right.
        return b"<" + _tag(record) + _PLACE + b"\n" * lines


def _next_record(kept: bytes, position: int) -> tuple[int, int]:
    """Where the next record begins and ends; both are the same place if it has not come whole."""
    opening = _OPENING.search(kept, position)
    if opening is None:
        # A tag that has only begun may still become a record's.
        last = kept.rfind(b"<", position)
        start = len(kept) if last < 0 or kept.find(b">", last) >= 0 else last
        return start, start
    named_again = kept.find(opening["tag"], opening.end())
    end = kept.find(b">", named_again) + 1 if named_again >= 0 else 0
    return opening.start(), end or opening.start()


def _can_be_cut(between: bytes, record: bytes) -> bool:
    """Whether the record is one, from its tag to the next place that names it, and hides no other tags."""
    if b"xmlns" in between or _hides_tags(between) or _hides_tags(record):
        return False
    tag = _tag(record)
    return not record or (tag in _TAGS and record.endswith(b"</" + tag + b">"))


def _hides_tags(text: bytes) -> bool:
    """Whether a comment or the like is in it that isn't short and plain. Found by its second character, which is rare."""
    for mark in (b"!", b"?"):
        place = text.find(mark)
        while place >= 0:
            if text[place - 1 : place] == b"<" and not _HIDES_NOTHING.match(text, place - 1):
                return True
            place = text.find(mark, place + 1)
    return False


def _tag(record: bytes) -> bytes:
    return record[1 : record.find(b">")]
