"""What a sentence says of two arms, on invented sentences about zelaxin, placebo and hiccups."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.contrast_signs import Change, directed, larger, signs_of
from classify.contrasts import Contrast, Prompt, kind_of, polarity, read_contrast
from classify.mentions import abbreviations


def _read(text: str, first: str = "zelaxin", second: str = "placebo", outcome: str = "hiccups") -> Contrast:
    return read_contrast(Prompt(text, first, second, outcome))


def _kinds(contrast: Contrast) -> str:
    return " ".join(event.kind for event in contrast.events)


def test_a_sentence_becomes_events_in_their_order() -> None:
    contrast = _read("Hiccups were rarer, and pain lower, with zelaxin than with placebo (2.1 vs 3.4; p = 0.02).")
    assert _kinds(contrast) == "OUT AND DOWN INT THAN CMP NUM THAN NUM END PSIG END"
    assert contrast.words[:2] == ("OUT", "were")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("p = 0.3", "PNS"), ("p < 0.05", "PSIG"), ("P>0.05", "PNS"), ("p≤0.05", "PSIG"), ("p-value 0.2", ""),
        ("odds ratio 1.4; 95% CI 0.9 to 2.1", "RATIOUP END CINS"), ("hazard ratio 0.61 (95% CI 0.40-0.93)", "RATIODN CIDN"),
        ("mean difference -2.1, 95% CI -4.0 to 0.3", "DIFF DIFFDN CINS"), ("95% CI, 1.2 to 3.4", "CISIG"),
        ("P=0·04", "PSIG"),
    ],
)  # fmt: skip
def test_p_values_ratios_and_intervals_are_read_as_numbers(text: str, sign: str) -> None:
    assert [kind for kind in _kinds(_read(text)).split() if kind != "NUM"] == sign.split()


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Hiccups were more frequent with zelaxin than with placebo.", 1),
        ("Hiccups were more frequent with placebo than with zelaxin.", -1),
        ("Compared with placebo, zelaxin reduced hiccups.", -1),
        ("The placebo group had fewer hiccups than the zelaxin group.", 1),
        ("A greater reduction of hiccups was seen with zelaxin.", -1),
        ("A smaller reduction of hiccups was seen with zelaxin.", 1),
    ],
)
def test_a_word_of_change_speaks_of_its_arm(text: str, way: int) -> None:
    assert [change.way for change in directed(_read(text).events)] == [way]


def test_changes_name_what_else_stands_in_their_clause() -> None:
    assert directed(_read("Zelaxin did not reduce hiccups.").events) == [Change(-1, True, True, True)]
    assert Change(-1, True, True, False).sign() == "change down of an arm negated"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hiccups fell with zelaxin compared with placebo (12 vs 15).", "lo"),
        ("There were 15 hiccups with zelaxin and 12 hiccups with placebo.", "order hi"),
        ("Hiccups in the placebo and zelaxin groups were 12 and 15, respectively.", "hi"),
        ("Hiccups occurred in 3/30 (10%) on zelaxin and in 12/30 (40%) on placebo.", "order lo"),
        ("Hiccups: 12 vs 15.", "pair lo"),
        ("Hiccups fell by 12.", ""),
    ],
)
def test_the_larger_number_is_found(text: str, told: str) -> None:
    assert larger(_read(text).events) == told


def test_arms_are_found_by_abbreviation_group_and_dose() -> None:
    text = "Breath holding training (BHT) beat usual care (UC): UC had more hiccups than BHT."
    assert _kinds(_read(text, "breath holding training", "usual care")).endswith("CMP UP OUT THAN INT END")
    assert _kinds(_read("More hiccups in group II", "zelaxin (group I)", "placebo (group II)")) == "UP OUT CMP"
    assert _kinds(_read("Fewer hiccups with 20 mg", "zelaxin 20 mg", "zelaxin 10 mg")) == "DOWN OUT INT"
    assert _kinds(_read("Fewer hiccups in the intervention group", "zelaxin", "placebo")) == "DOWN OUT INT"
    assert _kinds(_read("Fewer hiccups than controls", "placebo", "zelaxin")) == "DOWN OUT THAN INT"
    assert abbreviations("breath holding training (BHT) in rooms (n = 3)") == {"bht": {"breath", "holding", "trainin"}}


def test_better_means_what_is_good_of_the_outcome() -> None:
    assert [polarity(text) for text in ("pain relief", "absence of pain", "survival", "hiccups")] == [-1, 1, 1, 0]
    assert _kinds(_read("Pain improved with zelaxin", outcome="pain")) == "OUT DOWN INT"
    assert _kinds(_read("Survival improved with zelaxin", outcome="survival")) == "OUT UP INT"


def test_the_signs_of_a_prompt() -> None:
    signs = signs_of(_read("There was no difference in sleep; hiccups were fewer with zelaxin (p = 0.01)."))
    assert signs["clause"] == ["OUT", "DOWN", "INT", "PSIG"]
    assert signs["events"] == ["NEG", "DIFF", "END", "OUT", "DOWN", "INT", "PSIG", "END"]
    assert set(signs["signs"]) >= {
        "way down good 0",
        "tests s",
        "sum of clause down",
        "change down of an arm of outcome",
    }


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_read(text: str, first: str, second: str, outcome: str) -> None:
    signs = signs_of(_read(text, first, second, outcome))
    assert list(signs) == ["words", "events", "clause", "signs"]


@given(st.sampled_from(["12", "-1.5", "1,200", ".05", "+3"]))
def test_numbers_are_numbers(text: str) -> None:
    assert kind_of(text) == "NUM"
