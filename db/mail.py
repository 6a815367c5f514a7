"""Sends a message over SMTP. Settings come from the environment only, and the password reaches no message or log."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import getaddresses

from db.errors import BadInput, EvidenceError

PREFIX = "EVIDENCE_SMTP_"
#: How the connection is made safe, with the port that is usual for it.
TLS_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where a message is handed in, for whom, and as whom. `tls` is "starttls", "tls" or "none"."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    tls: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)

    def described(self) -> str:
        """The settings for people to check, without the password."""
        login = f"as {self.user}" if self.user else "without a login"
        return f"{self.host}:{self.port} ({self.tls}, {login}), from {self.sender} to {', '.join(self.recipients)}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who will get the message, and whom the server refused with its reason. `dry_run`: nothing was sent."""

    accepted: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False


def mail_settings(environment: Mapping[str, str]) -> MailSettings:
    """The settings in EVIDENCE_SMTP_HOST, _PORT, _USER, _PASSWORD, _FROM, _TO (commas between several) and _TLS.

    Raises BadInput that names the variable which is missing or not usable.
    """

    def get(name: str) -> str:
        return environment.get(f"{PREFIX}{name}", "").strip()

    for name in ("HOST", "FROM", "TO"):
        if not get(name):
            raise BadInput(f"To send mail, set {PREFIX}{name} (see docs/patients.md).")
    tls = get("TLS").lower() or "starttls"
    if tls not in TLS_PORTS:
        raise BadInput(f"{PREFIX}TLS must be one of: {', '.join(TLS_PORTS)}.")
    port = get("PORT") or str(TLS_PORTS[tls])
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise BadInput(f"{PREFIX}PORT must be a number from 1 to 65535.")
    user, password = get("USER"), environment.get(f"{PREFIX}PASSWORD", "")
    if bool(user) != bool(password):
        raise BadInput(f"Set both {PREFIX}USER and {PREFIX}PASSWORD, or neither.")
    if user and tls == "none" and get("HOST") not in _LOOPBACK:
        raise BadInput(f"{PREFIX}TLS=none would send the password readable by others. Use starttls or tls.")
    senders = _addresses("FROM", get("FROM"))
    if len(senders) > 1:
        raise BadInput(f"{PREFIX}FROM must be one address.")
    return MailSettings(get("HOST"), int(port), senders[0], _addresses("TO", get("TO")), tls, user, password)


def _addresses(name: str, text: str) -> tuple[str, ...]:
    found = [address for _, address in getaddresses([text])]
    if not text.isprintable() or not found or any(not _is_address(address) for address in found):
        raise BadInput(f"{PREFIX}{name} must hold e-mail addresses, with commas between several.")
    return tuple(dict.fromkeys(found))


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and text.isascii() and text.isprintable() and not set(text) & set(" ,;<>()")


def send(
    message: EmailMessage,
    settings: MailSettings,
    *,
    dry_run: bool = True,
    timeout: float = 30.0,
    context: ssl.SSLContext | None = None,
) -> Delivery:
    """Addresses the message and hands it to the server, unless `dry_run`.

    With several recipients none of them sees the others. `timeout` is in seconds and holds for each step. Raises
    EvidenceError in one line if the server can't be reached, can't be trusted, or refuses the login, the sender or
    every recipient.
    """
    _address(message, settings)
    if dry_run:
        return Delivery(settings.recipients, dry_run=True)
    refused, problem = {}, ""
    try:
        with _connect(settings, timeout, context or ssl.create_default_context()) as server:
            if settings.user:
                server.login(settings.user, settings.password)
            refused = server.send_message(message, settings.sender, list(settings.recipients))
    except (OSError, smtplib.SMTPException) as error:
        problem = _problem(settings, error)
    if problem:
        # Raised outside the handler, so that no trace of what was sent hangs on it.
        raise EvidenceError(problem)
    reasons = {address: _reason(settings, code, text) for address, (code, text) in refused.items()}
    return Delivery(tuple(a for a in settings.recipients if a not in reasons), reasons)


def _address(message: EmailMessage, settings: MailSettings) -> None:
    for header in ("From", "To"):
        del message[header]
    message["From"] = settings.sender
    message["To"] = settings.recipients[0] if len(settings.recipients) == 1 else "undisclosed-recipients:;"


@contextmanager
def _connect(settings: MailSettings, timeout: float, context: ssl.SSLContext) -> Iterator[smtplib.SMTP]:
    if settings.tls == "tls":
        with smtplib.SMTP_SSL(settings.host, settings.port, timeout=timeout, context=context) as server:
            yield server
        return
    with smtplib.SMTP(settings.host, settings.port, timeout=timeout) as server:
        if settings.tls == "starttls":
            server.starttls(context=context)
        yield server


def _problem(settings: MailSettings, error: Exception) -> str:
    """What smtplib's error means, in one line that says what to check."""
    where = f"the mail server {settings.host}:{settings.port}"
    match error:
        case smtplib.SMTPAuthenticationError():
            # The server's own words are left out here: some repeat the login.
            return f"Could not log in to {where} (code {error.smtp_code}). Check {PREFIX}USER and {PREFIX}PASSWORD."
        case smtplib.SMTPRecipientsRefused():
            reasons = "; ".join(f"{a}: {_reason(settings, code, text)}" for a, (code, text) in error.recipients.items())
            return f"Could not send: {where} refused every recipient ({reasons}). Check {PREFIX}TO."
        case smtplib.SMTPSenderRefused():
            reason = _reason(settings, error.smtp_code, error.smtp_error)
            return f"Could not send: {where} refused the sender ({reason}). Check {PREFIX}FROM."
        case smtplib.SMTPNotSupportedError():
            hint = (
                f"Try {PREFIX}TLS=tls." if "STARTTLS" in str(error) else f"Leave {PREFIX}USER empty if it needs none."
            )
            return f"{_capital(where)} does not offer what is needed: {_clean(settings, str(error))}. {hint}"
        case smtplib.SMTPResponseException():
            reason = _reason(settings, error.smtp_code, error.smtp_error)
            return f"Could not send: {where} said {reason}. Try again later, or ask those who run it."
        case ssl.SSLError():
            return f"No safe connection to {where}: {_clean(settings, _ssl_reason(error))}. Check {PREFIX}TLS and the name."
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return f"{_capital(where)} did not answer in time. Check {PREFIX}HOST and {PREFIX}PORT, or try again later."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return f"{_capital(where)} ended the connection. Check {PREFIX}PORT and {PREFIX}TLS."
    return f"Could not reach {where}: {_clean(settings, str(error))}. Check {PREFIX}HOST and {PREFIX}PORT."


def _ssl_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    return str(error.reason or error)


def _reason(settings: MailSettings, code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {_clean(settings, words)}".strip()


def _clean(settings: MailSettings, text: str) -> str:
    """One short line without the password, whatever the server wrote."""
    if settings.password:
        text = text.replace(settings.password, "…")
    return " ".join(text.split())[:200].rstrip(".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
