"""Turns the plain Markdown of model cards and topic texts into blocks that a template can show.

A small subset on purpose (headings, paragraphs, lists, tables, code): the result is text, never HTML, so nothing in a
model card or topic file can inject any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+(.*)")
_RULE = re.compile(r"\|?[\s:|-]+\|?")


@dataclass
class Block:
    """`kind` is heading, text, list, table or code; a table's first row is its head, and a heading is `depth` steps below
    the highest of its text."""

    kind: str
    text: str = ""
    depth: int = 0
    items: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def blocks(markdown: str) -> list[Block]:
    found: list[Block] = []
    in_code = False
    blank = True
    for line in markdown.splitlines():
        stripped = line.strip()
        if stripped.startswith("```"):
            in_code = not in_code
            if in_code:
                found.append(Block("code"))
        elif in_code:
            found[-1].text += f"{line}\n"
        elif stripped:
            _add(found, stripped, blank)
        blank = not stripped
    headings = [block for block in found if block.kind == "heading"]
    highest = min((block.depth for block in headings), default=0)
    for block in headings:
        block.depth -= highest
    return found


def _add(found: list[Block], line: str, after_blank: bool) -> None:
    last = found[-1] if found and not after_blank else Block("")
    if match := _HEADING.fullmatch(line):
        found.append(Block("heading", _bare(match[2]), len(match[1])))
    elif line.startswith("|"):
        if last.kind != "table":
            last = Block("table")
            found.append(last)
        if not _RULE.fullmatch(line):
            last.rows.append([_bare(cell.strip()) for cell in line.strip("|").split("|")])
    elif match := _ITEM.fullmatch(line):
        if not found or found[-1].kind != "list":
            found.append(Block("list"))
        found[-1].items.append(_bare(match[1]))
    elif last.kind == "list":
        last.items[-1] += f" {_bare(line)}"
    elif last.kind == "text":
        last.text += f" {_bare(line)}"
    else:
        found.append(Block("text", _bare(line)))


def _bare(text: str) -> str:
    """Without the marks for bold, italics and code, and links as their text."""
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return re.sub(r"(\*\*|__|`)", "", text)
