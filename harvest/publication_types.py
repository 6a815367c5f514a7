"""Publication types by their MeSH unique identifier (UI).

Most records give the UI beside the name. Some give none, and then the name may stand in capitals
("RETRACTION OF PUBLICATION"): such a name is matched here, so that the type is recognised all the same.
Source: NLM's list of publication types (MeSH publication characteristics) as used in real records.
"""

from __future__ import annotations

from db.records import PublicationType

_TYPES = (
    ("D020493", "Autobiography"),
    ("D016417", "Bibliography"),
    ("D019215", "Biography"),
    ("D002363", "Case Reports"),
    ("D016429", "Clinical Conference"),
    ("D000068397", "Clinical Study"),
    ("D016430", "Clinical Trial"),
    ("D017426", "Clinical Trial, Phase I"),
    ("D017427", "Clinical Trial, Phase II"),
    ("D017428", "Clinical Trial, Phase III"),
    ("D017429", "Clinical Trial, Phase IV"),
    ("D016420", "Comment"),
    ("D003160", "Comparative Study"),
    ("D016423", "Congress"),
    ("D016446", "Consensus Development Conference"),
    ("D016447", "Consensus Development Conference, NIH"),
    ("D018848", "Controlled Clinical Trial"),
    ("D016437", "Dictionary"),
    ("D016435", "Directory"),
    ("D016421", "Editorial"),
    ("D004740", "English Abstract"),
    ("D023362", "Evaluation Study"),
    ("D000075742", "Expression of Concern"),
    ("D016456", "Historical Article"),
    ("D017203", "Interview"),
    ("D054711", "Introductory Journal Article"),
    ("D016428", "Journal Article"),
    ("D019531", "Lecture"),
    ("D016422", "Letter"),
    ("D017418", "Meta-Analysis"),
    ("D016448", "Multicenter Study"),
    ("D016433", "News"),
    ("D064888", "Observational Study"),
    ("D062210", "Personal Narrative"),
    ("D019477", "Portrait"),
    ("D017065", "Practice Guideline"),
    ("D000076942", "Preprint"),
    ("D016425", "Published Erratum"),
    ("D016449", "Randomized Controlled Trial"),
    ("D052061", "Research Support, N.I.H., Extramural"),
    ("D052060", "Research Support, N.I.H., Intramural"),
    ("D013485", "Research Support, Non-U.S. Gov't"),
    ("D013486", "Research Support, U.S. Gov't, Non-P.H.S."),
    ("D013487", "Research Support, U.S. Gov't, P.H.S."),
    ("D016441", "Retracted Publication"),
    ("D016440", "Retraction of Publication"),
    ("D016454", "Review"),
    ("D000078182", "Systematic Review"),
    ("D016427", "Technical Report"),
    ("D023361", "Validation Study"),
    ("D059040", "Video-Audio Media"),
)
_BY_NAME = {name.lower(): PublicationType(name, ui) for ui, name in _TYPES} | {
    # Names as they stood before NLM changed them; the identifiers have stayed.
    "congresses": PublicationType("Congresses", "D016423"),
    "evaluation studies": PublicationType("Evaluation Studies", "D023362"),
    "validation studies": PublicationType("Validation Studies", "D023361"),
}


def publication_type(name: str, ui: str) -> PublicationType:
    """The type as the record gives it; where it gives no UI, the type that the name means, if that is known."""
    if ui:
        return PublicationType(name, ui)
    return _BY_NAME.get(name.lower(), PublicationType(name))
