"""Keeps the NCBI key, the contact address and IP addresses out of messages, logs and tracebacks."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "[redacted]"

# NCBI's 429 body names the key or the address of the caller; a proxy's page may do so in other words.
_ECHOED_KEY = re.compile(r"""(["']?api[-_]?key["']?\s*[=:]\s*["']?)[^"'&\s,}<>]+""", re.IGNORECASE)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")


class Redactor(logging.Filter):
    """Hides secrets in text, and, as a filter, in every log record that passes its logger or handler."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        forms = {form for secret in secrets if secret for form in (secret, quote(secret, safe=""), quote_plus(secret))}
        # The longest first, so that no secret is left half shown.
        self._secrets = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True)))) if forms else None

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """The text without secrets."""
        if self._secrets is not None:
            text = self._secrets.sub(HIDDEN, text)
        text = _ECHOED_KEY.sub(rf"\g<1>{HIDDEN}", text)
        text = _IPV4.sub(HIDDEN, text)
        return _IPV6.sub(lambda found: HIDDEN if _is_ipv6(found.group()) else found.group(), text)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.text(record.getMessage())
        record.args = None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = self.text(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def _is_ipv6(text: str) -> bool:
    # "12:30:05" is a time and "::" no address of anyone.
    try:
        return ipaddress.ip_address(text).version == 6 and text != "::"
    except ValueError:
        return False


#: The transport's loggers. A filter on a logger doesn't reach its children, so each one is named.
TRANSPORT_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.proxy",
    "httpcore.socks",
    "stamina",
    "harvest",
    "harvest.eutils",
    "harvest.run",
)


def guard_logs(redactor: Redactor) -> None:
    """Puts the redactor on every logger of the transport, once."""
    for name in TRANSPORT_LOGGERS:
        logger = logging.getLogger(name)
        for old in [each for each in logger.filters if isinstance(each, Redactor)]:
            logger.removeFilter(old)
        logger.addFilter(redactor)
    # Without any handler, Python would print the retry library's notes to a user's terminal.
    if not logging.getLogger("stamina").handlers:
        logging.getLogger("stamina").addHandler(logging.NullHandler())
