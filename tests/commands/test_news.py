"""The digest tells what is new, and never sends mail by accident."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import Evidence


def test_a_digest_of_a_quiet_period_still_gives_its_receipt(evidence: Evidence) -> None:
    evidence("up", "--offline", "--no-serve")
    quiet = json.loads(evidence("digest", "--since", "2020-01-01", "--json").stdout)
    assert quiet["receipt"].startswith("PubMed has not been searched yet")
    assert len(quiet["items"]) > 0


def test_mail_without_settings_names_the_missing_one(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVIDENCE_SMTP_HOST", raising=False)
    evidence("up", "--offline", "--no-serve")
    result = evidence("digest", "--mail")
    assert (result.exit_code, "EVIDENCE_SMTP_HOST" in result.stderr) == (65, True)


def test_mail_is_a_dry_run_unless_told_to_send(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "127.0.0.1", "PORT": "9", "FROM": "a@x.invalid", "TO": "b@x.invalid"}.items():
        monkeypatch.setenv(f"EVIDENCE_SMTP_{name}", value)
    monkeypatch.setenv("EVIDENCE_SMTP_TLS", "none")
    evidence("up", "--offline", "--no-serve")
    result = evidence("digest", "--mail")
    assert (result.exit_code, "nothing was sent" in result.stderr) == (0, True)


def test_sending_without_mail_is_wrong_usage(evidence: Evidence) -> None:
    assert evidence("digest", "--send").exit_code == 2
