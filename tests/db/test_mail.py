"""Mail is sent through a real SMTP server on this machine, with every way in which that can go wrong."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from db.errors import BadInput, EvidenceError
from db.mail import Delivery, MailSettings, mail_settings, send

SECRET = "invented-s3cret"
SETTINGS = MailSettings("localhost", 0, "tracker@clinic.example", ("team@clinic.example",), tls="none")
LOGIN = replace(SETTINGS, user="tracker", password=SECRET)


class Inbox:
    """Keeps what comes in; refuses addresses that begin with "nobody"."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return f"550 no such user, and {SECRET} is no password"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("stranger"):
            return "553 we do not know you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if b"Subject: full" in envelope.content:
            return "452 mailbox full"
        self.letters.append(envelope)
        return "250 OK"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"tracker", SECRET.encode()), handled=False)


class Server(Controller):
    """aiosmtpd on a free port."""

    def __init__(self, inbox: Inbox, **options: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        ssl_context = options.pop("ssl_context", None)
        self.options = options
        super().__init__(inbox, hostname="127.0.0.1", port=port, ssl_context=ssl_context)

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="localhost", **self.options)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that only this test trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@pytest.fixture
def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def start(inbox: Inbox) -> Iterator[Any]:
    """Starts a server with the given options and returns its port."""
    servers = []

    def run(**options: Any) -> int:
        server = Server(inbox, **options)
        server.start()
        servers.append(server)
        return int(server.port)

    yield run
    for server in servers:
        server.stop()


def letter(subject: str = "News") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["To"] = "left over from elsewhere"
    message.set_content("Nothing is new.")
    return message


def problem_of(settings: MailSettings, message: EmailMessage | None = None, **options: Any) -> str:
    with pytest.raises(EvidenceError) as error:
        send(message or letter(), settings, dry_run=False, **options)
    assert error.value.__context__ is None
    assert error.value.__cause__ is None
    assert SECRET not in str(error.value)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_nothing_is_sent_unless_it_is_asked_for(start: Any, inbox: Inbox) -> None:
    settings = replace(SETTINGS, port=start())
    assert send(letter(), settings) == Delivery(("team@clinic.example",), dry_run=True)
    assert inbox.letters == []


def test_a_letter_arrives(start: Any, inbox: Inbox) -> None:
    delivery = send(letter(), replace(SETTINGS, port=start()), dry_run=False)
    assert delivery == Delivery(("team@clinic.example",))
    [envelope] = inbox.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("tracker@clinic.example", ["team@clinic.example"])
    assert b"To: team@clinic.example\r\n" in envelope.content
    assert b"left over" not in envelope.content


def test_several_readers_do_not_see_each_other(start: Any, inbox: Inbox) -> None:
    recipients = ("one@clinic.example", "two@clinic.example")
    send(letter(), replace(SETTINGS, port=start(), recipients=recipients), dry_run=False)
    [envelope] = inbox.letters
    assert envelope.rcpt_tos == list(recipients)
    assert b"one@" not in envelope.content
    assert b"two@" not in envelope.content


def test_one_refused_reader_does_not_keep_the_letter_from_the_others(start: Any, inbox: Inbox) -> None:
    settings = replace(LOGIN, user="", port=start(), recipients=("nobody@clinic.example", "team@clinic.example"))
    delivery = send(letter(), settings, dry_run=False)
    assert delivery.accepted == ("team@clinic.example",)
    assert delivery.refused == {"nobody@clinic.example": "550 no such user, and … is no password"}
    assert len(inbox.letters) == 1


def test_starttls_and_a_login(start: Any, inbox: Inbox, serving: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    port = start(tls_context=serving, require_starttls=True, authenticator=authenticate, auth_required=True)
    send(letter(), replace(LOGIN, port=port, tls="starttls"), dry_run=False, context=trusting)
    assert len(inbox.letters) == 1


def test_tls_from_the_beginning(start: Any, inbox: Inbox, serving: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    port = start(ssl_context=serving)
    send(letter(), replace(SETTINGS, port=port, tls="tls"), dry_run=False, context=trusting)
    assert len(inbox.letters) == 1


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_ends_it(tls: str, start: Any, inbox: Inbox, serving: Any) -> None:
    options = {"ssl_context": serving} if tls == "tls" else {"tls_context": serving}
    port = start(**options)
    assert problem_of(replace(LOGIN, port=port, tls=tls)) == (
        f"No safe connection to the mail server localhost:{port}: its certificate is not trusted "
        "(self-signed certificate). Check EVIDENCE_SMTP_TLS and the name."
    )
    assert inbox.letters == []


def test_a_wrong_password_is_told_without_the_password(start: Any, serving: Any, trusting: Any) -> None:
    port = start(tls_context=serving, authenticator=authenticate)
    assert problem_of(replace(LOGIN, port=port, tls="starttls", user="someone"), context=trusting) == (
        f"Could not log in to the mail server localhost:{port} (code 535). "
        "Check EVIDENCE_SMTP_USER and EVIDENCE_SMTP_PASSWORD."
    )


def test_a_server_without_starttls_gets_no_password(start: Any, inbox: Inbox) -> None:
    port = start()
    assert problem_of(replace(LOGIN, port=port, tls="starttls")) == (
        f"The mail server localhost:{port} does not offer what is needed: STARTTLS extension not supported by server. "
        "Try EVIDENCE_SMTP_TLS=tls."
    )


def test_refusals_name_what_to_check(start: Any) -> None:
    port = start()
    where = f"the mail server localhost:{port}"
    settings = replace(LOGIN, user="", port=port)
    assert problem_of(replace(settings, recipients=("nobody@clinic.example",))) == (
        f"Could not send: {where} refused every recipient (nobody@clinic.example: 550 no such user, and … is no "
        "password). Check EVIDENCE_SMTP_TO."
    )
    assert problem_of(replace(settings, sender="stranger@clinic.example")) == (
        f"Could not send: {where} refused the sender (553 we do not know you). Check EVIDENCE_SMTP_FROM."
    )
    assert problem_of(settings, letter("full")) == (
        f"Could not send: {where} said 452 mailbox full. Try again later, or ask those who run it."
    )


def test_a_server_that_is_silent_or_not_there(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        settings = replace(SETTINGS, host="127.0.0.1", port=port)
        assert problem_of(settings, timeout=0.2) == (
            f"The mail server 127.0.0.1:{port} did not answer in time. "
            "Check EVIDENCE_SMTP_HOST and EVIDENCE_SMTP_PORT, or try again later."
        )
    assert problem_of(settings).startswith(f"Could not reach the mail server 127.0.0.1:{port}: ")


WHOLE = {"EVIDENCE_SMTP_HOST": "mail.clinic.example", "EVIDENCE_SMTP_FROM": "Tracker <t@clinic.example>"}
WHOLE["EVIDENCE_SMTP_TO"] = "Team <a@clinic.example>, b@clinic.example"


def test_settings_come_from_the_environment_with_safe_defaults() -> None:
    assert mail_settings(WHOLE) == MailSettings(
        "mail.clinic.example", 587, "t@clinic.example", ("a@clinic.example", "b@clinic.example"), "starttls"
    )
    settings = mail_settings(
        {**WHOLE, "EVIDENCE_SMTP_USER": "u", "EVIDENCE_SMTP_PASSWORD": SECRET, "EVIDENCE_SMTP_TLS": "tls"}
    )
    assert (settings.port, settings.password) == (465, SECRET)
    assert SECRET not in repr(settings) + settings.described()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"HOST": ""}, "To send mail, set EVIDENCE_SMTP_HOST (see docs/patients.md)."),
        ({"TO": " "}, "To send mail, set EVIDENCE_SMTP_TO (see docs/patients.md)."),
        ({"TLS": "yes"}, "EVIDENCE_SMTP_TLS must be one of: starttls, tls, none."),
        ({"PORT": "many"}, "EVIDENCE_SMTP_PORT must be a number from 1 to 65535."),
        ({"USER": "u"}, "Set both EVIDENCE_SMTP_USER and EVIDENCE_SMTP_PASSWORD, or neither."),
        ({"FROM": "a@b.example, c@d.example"}, "EVIDENCE_SMTP_FROM must be one address."),
        ({"TO": "team"}, "EVIDENCE_SMTP_TO must hold e-mail addresses, with commas between several."),
        (
            {"TO": "a@b.example\nBcc: c@d.example"},
            "EVIDENCE_SMTP_TO must hold e-mail addresses, with commas between several.",
        ),
        (
            {"USER": "u", "PASSWORD": SECRET, "TLS": "none"},
            "EVIDENCE_SMTP_TLS=none would send the password readable by others. Use starttls or tls.",
        ),
    ],
)
def test_each_wrong_setting_is_named(change: dict[str, str], problem: str) -> None:
    with pytest.raises(BadInput) as error:
        mail_settings({**WHOLE, **{f"EVIDENCE_SMTP_{name}": value for name, value in change.items()}})
    assert str(error.value) == problem
