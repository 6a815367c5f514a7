"""The home page: what this is, how fresh it is, the evidence at a glance, and ways on."""

from __future__ import annotations

from evidence_site import evidence_map
from evidence_site.asks import Ask, Page, Route
from evidence_site.filters import RELEVANT
from evidence_site.studies import load_studies


def build(edition, connection, ask: Ask) -> Page:
    ask.only()
    drawn = edition.remember(
        "home",
        lambda: {
            "wide": evidence_map.wide(connection, edition),
            "narrow": evidence_map.narrow(connection, edition),
            "timeline": evidence_map.timeline(connection, edition),
            "table": evidence_map.counts(connection, edition),
            "figures": figures(edition, connection),
        },
    )
    newest = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM studies WHERE relevance <> 'off_topic' AND status <> 'notice' ORDER BY id LIMIT 4"
        )
    ]
    studies = load_studies(connection, edition, newest)
    return Page(
        "home.html",
        edition.info["topic_name"],
        {**drawn, "newest": studies, "questions": edition.questions},
        {
            "figures": drawn["figures"],
            "map": [
                {"design": design, "outcome": domain, **dict(tally)}
                for (design, domain), tally in sorted(drawn["table"].items())
            ],
            "newest": [study.row["path"] for study in studies],
        },
        description=edition.info["topic_summary"],
        section="home",
    )


def figures(edition, connection) -> dict[str, int]:
    """The counts in the head of the home page."""
    relevant = [edition.studies_with("relevance", value) for value in RELEVANT]
    bits = relevant[0] | relevant[1] | relevant[2]
    random = bits & edition.studies_with("design", "randomised_trial")
    return {
        "studies": bits.bit_count(),
        "randomised_trials": _units(connection, "randomised_trial"),
        "randomised_papers": random.bit_count(),
        "trials": connection.execute("SELECT count(DISTINCT main_id) FROM trials").fetchone()[0],
        "retracted": (bits & edition.studies_with("status", "retracted")).bit_count(),
        "checked": (
            bits & (edition.studies_with("checked", "person") | edition.studies_with("checked", "curated"))
        ).bit_count(),
        "off_topic": edition.studies_with("relevance", "off_topic").bit_count(),
    }


def _units(connection, design: str) -> int:
    """Trials rather than papers of one design."""
    return connection.execute(
        "SELECT count(DISTINCT unit) FROM studies WHERE relevance <> 'off_topic'"
        " AND status NOT IN ('retracted', 'withdrawn', 'notice') AND design = ? AND id NOT IN (SELECT study_id FROM"
        " labels WHERE field = 'secondary_analysis' AND shown AND value = 'true')",
        [design],
    ).fetchone()[0]


ROUTES = (Route(r"/(?:index(?P<form>\.json))?", build),)
