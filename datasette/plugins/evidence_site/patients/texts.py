"""The words of one language: templates looked up by a dotted name and filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Texts:
    """The texts of one language of one topic. `tree` is nested mappings that end in texts and lists of texts."""

    language: str
    tree: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """What stands at a dotted name, None if nothing does."""
        return self.at(*name.split("."))

    def at(self, *keys: str) -> Any:
        """What stands at these keys, which may hold dots themselves (a DOI does)."""
        node: Any = self.tree
        for key in keys:
            if not isinstance(node, Mapping) or key not in node:
                return None
            node = node[key]
        return node

    def __call__(self, name: str, /, **values: Any) -> str:
        """The filled-in text of a name that every language has (harvest.page_texts checks that). KeyError if not."""
        template = self.get(name)
        if not isinstance(template, str):
            raise KeyError(f"pages.{self.language}.patients.{name}")
        return self.fill(template, **values)

    def maybe(self, name: str, /, **values: Any) -> str:
        """The filled-in text, or "" where the topic has none of that name."""
        template = self.get(name)
        return self.fill(template, **values) if isinstance(template, str) else ""

    def fill(self, template: str, /, **values: Any) -> str:
        """The template with its names filled in: the topic's own ({drug}, …) and `values`."""
        return template.format_map({**self.tree.get("topic", {}), **values})

    def number(self, value: int) -> str:
        return f"{value:,}".replace(",", self("format.thousands"))

    def decimal(self, text: str) -> str:
        """A number as a dose writes it ("0.8"), in this language."""
        return text.replace(".", self("format.decimal"))

    def listed(self, items: Iterable[str], last: str = "and") -> str:
        """["a", "b", "c"] as "a, b and c". `last` is "and" or "or"."""
        items = list(items)
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.joint(last, items[-1])} {items[-1]}"

    def joint(self, last: str, following: str) -> str:
        """The joining word; Spanish changes it before its own sound (y → e, o → u)."""
        other = self.get(f"format.{last}_before")
        if isinstance(other, Mapping):
            for sound, word in other.items():
                if re.match(sound, following, re.IGNORECASE):
                    return str(word)
        return self(f"format.{last}")

    def day(self, iso: str) -> str:
        """An ISO date or time as a day in words; "" where it is none."""
        try:
            when = date.fromisoformat(iso[:10])
        except ValueError:
            return ""
        months = self.get("format.months")
        return self("format.date", day=when.day, month=months[when.month - 1], year=when.year)


def sentence(text: str) -> str:
    """The text with a capital letter at the start of each of its sentences."""
    return re.sub(r"(^|[.!?]\s+)([¿¡“]?)([a-záéíóúñü])", lambda m: m[1] + m[2] + m[3].upper(), text)
