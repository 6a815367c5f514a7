"""Traps that abstracts set for the reading of facts. Every sentence is invented."""

from __future__ import annotations

import pytest

from classify.reading import Reader
from db.records import TaggableRecord
from harvest.topics import load_topic

READER = Reader(load_topic())
TITLE = "Ketamine in adults (invented)"


def fact(text: str, field: str, design: str = "randomised_trial", title: str = TITLE) -> object:
    """The value that is read from an invented methods section; its quote must be verbatim."""
    record = TaggableRecord(id="1", title=title, abstract=f"METHODS: {text}")
    tags = {tag.field: tag for tag in READER.read(record, study_design=design, relevance="core")}
    if field not in tags:
        return None
    assert tags[field].quote in f"{title}\n{record.abstract}"
    return tags[field].value


@pytest.mark.parametrize(
    ("text", "design", "value"),
    [
        pytest.param("Thirty adults were assigned to the ketamine group and 31 to the placebo group.", "randomised_trial", 61, id="two arms in one breath"),
        pytest.param("Eighteen frequent and 19 infrequent ketamine users were assessed.", "observational", None, id="the first group has no noun of its own"),
        pytest.param("Ketamine was given to all; 20 smokers and 20 non-smokers were studied.", "nonrandomised_trial", 40, id="two kinds of people"),
        pytest.param("Of 65 participants, 58 received ketamine.", "randomised_trial", 65, id="a part is not added to its whole"),
        pytest.param("Sixty patients were allocated, 30 to ketamine and 30 to placebo.", "randomised_trial", 60, id="arms that make up the whole"),
        pytest.param("In this trial, thirty patients were randomised in each of four groups to ketamine or saline.", "randomised_trial", None, id="so many in each group"),
        pytest.param("Fifty patients in the ketamine group received an infusion.", "randomised_trial", None, id="one group alone"),
        pytest.param("Patient Health Questionnaire-9 scores of patients treated with ketamine were read.", "observational", None, id="a scale's number"),
        pytest.param("Adults (n = 61) and others (n = 40) with ketamine; depression fell by 12.7 ± 4 in patients who received it.", "nonrandomised_trial", None, id="a standard deviation"),
        pytest.param("Forty-seven ASA 1-2 patients undergoing surgery were randomly assigned to ketamine or saline.", "randomised_trial", 47, id="a class of risk between number and people"),
        pytest.param("Of 628 patients screened, of whom 79 were randomly assigned to ketamine or saline.", "randomised_trial", 79, id="screened and then assigned"),
        pytest.param("Adults were randomised to ketamine (n = 31) or saline (n = 33).", "randomised_trial", 64, id="arms stated one by one"),
        pytest.param("Only two participants received ketamine at a higher dose.", "nonrandomised_trial", None, id="only a few of them"),
        pytest.param("Twenty patients received ketamine. Scans were compared with those of 15 healthy controls.", "nonrandomised_trial", None, id="controls told of elsewhere"),
        pytest.param("In a retrospective study involving 149 adults, ketamine was given (mean age 40.5 years).", "observational", 149, id="a study involving so many"),
        pytest.param("The first case is a 35-year-old man given ketamine. The second patient is older.", "case_report", None, id="more than one case"),
    ],
)  # fmt: skip
def test_people_are_counted_once_and_wholly_or_not_at_all(text: str, design: str, value: int | None) -> None:
    assert fact(text, "n_participants", design) == value


def test_cases_are_counted_by_the_title() -> None:
    assert fact("Both took ketamine.", "n_participants", "case_report", "Two cases of relief after ketamine") == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("Of the 2,275 articles identified, 93 met the criteria; ketamine helped.", 93, id="chosen, not found"),
        pytest.param("The search yielded 317 articles, where 29 studies met the criteria.", 29, id="yielded, then met"),
        pytest.param("Nineteen clinical studies of ketamine and eight others were included.", None, id="two kinds and no sum"),
        pytest.param("Nine articles on ketamine were included, of which three trials were included twice.", 9, id="a part of them"),
        pytest.param("We searched seven databases and included studies of ketamine.", None, id="databases are no studies"),
    ],
)  # fmt: skip
def test_a_reviews_studies_are_those_that_it_chose(text: str, value: int | None) -> None:
    assert fact(text, "n_studies", "systematic_review") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("Adults received ketamine at 0.15, 0.30, or 0.45 mg/kg.", "0.15 mg/kg; 0.30 mg/kg; 0.45 mg/kg", id="a list whose last is the sum of the others"),
        pytest.param("Adults received ketamine (28/56/84 mg).", "28 mg; 56 mg; 84 mg", id="a list with slashes"),
        pytest.param("Children received ketamine at 0 mg/kg, 0.1 mg/kg or 0.3 mg/kg.", "0.1 mg/kg; 0.3 mg/kg", id="nothing is no dose"),
        pytest.param("Adults received ketamine 0.5 mg/kg, and anaesthesia was induced by 1.5 mg/kg of fentanyl.", "0.5 mg/kg", id="of another drug"),
        pytest.param("Adults received ketamine 0.5 mg/kg or thiopental 1.5 mg/kg.", "0.5 mg/kg", id="a further drug's name"),
        pytest.param("Adults received ketamine (KET; 0.5 mg/kg) or midazolam (MID; 30 μg/kg). All had 30 μg/kg of MID diluted.", "0.5 mg/kg", id="another drug's short name"),
        pytest.param("Adults received ketamine 0.5 mg/kg. Fentanyl consumption was lower with ketamine (399 μg [95% CI 345-454]).", "0.5 mg/kg", id="what was used up"),
        pytest.param("Adults received ketamine 0.3 mg kg-1 h-1.", "0.3 mg/kg/h", id="negative powers"),
        pytest.param("Adults received ketamine 0.5 mg/kg first, then flexible ketamine 0.5-0.9 mg/kg.", "0.5 mg/kg; 0.5-0.9 mg/kg", id="a fixed dose before a range"),
        pytest.param("Adults received ketamine 25 mg. Later they had ketamine 0.5 mg/kg.", None, id="several doses in several sentences"),
        pytest.param("A 0.5-mg/kg ketamine infusion was given.", "0.5 mg/kg", id="a hyphen before the unit"),
        pytest.param("Esketamine or saline will be infused at 0.3 mg/kg/hour.", "0.3 mg/kg/hour", id="saline has no such dose"),
    ],
)  # fmt: skip
def test_a_dose_is_the_studied_drugs_own(text: str, value: str | None) -> None:
    assert fact(text, "dose") == value


@pytest.mark.parametrize(
    ("text", "title", "value"),
    [
        pytest.param("Ketamine was used.", "Intravenous or subcutaneous ketamine in adults", "intravenous; subcutaneous", id="two ways in one breath"),
        pytest.param("Adults took intranasal esketamine or ketamine.", "Ketamine infusion versus intranasal esketamine", None, id="an infusion beside a spray"),
        pytest.param("Adults received epidural ketamine.", TITLE, "other", id="epidural is not intrathecal"),
        pytest.param("Ketamine 0.1 mg/kg was given; the time to first oral intake was short.", TITLE, None, id="eating is no way of giving"),
        pytest.param("Adults received six infusions of ketamine.", TITLE, "intravenous", id="an infusion of the drug"),
        pytest.param("Ketamine infusions were subcutaneous at some sites.", TITLE, "subcutaneous", id="an infusion of another kind"),
    ],
)  # fmt: skip
def test_the_way_of_giving_is_the_studied_drugs(text: str, title: str, value: str | None) -> None:
    assert fact(text, "route", title=title) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("Adults were divided into 3 treatment groups with ketamine.", None, id="groups"),
        pytest.param("Adults had one of two doses of ketamine (0.4 and 0.8 mg/kg).", None, id="levels of dose"),
        pytest.param("Those who had ≥1 dose of ketamine were analysed.", None, id="at least one"),
        pytest.param("Ketamine came first; then 3 infusions of scopolamine were given.", None, id="another drug's"),
        pytest.param("Symptoms fell after single and repeated ketamine infusions.", None, id="single and repeated"),
        pytest.param("Adults received a ketamine infusion or saline.", 1, id="once and nothing tells of more"),
        pytest.param("Adults received a ketamine infusion weekly.", None, id="weekly, but not how long"),
    ],
)  # fmt: skip
def test_sessions_are_counted_or_left_open(text: str, value: int | None) -> None:
    assert fact(text, "sessions") == value


@pytest.mark.parametrize(
    ("text", "title", "value"),
    [
        pytest.param("Adults had ketamine; in the control group, normal saline was injected.", TITLE, "saline", id="what the controls got"),
        pytest.param("Adults had ketamine in Group K; others had the same volume of saline.", TITLE, "saline", id="the same volume"),
        pytest.param("Adults had oral placebo or naltrexone before an infusion of ketamine.", TITLE, None, id="every arm has the drug"),
        pytest.param("Those who responded to ketamine were randomised to lithium or placebo.", TITLE, None, id="after the drug"),
        pytest.param("A placebo-controlled trial of ketamine or midazolam (active placebo) was done.", TITLE, "midazolam", id="an active placebo"),
        pytest.param("Adults had placebo or ketamine or midazolam.", TITLE, "midazolam; placebo", id="three arms"),
        pytest.param("In a placebo-controlled study adults were given ketamine or placebo.", "Effects of ketamine and risperidone", None, id="a partner in the title"),
        pytest.param("Adults had ketamine plus midazolam or saline.", TITLE, "saline", id="given with the drug"),
        pytest.param("Our previous placebo-controlled trial gave ketamine.", TITLE, None, id="an earlier trial"),
        pytest.param("Adults took part.", "Ketamine or placebo in adults", "placebo", id="the title's contrast"),
        pytest.param("Adults had ketamine or sufentanil.", TITLE, None, id="an opioid that may be given to all"),
    ],
)  # fmt: skip
def test_a_comparator_stands_against_the_drug_in_an_arm_of_its_own(text: str, title: str, value: str | None) -> None:
    assert fact(text, "comparator", title=title) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("Mood was rated on days 1, 3, 7 and 28 after ketamine.", "day 28", id="a list of days"),
        pytest.param("Cognition was assessed on the third postoperative day after ketamine.", "third postoperative day", id="an ordinal"),
        pytest.param("Mothers aged ≥18 years were assessed at 42 days after ketamine.", "42 days", id="an age"),
        pytest.param("Ketamine was given twice weekly for 4 weeks; mood was rated at 24 hours.", None, id="the study goes on for longer"),
        pytest.param("Mood was assessed after ketamine, and responders were followed over a 6-month period.", "6 months", id="a period of following"),
        pytest.param("Mood was assessed at 1.5 years after ketamine.", "1.5 years", id="a decimal"),
        pytest.param("The eighth patient was assessed after ketamine.", None, id="no hours in an ordinal"),
        pytest.param("Infusions of ketamine were administered on day 0 and day 21.", None, id="when the drug was given"),
    ],
)  # fmt: skip
def test_follow_up_is_the_last_time_of_measuring(text: str, value: str | None) -> None:
    assert fact(text, "follow_up") == value


def test_no_follow_up_is_read_from_a_review_of_several_studies() -> None:
    assert fact("Mood was assessed at 24 hours after ketamine.", "follow_up", "meta_analysis") is None


def test_the_title_tells_the_blinding_of_the_study() -> None:
    text = "The next part of ketamine's study is double-blind."
    assert fact(text, "blinding", title="An open-label study of ketamine") == "open-label"
