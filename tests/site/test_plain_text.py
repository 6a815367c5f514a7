"""Markdown of model cards and topic texts as blocks."""

from __future__ import annotations

from evidence_site.plain_text import Block, blocks


def test_headings_keep_their_order_below_the_highest_of_the_text() -> None:
    """A model card's table of one source stands below "Figures", so that a screen reader can jump between them."""
    text = "## Figures\n\n### Own *gold* set\n\nMacro F1 0.9.\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n## Limits\n\n- one\n- two"
    assert blocks(text) == [
        Block("heading", "Figures", 0),
        Block("heading", "Own *gold* set", 1),
        Block("text", "Macro F1 0.9."),
        Block("table", rows=[["a", "b"], ["1", "2"]]),
        Block("heading", "Limits", 0),
        Block("list", items=["one", "two"]),
    ]
    assert blocks("no heading") == [Block("text", "no heading")]
