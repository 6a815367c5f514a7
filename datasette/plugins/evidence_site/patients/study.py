"""What a patient page is made from, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fact:
    """A label that may be told. `checked` is True where it rests on a person's word."""

    value: Any
    checked: bool = True


@dataclass(frozen=True)
class PatientStudy:
    """A study as a patient page needs it.

    `facts` and `outcomes` (domain → direction) hold only labels above the threshold: what the classifier abstained
    from is not in them. `status` is the snapshot's ("retracted", "concern", …). `looked_on` is the ISO day of the last
    look at PubMed. `key` is the PMID or the DOI.
    """

    key: str
    doi: str = ""
    title: str = ""
    year: int | None = None
    status: str = ""
    looked_on: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    outcomes: Mapping[str, Fact] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        fact = self.facts.get(name)
        return fact.value if fact else None

    def is_checked(self, *names: str) -> bool:
        """True if every one of these facts that is known rests on a person's word."""
        return all(self.facts[name].checked for name in names if name in self.facts)


@dataclass(frozen=True)
class Statement:
    """One or two sentences. `checked` is False where they rest on a machine's tag that no person has looked at."""

    text: str
    checked: bool = True


@dataclass(frozen=True)
class Finding:
    """What was found for one outcome domain: a name, the direction with its word, and a sentence."""

    domain: str
    name: str
    direction: str
    word: str
    statement: Statement


@dataclass(frozen=True)
class Meaning:
    """A medical word and what it means, to stand right after the text that uses it first."""

    word: str
    text: str


@dataclass(frozen=True)
class Block:
    """A paragraph with the words that it uses for the first time on the page."""

    statement: Statement
    meanings: tuple[Meaning, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of the page. `findings` follow the blocks; `meanings` explain words that the findings use."""

    id: str
    heading: str
    blocks: tuple[Block, ...] = ()
    findings: tuple[Finding, ...] = ()
    meanings: tuple[Meaning, ...] = ()

    def statements(self) -> Iterator[Statement]:
        yield from (block.statement for block in self.blocks)
        yield from (finding.statement for finding in self.findings)


@dataclass(frozen=True)
class HelpLine:
    name: str
    number: str
    text: str


@dataclass(frozen=True)
class PatientPage:
    """A whole page. `alerts` come first and are never left out; `variant` says which kind of wording was chosen."""

    language: str
    variant: str
    title: str
    alerts: tuple[str, ...]
    sections: tuple[Section, ...]
    help_lines: tuple[HelpLine, ...] = ()
    mark: str = ""

    @property
    def has_unchecked(self) -> bool:
        """True if a statement rests on a machine's tag alone; each of them carries `mark`."""
        return any(not statement.checked for section in self.sections for statement in section.statements())

    def texts(self) -> Iterator[str]:
        """Every text of the page's own, in reading order, with the full stop that a reader hears after a heading."""
        yield f"{self.title}."
        yield from self.alerts
        for section in self.sections:
            yield section.heading
            for block in section.blocks:
                yield self._marked(block.statement)
                yield from (f"{meaning.word} {meaning.text}" for meaning in block.meanings)
            for finding in section.findings:
                yield f"{finding.name}. {finding.word}. {self._marked(finding.statement)}"
            yield from (f"{meaning.word} {meaning.text}" for meaning in section.meanings)
        for line in self.help_lines:
            yield f"{line.name}: {line.number}. {line.text}"

    def _marked(self, statement: Statement) -> str:
        return statement.text if statement.checked else f"{statement.text} {self.mark}"
