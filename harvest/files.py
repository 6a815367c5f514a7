"""Opens a file of PubMed records, whatever its name says: it is known by how it begins."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from db.errors import BadInput
from db.records import SourceRecord
from harvest.medline import parse_medline
from harvest.pubmed_csv import parse_pubmed_csv
from harvest.pubmed_xml import DeletedPmids, parse_articles

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BEGINNING = 512
_MEDLINE = re.compile(rb"\s*[A-Z]{2,4} {0,2}- ")
_CSV = re.compile(rb'\s*"?PMID"?\s*,', re.IGNORECASE)


def read_file(path: Path) -> Iterator[SourceRecord | DeletedPmids]:
    """Every record of a PubMed XML, MEDLINE/.nbib or PubMed CSV file, plain or gzipped, in order, streamed.

    Raises BadInput, with the file's name and what to do, if the file is missing, unreadable, a folder, empty, cut off
    or of another kind. Records that were complete before the damage have been given by then: store the records of one
    file in one transaction.
    """
    try:
        with path.open("rb") as file:
            yield from _records(file)
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadInput(f"{path}: The gzip file is damaged or cut off. Download it again.") from error
    except IsADirectoryError as error:
        raise BadInput(f"{path} is a folder. Name the files in it.") from error
    except OSError as error:
        raise BadInput(f"Can't read {path}: {error.strerror or error}. Check the path and its permissions.") from error


def _records(file: io.BufferedReader) -> Iterator[SourceRecord | DeletedPmids]:
    beginning = file.peek(_BEGINNING)
    if beginning.startswith(_ZIP):
        raise BadInput("This is a zip archive. Unpack it and import the files in it.")
    if beginning.startswith(_GZIP):
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield from _parse(cast(BinaryIO, unpacked), unpacked.peek(_BEGINNING))
    else:
        yield from _parse(file, beginning)


def _parse(stream: BinaryIO, beginning: bytes) -> Iterator[SourceRecord | DeletedPmids]:
    beginning = beginning.removeprefix(b"\xef\xbb\xbf")
    if _MEDLINE.match(beginning):
        return parse_medline(stream)
    if _CSV.match(beginning):
        return parse_pubmed_csv(stream)
    return parse_articles(stream)
