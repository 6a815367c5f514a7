"""Logs: plain lines for a person at a terminal, JSON lines for a machine that collects them."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC, ISO 8601), level, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(
            {
                "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
            },
            ensure_ascii=False,
        )


def configure_logging(*, verbose: bool, stream: TextIO | None = None) -> None:
    """Sends our logs to `stream` (stderr): warnings by default, each request with `verbose`.

    httpx's own request log is silenced for good: it writes whole addresses, keys included. So is stamina's, which says
    only that something is tried again; the client says what and why.
    """
    target = stream if stream is not None else sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(logging.Formatter("%(message)s") if target.isatty() else JsonLines())
    for name in ("harvest", "classify", "db"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(logging.DEBUG if verbose else logging.WARNING)
        logger.propagate = False
    for name in ("httpx", "httpcore", "stamina"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
