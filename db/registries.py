"""Trial and review registration numbers: recognised in running text and in PubMed's list of data banks.

The forms follow the registries' own numbering (ClinicalTrials.gov, EU registers, the primary registries of the
WHO's ICTRP, and PROSPERO). Numbers come out in one normal spelling, so that the same trial is found from any record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from db.records import RegistryId


class _Form(NamedTuple):
    """A registry by PubMed's DataBankName, its number in text (one group), and how the number is written."""

    registry: str
    pattern: str
    spelling: str


# Authors put a blank, a colon or a hyphen between prefix and digits: "NCT 02649231", "ISRCTN: 12345678".
_GAP = r"[\s:#-]{0,2}"
_DASH = r"[-\u2010\u2011\u2013]"
_FORMS = (
    _Form("ClinicalTrials.gov", rf"NCT{_GAP}([0-9]{{8}})", "NCT{}"),
    _Form("ISRCTN", rf"ISRCTN{_GAP}([0-9]{{8}})", "ISRCTN{}"),
    _Form("CTIS", r"(20[2-9][0-9]-5[0-9]{5}-[0-9]{2})(?:-[0-9]{2})?", "{}"),
    _Form("EudraCT", rf"(?:EUCTR{_GAP})?(20[0-2][0-9]{_DASH}[0-9]{{6}}{_DASH}[0-9]{{2}})", "{}"),
    _Form("ChiCTR", rf"ChiCTR{_GAP}((?:[A-Z]{{2,5}}-)?[0-9]{{8,10}})", "ChiCTR{}"),
    _Form("PROSPERO", rf"CRD{_GAP}(420[0-9]{{8,10}})", "CRD{}"),
    _Form("ANZCTR", rf"ACTRN{_GAP}(12[0-9]{{12}})p?", "ACTRN{}"),
    _Form("DRKS", rf"DRKS(?:-?ID)?{_GAP}([0-9]{{8}})", "DRKS{}"),
    _Form("UMIN CTR", rf"UMIN(?:-?CTR)?{_GAP}(?:ID)?{_GAP}([0-9]{{9}})", "UMIN{}"),
    _Form("jRCT", rf"jRCT{_GAP}(s?[0-9]{{9,10}})", "jRCT{}"),
    _Form("JapicCTI", rf"JapicCTI{_GAP}([0-9]{{6}})", "JapicCTI-{}"),
    _Form("IRCT", rf"IRCT{_GAP}([0-9]{{11,14}}N[0-9]{{1,3}})", "IRCT{}"),
    _Form("CTRI", r"CTRI[/\s-](20[0-9]{2}/[0-9]{2,3}/[0-9]{6})", "CTRI/{}"),
    _Form("NTR", rf"NTR{_GAP}([0-9]{{3,5}})", "NTR{}"),
    _Form("TCTR", rf"TCTR{_GAP}([0-9]{{11}})", "TCTR{}"),
    _Form("PACTR", rf"PACTR{_GAP}([0-9]{{15,16}})", "PACTR{}"),
    _Form("CRiS", rf"KCT{_GAP}([0-9]{{7}})", "KCT{}"),
    _Form("ReBec", r"RBR-([0-9a-z]{6,9})", "RBR-{}"),
    _Form("RPCEC", rf"RPCEC{_GAP}([0-9]{{8}})", "RPCEC{}"),
    _Form("SLCTR", r"SLCTR/(20[0-9]{2}/[0-9]{3})", "SLCTR/{}"),
    _Form("LBCTR", rf"LBCTR{_GAP}([0-9]{{10}})", "LBCTR{}"),
    _Form("REPEC", r"PER-([0-9]{3}-[0-9]{2})", "PER-{}"),
)
_ANY = re.compile(
    "(?<![0-9A-Za-z])(?:" + "|".join(form.pattern for form in _FORMS) + ")(?![0-9])",
    re.IGNORECASE,
)
# Few abstracts name a registration, and these are far quicker to fail than the pattern above: all but four registries
# have six digits in a row. (Spelt like this, the search for the first digit runs at the speed of C.)
_SIX_DIGITS = re.compile(r"[0-9][0-9]{5}")
_SHORT_NUMBERED = ("NTR", "RBR-", "SLCTR/", "PER-")
_LETTERS_FIRST = re.compile(r"[A-Z]")
_TO_HYPHEN = str.maketrans("\u2010\u2011\u2013", "---")
#: DataBankName of registries (NLM's list of data banks); all other data banks hold sequences, structures or files.
_REGISTRIES = {form.registry.lower(): form.registry for form in _FORMS} | {
    "umin-ctr": "UMIN CTR",
    "actrn": "ANZCTR",
    "eu clinical trials register": "EudraCT",
    "jmacct": "JMACCT",
}


def find_registry_ids(text: str) -> Iterator[RegistryId]:
    """Every registration number in the text, in order, repeats included, with `source` "text"."""
    if not (_SIX_DIGITS.search(text) or any(prefix in text for prefix in _SHORT_NUMBERED)):
        return
    for match in _ANY.finditer(text):
        form = _FORMS[(match.lastindex or 1) - 1]
        yield RegistryId(form.registry, _spell(form, match[match.lastindex or 1]), "text")


def databank_registry_ids(bank: str, accession: str) -> Iterator[RegistryId]:
    """The registrations in one accession number of PubMed's DataBankList; none if the bank is no registry.

    A number whose form is unknown is kept as it stands: the bank's name alone says that it is a registration.
    """
    registry = _REGISTRIES.get(bank.lower())
    if registry is None:
        return
    known = [RegistryId(found.registry, found.number) for found in find_registry_ids(accession)]
    if known:
        yield from known
    elif accession:
        yield RegistryId(registry, accession)


def unique_registry_ids(found: Iterable[RegistryId]) -> tuple[RegistryId, ...]:
    """Each number once, the first mention winning: put PubMed's own list before what was found in text."""
    first: dict[str, RegistryId] = {}
    for entry in found:
        first.setdefault(entry.number, entry)
    return tuple(first.values())


def _spell(form: _Form, number: str) -> str:
    number = number.translate(_TO_HYPHEN)
    number = number.lower() if form.registry in {"jRCT", "ReBec"} else number.upper()
    if form.registry == "ChiCTR" and _LETTERS_FIRST.match(number):
        number = f"-{number}"
    return form.spelling.format(number)
