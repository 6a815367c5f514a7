"""The words around an outcome, as names of features. Texts are invented."""

from __future__ import annotations

from classify.outcome_features import describe
from classify.outcome_words import MARK, words_about
from classify.outcomes import decide_all
from classify.reading import Reader
from db.records import TaggableRecord
from harvest.topics import load_topic

READER = Reader(load_topic())


def words(domain: str, abstract: str, title: str = "Ketamine (invented)") -> set[str]:
    record = TaggableRecord("1", title, abstract)
    document = READER.document(record, study_design="randomised_trial", relevance="core")
    assert document is not None
    evidence, decided = decide_all(document, READER.lexicon, "randomised_trial")
    return {name.removeprefix(MARK) for name in words_about(document, domain, evidence[domain], decided[domain][1])}


def test_terms_comparators_numbers_and_tests_are_masked() -> None:
    told = words(
        "craving",
        "METHODS: Adults took part. RESULTS: Ketamine lowered alcohol craving by 12.5 points more than placebo (p = 0.03), not"
        " depression (p = 0.4).",
    )
    in_results = {word.partition("”")[0] for word in told if word.endswith(" in results")}
    assert in_results == {
        *("DRUG", "lowered", "OUTCOME, LESS IS GOOD", "by", "NUMBER", "points", "more", "than", "COMPARATOR"),
        *("SIGNIFICANT", "not", "ANOTHER OUTCOME", "MISSED"),
    }
    assert {"lowered” in results, craving", "DRUG” in the title", "lowered” in what decided, craving"} <= told


def test_only_sentences_on_the_domain_and_conclusions_count() -> None:
    told = words(
        "craving",
        "METHODS: Adults sang. RESULTS: Alcohol craving sank. Blood pressure soared. CONCLUSIONS: Patients rejoiced.",
    )
    assert {"sank” in results", "rejoiced” in any conclusion"} <= told
    assert not [word for word in told if word.startswith(("sang", "soared"))]
    assert "rejoiced” in conclusions" not in told


def test_the_model_gets_them_beside_the_signs() -> None:
    record = TaggableRecord("1", "Ketamine (invented)", "METHODS: Adults. RESULTS: Alcohol craving sank.")
    document = READER.document(record, study_design="randomised_trial", relevance="core")
    assert document is not None
    evidence, decided = decide_all(document, READER.lexicon, "randomised_trial")
    features = describe(document, evidence, decided, "randomised_trial")["craving"]
    assert features["“sank” in results"] == 1.0
    assert features["domain craving"] == 1.0
