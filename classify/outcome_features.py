"""What the rules read of one outcome domain, as named numbers for the model that weighs it (`classify.outcome_model`).

The names speak of sections, directions, doubts and designs, and of the words around an outcome, where the topic's own are
masked (`classify.outcome_words`), so that a model fitted on one topic reads another as well.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from classify.arms import every_arm_has_it
from classify.document import Document, sentence_text
from classify.evidence import Evidence, outcome_hits
from classify.outcome_words import words_about
from classify.overall import Decided
from classify.statements import NOT_REPORTED, no_difference
from classify.sureness import doubts, doubts_of_main_result

Features = dict[str, float]

#: Statements outside these sections tell of methods or background.
_FINDINGS = ("title", "results", "conclusions")
#: Both arms alike, an arm that is no worse, the drug as what something else is compared with.
_WORDINGS = (
    ("both arms", re.compile(r"\bboth (?:groups|arms|treatments|drugs|conditions|doses)|in all groups|each group|the (?:two|three) groups")),
    ("as good as", re.compile(r"\bas \w+ as\b|non-?inferior|alternative to|equivalent|equally")),
    ("than the drug", re.compile(r"(?:than|compar\w+ (?:with|to)|versus|vs\.?|relative to|over|and) (?:\w+ ){0,4}?DRUG")),
)  # fmt: skip
_CONCEDES = re.compile(r"although|however|\bbut\b|whereas|while|despite")


def describe(
    document: Document, evidence: Mapping[str, Sequence[Evidence]], decided: Decided, study_design: str
) -> dict[str, Features]:
    """The features of each domain that the rules found something on."""
    words = _words_by_domain(document)
    whole = _of_document(document, study_design)
    ranked = sorted(words, key=lambda domain: -len(words[domain]))
    found = {}
    for domain, items in evidence.items():
        features: Features = {
            **whole,
            f"domain {domain}": 1,
            **_of_words(document, domain, words.get(domain, []), sum(map(len, words.values()))),
            "rank": 1 / (1 + ranked.index(domain)) if domain in words else 0,
            **_of_statements(items),
            **_of_decision(document, domain, items, decided[domain]),
        }
        found[domain] = {name: float(value) for name, value in features.items() if value}
        found[domain] |= dict.fromkeys(words_about(document, domain, items, decided[domain][1]), 1.0)
    return found


def _words_by_domain(document: Document) -> dict[str, list[tuple[str, bool]]]:
    """Per domain the section of each of its words, and whether the word is the domain's own (not in need of context)."""
    words: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for index, sentence in enumerate(document.sentences):
        for hit in outcome_hits(document, index):
            words[hit.payload.id].append((sentence.section, not hit.payload.in_context))
    return words


def _of_document(document: Document, study_design: str) -> Features:
    features: Counter[str] = Counter({f"design {study_design}": 1})
    features["drug in the title"] = bool(document.in_title.exposures)
    features["headed"] = document.headed
    for index, sentence in enumerate(document.sentences):
        if sentence.section in ("results", "conclusions"):
            words = sentence_text(document, index)
            features[f"no difference in {sentence.section}"] += bool(no_difference(words))
            features[f"concession in {sentence.section}"] += bool(_CONCEDES.search(words))
    return _shares(features)


def _shares(counts: Mapping[str, float], most: int = 3) -> Features:
    """Counts up to `most`, as shares of it; the first one matters more than the third."""
    return {name: min(count, most) / most for name, count in counts.items()}


def _of_words(document: Document, domain: str, own: Sequence[tuple[str, bool]], all_words: int) -> Features:
    features = {f"words in {section}": 1.0 for section in {section for section, _ in own}}
    features["many words"] = min(len(own), 8) / 8
    features["share of words"] = len(own) / max(1, all_words)
    features["a word of its own"] = any(specific for _, specific in own)
    features["in the title"] = titled = _titled(document, domain)
    features[f"in the title {domain}"] = titled
    return features


def _titled(document: Document, domain: str) -> bool:
    return any(hit.payload.id == domain for hit in document.in_title.outcomes)


def _of_statements(items: Sequence[Evidence]) -> Features:
    counts: Counter[str] = Counter()
    for item in items:
        direction = item.statement.direction
        counts[f"{direction} in {item.section if item.section in _FINDINGS else 'other sections'}"] += 1
        counts[f"{direction} primary"] += item.primary
        counts[f"{direction} beside the drug"] += item.exposed
        counts[f"{direction} tested"] += item.statement.tested
        counts[f"{direction} in contrast"] += item.contrast
        counts["of another contrast"] += item.statement.cue == "other contrast"
    told = sorted({item.statement.direction for item in items} - {NOT_REPORTED})
    return {
        **_shares(counts),
        **{f"any {name}": 1 for name, count in counts.items() if count},
        f"told {' and '.join(told) or 'nothing'}": 1,
    }


def _of_decision(
    document: Document, domain: str, items: Sequence[Evidence], verdict: tuple[str, Evidence, str]
) -> Features:
    direction, chosen, rule = verdict
    against = doubts(document, items, chosen)
    where = {
        name: _where(items, name, _titled(document, domain)) for name in {item.statement.direction for item in items}
    }
    features = {f"{name} said in {place}": 1.0 for name, place in where.items()}
    place = where.get(direction, "")
    features |= {
        f"decided {direction}": 1,
        f"decided {direction} {domain}": 1,
        f"by {rule}": 1,
        f"decided {direction} by {rule}": 1,
        f"decided {direction} said in {place}": 1,
        f"decided {direction} said in {place} {'doubted' if against else 'undoubted'}": 1,
        f"decided in {chosen.section}": 1,
        "place": max(chosen.sentence, 0) / max(1, len(document.sentences) - 1),
    }
    for doubt in _kinds([*against, *doubts_of_main_result(document)]):
        features |= {f"doubt {doubt}": 1, f"doubt {doubt} {direction}": 1}
    features[f"every arm has the drug {direction}"] = every_arm_has_it(document)
    clause = _clause(document, chosen)
    for name, wording in _WORDINGS:
        features[f"{name} {direction}"] = bool(wording.search(clause))
    features[f"no difference nearby {direction}"] = bool(no_difference(sentence_text(document, chosen.sentence)))
    return features


def _where(items: Sequence[Evidence], direction: str, titled: bool) -> str:
    """The parts of the abstract that say a direction, and whether the title names the domain."""
    same = [item for item in items if item.statement.direction == direction]
    results = [item for item in same if item.section == "results"]
    parts = {
        "results": bool(results),
        "test": any(item.statement.tested for item in results),
        "conclusions": any(item.section == "conclusions" for item in same),
        "title's topic": titled,
    }
    return " + ".join(part for part, holds in parts.items() if holds)


def _kinds(told: Iterable[str]) -> set[str]:
    """Doubts without the words that raised them."""
    return {doubt.split(":")[0] for doubt in told}


def _clause(document: Document, chosen: Evidence) -> str:
    """The words of the deciding statement, with the drug's names as one."""
    if chosen.sentence < 0:
        text, exposures, start, end = document.title, document.in_title.exposures, 0, len(document.title)
    else:
        text, exposures = document.text, document.in_text.exposures
        start, end = chosen.statement.start, chosen.statement.end
    pieces, cursor = [], start
    for hit in exposures:
        if cursor <= hit.start and hit.end <= end:
            pieces += [text[cursor : hit.start], "DRUG"]
            cursor = hit.end
    return "".join([*pieces, text[cursor:end]])
