"""The texts of pages: joins a topic's own with the general ones for patients, and checks them.

General words for patient pages lie in `harvest/texts/patients.<language>.toml`; a topic file gives what is its own
under [pages.<language>.patients] and may replace any of them there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from string import Formatter
from typing import Any

SETTINGS = "settings"
PATIENTS = "patients"
#: What only a topic can say, and what a patient page can't do without.
REQUIRED = ("topic.drug", "topic.about", "topic.problem", "drugs.family", "safety.notes", "help")
UNCHECKED = ("say", "leave_out")


def page_texts(pages: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The topic's pages with the general patient texts beneath them, and what is wrong with them, one line each.

    A language gets patient pages if the topic gives it a `patients` table.
    """
    joined: dict[str, Any] = {}
    problems: list[str] = []
    for language, sections in pages.items():
        if not isinstance(sections, dict):
            problems.append(f"[pages] {language} must be a table.")
        elif language != SETTINGS and isinstance(sections.get(PATIENTS), dict):
            general = general_texts(language)
            own = sections[PATIENTS]
            problems += _own_problems(language, general, own)
            joined[language] = {**sections, PATIENTS: merge(general, own)}
        else:
            joined[language] = dict(sections)
    problems += _setting_problems(joined.get(SETTINGS, {}))
    problems += _language_problems({name: part for name, part in joined.items() if name != SETTINGS})
    return joined, problems


def general_texts(language: str) -> dict[str, Any]:
    """The general patient texts of a language; empty where none are written, so that the topic must give them all."""
    if not language.isidentifier():
        return {}
    source = files("harvest") / "texts" / f"patients.{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}


def merge(general: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Both trees as one; where both have a text, the own one stands."""
    joined = dict(general)
    for key, value in own.items():
        below = joined.get(key)
        joined[key] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return joined


def leaves(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every text or list of a tree with the keys that lead to it."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _own_problems(language: str, general: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[str]:
    place = f"[pages.{language}.{PATIENTS}]"
    joined = merge(general, own)
    for name in REQUIRED:
        if not _at(joined, name):
            yield f"{place} needs {name!r}."
    known = dict(leaves(general))
    always = set(joined.get("topic", {}))
    for path, value in leaves(joined):
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            yield f"{place} {'.'.join(path)} must be a text or a list of texts."
            continue
        allowed = always | _names(known.get(path, ""))
        for name in sorted({name for text in texts for name in _names(text)} - allowed):
            yield f"{place} {'.'.join(path)} has the unknown name {{{name}}}. Known: {', '.join(sorted(allowed))}."


def _names(text: Any) -> set[str]:
    """The names in braces; a brace out of place is a name too, and an unknown one."""
    try:
        return {name for _, name, _, _ in Formatter().parse(str(text)) if name is not None}
    except ValueError as error:
        return {str(error)}


def _at(tree: Any, name: str) -> Any:
    for key in name.split("."):
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _setting_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    if settings.get("unchecked", UNCHECKED[0]) not in UNCHECKED:
        yield f"[pages.{SETTINGS}] unchecked must be one of: {', '.join(UNCHECKED)}."


def _language_problems(languages: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A page exists in a language wholly or not at all: the same keys in each language that has its section."""
    for section in sorted({name for part in languages.values() for name in part}):
        keys = {
            language: {path for path, _ in leaves(part[section])}
            for language, part in languages.items()
            if isinstance(part.get(section), Mapping)
        }
        for path in sorted(set().union(*keys.values()) if keys else ()):
            lacking = [language for language, paths in keys.items() if path not in paths]
            if lacking:
                yield f"[pages.{lacking[0]}.{section}] lacks {'.'.join(path)!r}, which another language has."
