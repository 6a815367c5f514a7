"""A paper of which its journal took back a part is not told as taken back whole."""

from __future__ import annotations

import pytest
from evidence_site.pages.study_page import only_partly
from evidence_site.studies import Study


@pytest.mark.parametrize(
    ("kinds", "types", "expected"),
    [
        (["PartialRetractionIn", "CommentIn"], '["Journal Article"]', True),
        (["PartialRetractionIn", "RetractionIn"], '["Journal Article"]', False),
        (["PartialRetractionIn", "RetractedandRepublishedIn"], '["Journal Article"]', False),
        (["PartialRetractionIn"], '["Journal Article", "Retracted Publication"]', False),
        (["RetractionIn"], '["Journal Article"]', False),
        ([], '["Retracted Publication"]', False),
    ],
)
def test_only_a_partial_notice_alone_makes_a_partial_retraction(kinds: list[str], types: str, expected: bool) -> None:
    study = Study(row={"publication_types": types}, labels={}, outcomes=[])
    assert only_partly(study, [{"kind": kind} for kind in kinds]) is expected
