"""The forms of a digest: text, HTML, Atom, e-mail and JSON."""

from __future__ import annotations

import email
import json
from dataclasses import replace
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.digest import Digest, DigestItem, Finding, Relabelling
from db.digest_formats import FORMS, Style, format_digest, receipt
from db.errors import BadInput
from tests.atom import feed_problems

ITEM = DigestItem(
    article_id=7,
    group="new",
    at="2026-11-18T06:00:00Z",
    path="/study/90000001",
    pmid=90000001,
    doi="10.5555/invented.1",
    title="An invented trial of <ketamine> & salt",
    authors_short="Invento I, et al.",
    journal="J Invent Results",
    year=2026,
    state="",
    kinds=("new",),
    fields=(),
    relabelled=(),
    relevance="core",
    study_design="randomised_trial",
    overall_direction="favours_ketamine",
    findings=(Finding("alcohol_use", "favours_ketamine", True), Finding("mood", "mixed", False)),
)
RETRACTED = replace(
    ITEM,
    article_id=8,
    group="retracted",
    path="/study/90000002",
    pmid=90000002,
    title="An invented trial that was retracted",
    state="retracted",
    kinds=("revised", "retracted"),
    fields=("article_links", "publication_types"),
)
RELABELLED = replace(
    ITEM,
    article_id=9,
    group="relabelled",
    path="/study/90000003",
    pmid=90000003,
    title="An invented trial with another label",
    kinds=("relabelled",),
    relabelled=(
        Relabelling("outcomes.mood", "mixed", None),
        Relabelling("study_design", "other", "randomised_trial"),
        Relabelling("conditions", ["aud"], []),
    ),
    findings=(),
)
NEWS = Digest(
    "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-18", "2026-11-18", 1, 0, (RETRACTED, ITEM, RELABELLED)
)
NOTHING = replace(NEWS, items=())
STYLE = Style(
    topic_id="invented",
    topic_name="Invented topic",
    made_at="2026-11-23T07:00:00Z",
    address="https://evidence.example",
    names={
        ("study_design", "randomised_trial"): "Randomised trial",
        ("outcome_domain", "alcohol_use"): "Alcohol use",
        ("direction", "favours_ketamine"): "Favours ketamine",
    },
)


def test_the_text_says_first_what_was_retracted_and_what_each_outcome_shows() -> None:
    assert format_digest(NEWS, "text", STYLE) == (
        """Invented topic: news from 16 November 2026 to 23 November 2026

Searched on 18 November 2026, 1 new, 1 changed, 1 retracted.

RETRACTED OR WITHDRAWN (1)

* An invented trial that was retracted
  Invento I, et al. J Invent Results (2026) · PMID 90000002
  Its results should not be relied on.
  Retracted; revised: article links, publication types
  Study design: Randomised trial
  https://evidence.example/study/90000002

NEW (1)

* An invented trial of <ketamine> & salt
  Invento I, et al. J Invent Results (2026) · PMID 90000001
  Study design: Randomised trial
  Alcohol use: favours ketamine ✓; Mood: mixed
  https://evidence.example/study/90000001

RELABELLED (1)

* An invented trial with another label
  Invento I, et al. J Invent Results (2026) · PMID 90000003
  Mood: mixed → none; study design: other → randomised trial; conditions: aud → none
  Study design: Randomised trial
  https://evidence.example/study/90000003

Labels without a check mark (✓) are a classifier's and no person has checked them. Directions are as the abstract """
        """reports them. This is information, not medical advice.
"""
    )


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (NOTHING, "Searched on 18 November 2026, 0 new, 0 changed, 0 retracted."),
        (
            replace(NOTHING, off_topic=4),
            "Searched on 18 November 2026, 0 new, 0 changed, 0 retracted. 4 off topic, not shown.",
        ),
        (
            replace(NOTHING, searched_on="", failed_searches=2),
            (
                "Not searched in this period (last on 18 November 2026), 0 new, 0 changed, 0 retracted. "
                "2 searches failed."
            ),
        ),
        (
            replace(NOTHING, searched_on="", last_searched_on=""),
            "PubMed has not been searched yet, 0 new, 0 changed, 0 retracted.",
        ),
    ],
)
def test_the_receipt_is_there_even_when_nothing_is_new(found: Digest, line: str) -> None:
    assert receipt(found) == line
    for form in ("text", "html", "json"):
        assert line in format_digest(found, form, STYLE)


def test_html_is_escaped_and_asks_nothing_of_other_sites() -> None:
    html = format_digest(NEWS, "html", STYLE)
    assert "An invented trial of &lt;ketamine&gt; &amp; salt" in html
    assert "<script" not in html
    assert "src=" not in html
    assert html.index("that was retracted") < html.index("An invented trial of")


def test_the_mail_has_both_parts_a_date_and_an_id_that_stays() -> None:
    first, second = (format_digest(NEWS, "eml", STYLE) for _ in range(2))
    assert first == second
    message: Any = email.message_from_string(first, policy=default)
    assert message["Subject"] == "Invented topic: 1 new study, 1 retracted"
    assert message["Date"] == "Mon, 23 Nov 2026 07:00:00 +0000"
    assert message["Message-ID"].endswith("@evidence.invalid>")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text = message.get_body(("plain",)).get_content()
    assert text.replace("\r\n", "\n") == format_digest(NEWS, "text", STYLE)
    assert first.isascii()


def test_json_holds_every_fact_and_the_counts() -> None:
    data = json.loads(format_digest(NEWS, "json", STYLE))
    assert data["counts"] == {"retracted": 1, "doubted": 0, "new": 1, "changed": 0, "relabelled": 1}
    assert data["items"][0]["link"] == "https://evidence.example/study/90000002"
    assert data["items"][1]["findings"][0] == {
        "domain": "alcohol_use",
        "direction": "favours_ketamine",
        "checked": True,
    }


def test_little_harm_is_not_called_a_benefit() -> None:
    item = replace(
        ITEM,
        findings=(Finding("safety", "favours_ketamine", True), Finding("mood", "favours_ketamine", True)),
        relabelled=(Relabelling("outcomes.safety", "mixed", "favours_comparator"),),
    )
    text = format_digest(replace(NEWS, items=(item,)), "text", STYLE)
    assert "Safety: well tolerated or fewer harms ✓; Mood: favours ketamine ✓" in text
    assert "Safety: mixed → harm reported" in text


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(BadInput) as error:
        format_digest(NEWS, "fax", STYLE)
    assert str(error.value) == "There is no digest form 'fax'. Forms: text, html, atom, eml, json."


@pytest.mark.parametrize("address", ["https://evidence.example", ""])
def test_the_feed_is_valid_with_and_without_an_address(address: str) -> None:
    text = format_digest(NEWS, "atom", replace(STYLE, address=address))
    assert feed_problems(text) == []
    assert ('rel="self"' in text) == bool(address)


@given(st.text(), st.sampled_from(FORMS))
def test_any_title_can_be_sent_in_any_form(title: str, form: str) -> None:
    news = replace(NEWS, items=(replace(ITEM, title=title),))
    text = format_digest(news, form, STYLE)
    if form == "atom":
        assert feed_problems(text) == []
    if form == "eml":
        assert email.message_from_string(text, policy=default)["Subject"] == "Invented topic: 1 new study"
