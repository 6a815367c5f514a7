"""Invented collections: one for patients, one for clinicians, each with a missing and a retracted study."""

from __future__ import annotations

from db.collections import Collection, CollectionEntry

_STUDIES = (
    CollectionEntry(99000001, "", {"en": "Invented note one.", "es": "Nota inventada uno."}),
    CollectionEntry(99000003, "", {"en": "An invented study that was taken back."}),
    CollectionEntry(None, "10.9999/invented.2", {"en": "Known by its DOI. A placebo & <script>alert(1)</script>."}),
    CollectionEntry(12345678, "", {"en": "Not in this database."}),
)

COLLECTIONS = (
    Collection(
        "for-patients",
        {"en": "An invented list", "es": "Una lista inventada"},
        {"en": "For trying out.", "es": "Para probar."},
        "patients",
        _STUDIES,
    ),
    Collection("for-the-ward", {"en": "An invented ward list"}, {"en": "For rounds."}, "clinicians", _STUDIES),
)
