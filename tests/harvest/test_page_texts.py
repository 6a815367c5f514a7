"""The texts of pages are checked when a topic is loaded, so that no reader meets a gap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harvest.page_texts import general_texts, leaves, merge, page_texts
from harvest.topics import TopicError, load_topic

OWN: dict[str, Any] = {
    "topic": {"drug": "inventamine", "about": "alcohol", "problem": "drinking problems"},
    "drugs": {"family": "inventamine"},
    "safety": {"notes": ["{drug} is invented."]},
    "help": {"crisis": {"name": "Help", "number": "1", "text": "Call."}},
}


def problems_of(**languages: Any) -> list[str]:
    return page_texts(languages)[1]


def test_the_general_texts_have_the_same_keys_in_each_language() -> None:
    english, spanish = ({path for path, _ in leaves(general_texts(language))} for language in ("en", "es"))
    assert {path for path in english ^ spanish if path[0] != "glossary"} == set()


def test_a_topic_needs_little_of_its_own_and_may_replace_the_rest() -> None:
    own = merge(OWN, {"alert": {"mark": "Nobody looked."}})
    joined, problems = page_texts({"en": {"patients": own, "about": {"title": "About"}}})
    assert problems == []
    assert joined["en"]["patients"]["alert"]["mark"] == "Nobody looked."
    assert joined["en"]["patients"]["topic"]["drug"] == "inventamine"
    assert joined["en"]["patients"]["heading"] == general_texts("en")["heading"]
    assert joined["en"]["about"] == {"title": "About"}


def test_a_topic_without_patient_texts_gets_none() -> None:
    assert page_texts({"en": {"about": {"title": "About"}}}) == ({"en": {"about": {"title": "About"}}}, [])


@pytest.mark.parametrize(
    ("languages", "problem"),
    [
        (
            {"en": {"patients": {**OWN, "help": {}}}},
            "[pages.en.patients] needs 'help'.",
        ),
        (
            {"en": {"patients": {**OWN, "people": {"many": "{count} people"}}}},
            "[pages.en.patients] people.many has the unknown name {count}. Known: about, drug, n, problem.",
        ),
        (
            {"en": {"patients": {**OWN, "alert": {"mark": "a } alone"}}}},
            (
                "[pages.en.patients] alert.mark has the unknown name {Single '}' encountered in format string}. "
                "Known: about, drug, problem."
            ),
        ),
        (
            {"en": {"patients": OWN}, "es": {"patients": {**OWN, "routes": {"new": "de otra forma"}}}},
            "[pages.en.patients] lacks 'routes.new', which another language has.",
        ),
        (
            {"en": {"patients": {**OWN, "people": {"many": 4}}}},
            "[pages.en.patients] people.many must be a text or a list of texts.",
        ),
        ({"settings": {"unchecked": "maybe"}}, "[pages.settings] unchecked must be one of: say, leave_out."),
        ({"en": "words"}, "[pages] en must be a table."),
    ],
)
def test_each_slip_of_the_pen_is_told_with_its_place(languages: dict[str, Any], problem: str) -> None:
    assert problems_of(**languages) == [problem]


def test_a_language_that_nobody_wrote_general_texts_for_must_be_given_whole() -> None:
    assert problems_of(en={"patients": OWN}, fr={"patients": OWN})[0].startswith("[pages.fr.patients] lacks ")


def test_the_loader_names_the_file_and_counts_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "slip.toml"
    default = Path(load_topic.__code__.co_filename).parent / "topics" / "ketamine-aud.toml"
    text = default.read_text(encoding="utf-8").replace('known_studies = "ketamine-aud.known-studies.csv"\n', "")
    path.write_text(text.replace('family = "a form of ketamine"', 'relatives = "{what}"'), encoding="utf-8")
    with pytest.raises(TopicError) as error:
        load_topic(path)
    assert str(error.value) == f"{path}: [pages.en.patients] needs 'drugs.family'. (3 more like this.)"
