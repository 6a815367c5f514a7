"""The ways in which E-utilities has been seen to fail, as scripts: "efetch:429:2" fails the next two efetches."""

from __future__ import annotations

from dataclasses import dataclass

#: What each fault does; shown by --help.
KINDS = {
    "429": "HTTP 429 with NCBI's JSON body, which names the caller's key or address",
    "429-retry-after": "the same with Retry-After: 1",
    "429-as-200": "the same body with HTTP 200",
    "400": "HTTP 400 that goes away",
    "500": "HTTP 500",
    "502": "HTTP 502 with an HTML page",
    "503-retry-after": "HTTP 503 with Retry-After: 1",
    "reset": "the connection is reset",
    "truncate": "the answer stops half-way, though its length promised more",
    "truncate-silently": "the answer stops half-way and its length agrees",
    "drip": "one byte every tenth of a second",
    "hang": "no answer for a long time",
    "html": "an HTML page with HTTP 200",
    "empty": "an empty body with HTTP 200",
    "backend": "<ERROR>Search Backend failed with HTTP 200",
    "viewer": "<ERROR>External viewer error: Empty Response with HTTP 200",
    "bare-pmids": "PMIDs as text instead of records",
    "history-lost": "Unable to obtain query #1",
    "omit": "the answer lacks its last record or id",
    "duplicate": "the answer holds its last record or id twice",
    "recount": "the count is one higher than the ids given",
    "phrase-not-found": "a PhraseNotFound in the ErrorList",
    "quoted-phrase-not-found": "a QuotedPhraseNotFound in the WarningList",
    "unknown-dtd": "the answer declares a DTD nobody has yet, and holds an element nobody knows",
}


@dataclass
class ScriptedFault:
    """`kind` strikes the next `times` requests of `utility` ("*": any) after letting `skip` of them pass."""

    utility: str
    kind: str
    times: int = 1
    skip: int = 0

    @classmethod
    def read(cls, text: str) -> ScriptedFault:
        utility, kind, *numbers = text.split(":")
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}")
        return cls(utility, kind, *map(int, numbers))

    def strikes(self, utility: str) -> bool:
        if self.utility not in ("*", utility) or self.times <= 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True
