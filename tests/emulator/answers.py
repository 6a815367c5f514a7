"""What the emulator answers, in the form of NCBI's recorded answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_XML = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_DTD = "https://eutils.ncbi.nlm.nih.gov/eutils/dtd"

HTML_PAGE = "<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body>Please try again later.</body></html>"
WINDOW_ERROR = (
    "Search Backend failed: Exception:\n'retstart' cannot be larger than {last}. For PubMed, ESearch can only retrieve "
    "the first {cap:,} records matching the query."
)


@dataclass(frozen=True)
class Found:
    """One page of an esearch."""

    count: int
    start: int
    pmids: list[int]
    query: str
    web_env: str = ""
    query_key: str = ""
    lost_phrases: tuple[str, ...] = ()
    lost_quoted: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


def search_xml(found: Found) -> str:
    history = f"<QueryKey>{found.query_key}</QueryKey><WebEnv>{found.web_env}</WebEnv>" if found.web_env else ""
    ids = "\n".join(f"<Id>{pmid}</Id>" for pmid in found.pmids)
    errors = "".join(f"<PhraseNotFound>{escape(each)}</PhraseNotFound>" for each in found.lost_phrases)
    notices = "".join(
        [f"<OutputMessage>{escape(each)}</OutputMessage>" for each in found.messages]
        + [f"<QuotedPhraseNotFound>{escape(each)}</QuotedPhraseNotFound>" for each in found.lost_quoted]
    )
    return (
        f'{_XML}<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "{_DTD}/20060628/esearch.dtd">\n'
        f"<eSearchResult><Count>{found.count}</Count><RetMax>{len(found.pmids)}</RetMax>"
        f"<RetStart>{found.start}</RetStart>{history}"
        + (f"<IdList>\n{ids}\n</IdList>" if ids else "<IdList/>")
        + f"<TranslationSet/><QueryTranslation>{escape(found.query)}</QueryTranslation>"
        + (f"<ErrorList>{errors}</ErrorList>" if errors else "")
        + (f"<WarningList>{notices}</WarningList>" if notices else "")
        + "</eSearchResult>\n"
    )


def search_json(found: Found) -> str:
    result = {
        "count": str(found.count),
        "retmax": str(len(found.pmids)),
        "retstart": str(found.start),
        "idlist": [str(pmid) for pmid in found.pmids],
        "translationset": [],
        "querytranslation": found.query,
        "errorlist": {"phrasesnotfound": list(found.lost_phrases), "fieldsnotfound": []},
        "warninglist": {
            "phrasesignored": [],
            "quotedphrasesnotfound": list(found.lost_quoted),
            "outputmessages": list(found.messages),
        },
    }
    if found.web_env:
        result |= {"querykey": found.query_key, "webenv": found.web_env}
    return json.dumps({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result}) + "\n"


def search_error_json(message: str) -> str:
    """As NCBI writes it: a raw line break inside the string, which is not valid JSON."""
    return f'{{"header":{{"type":"esearch","version":"0.3"}},"esearchresult":{{"ERROR":"{message}"}}}}\n'


def error_xml(root: str, message: str) -> str:
    name = root.lower().removesuffix("result")
    return (
        f'{_XML}<!DOCTYPE {root} PUBLIC "-//NLM//DTD {name}//EN" "{_DTD}/20131226/{name[1:]}.dtd">\n'
        f"<{root}>\n\t<ERROR>{escape(message)}</ERROR>\n</{root}>\n"
    )


def post_xml(web_env: str) -> str:
    return (
        f'{_XML}<!DOCTYPE ePostResult PUBLIC "-//NLM//DTD epost 20090526//EN" "{_DTD}/20090526/epost.dtd">'
        f"<ePostResult>\n\t<QueryKey>1</QueryKey>\n\t<WebEnv>{web_env}</WebEnv>\n</ePostResult>\n"
    )


def info_xml(count: int) -> str:
    return (
        f'{_XML}<!DOCTYPE eInfoResult PUBLIC "-//NLM//DTD einfo 20190110//EN" "{_DTD}/20190110/einfo.dtd">\n'
        f"<eInfoResult><DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName>"
        f"<Description>Emulated bibliographic records</Description><DbBuild>emulator</DbBuild>"
        f"<Count>{count}</Count><LastUpdate>2026/01/01 00:00</LastUpdate></DbInfo></eInfoResult>\n"
    )


def articles_xml(raw: Iterable[bytes], dtd: str, extra: str = "") -> bytes:
    head = (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" '
        f'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/{dtd}.dtd">\n<PubmedArticleSet>\n'
    )
    return head.encode() + b"\n".join(raw) + extra.encode() + b"</PubmedArticleSet>"


def rate_json(who: str, count: int, limit: int) -> str:
    return json.dumps(
        {"error": "API rate limit exceeded", "api-key": who, "count": str(count), "limit": str(limit)},
        separators=(",", ":"),
    )
