"""Study designs in the few groups that a small picture has room for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    id: str
    name: str
    short: str
    designs: tuple[str, ...]


GROUPS = (
    Group("randomised", "Randomised trials", "RCT", ("randomised_trial",)),
    Group("other_trials", "Other trials", "Trial", ("nonrandomised_trial",)),
    Group(
        "observed", "Observational, case reports, interviews", "Obs.", ("observational", "case_report", "qualitative")
    ),
    Group("pooled", "Meta-analyses and systematic reviews", "Syst.", ("meta_analysis", "systematic_review")),
    Group("opinion", "Other reviews, guidance, comment", "Rev.", ("narrative_review", "guideline", "commentary")),
    Group("preclinical", "Animals and laboratory", "Lab", ("preclinical",)),
    Group("planned", "Protocols", "Plan", ("protocol",)),
    Group("rest", "Other, notices, not yet checked", "Other", ("notice", "other", "not_checked")),
)
OF_DESIGN = {design: group for group in GROUPS for design in group.designs}

#: Designs that observed or treated people themselves, rather than reviewing, planning or testing in animals.
PRIMARY_HUMAN = ("randomised_trial", "nonrandomised_trial", "observational", "case_report", "qualitative")
