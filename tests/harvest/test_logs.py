"""Logs are lines for people on a terminal and JSON for machines, and httpx never logs an address."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from harvest.logs import configure_logging


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("harvest", "classify", "db", "httpx", "httpcore")]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, handlers, level, propagate in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_one_json_object_a_line() -> None:
    stream = io.StringIO()
    configure_logging(verbose=False, stream=stream)
    logging.getLogger("harvest.run").warning("count is %d, not %d", 2, 3)
    entry = json.loads(stream.getvalue())
    assert (entry["level"], entry["logger"], entry["message"]) == ("warning", "harvest.run", "count is 2, not 3")
    assert entry["time"].endswith("+00:00")


def test_a_terminal_gets_the_plain_message() -> None:
    stream = Terminal()
    configure_logging(verbose=True, stream=stream)
    logging.getLogger("harvest.eutils").debug("esearch pubmed")
    assert stream.getvalue() == "esearch pubmed\n"


def test_requests_show_only_when_asked_for() -> None:
    stream = Terminal()
    configure_logging(verbose=False, stream=stream)
    logging.getLogger("harvest.eutils").debug("esearch pubmed")
    assert stream.getvalue() == ""


def test_the_http_librarys_own_log_stays_silent_because_it_shows_keys() -> None:
    configure_logging(verbose=True, stream=io.StringIO())
    assert not logging.getLogger("httpx").isEnabledFor(logging.ERROR)
