"""What is kept as long as a snapshot is served. A snapshot never changes, so what was made once stays right."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

Value = TypeVar("Value")

#: Bytes of bodies, as sent. A view or study takes 3 to 6 kB, so this is some thousands of them.
MOST = 32 * 1024 * 1024
LARGEST = 512 * 1024


class Memory:
    """Values by key, at most so many: the one not asked for the longest goes first. Safe between threads."""

    def __init__(self, most: int):
        self.most = most
        self.values: OrderedDict[Any, Any] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, key: Any, make: Callable[[], Value]) -> Value:
        """The value of `key`; `make()` makes it the first time. Two threads may both make it, never wait for it."""
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
                return self.values[key]
        value = make()
        with self.lock:
            self.values[key] = value
            while len(self.values) > self.most:
                self.values.popitem(last=False)
        return value


class Answers:
    """Answers that are ready to send. Only used from the event loop, so it needs no lock."""

    def __init__(self, most: int = MOST, largest: int = LARGEST):
        self.most = most
        self.largest = largest
        self.size = 0
        self.answers: OrderedDict[tuple[str, str, bool], object] = OrderedDict()

    def find(self, key):
        """The answer to a key of path, query string and whether it may be compressed; None if it isn't here."""
        answer = self.answers.get(key)
        if answer is not None:
            self.answers.move_to_end(key)
        return answer

    def keep(self, key, answer) -> None:
        """Keeps a whole answer (status 200); errors are cheap to make and would push out what readers need."""
        if answer.status != 200 or len(answer.body) > self.largest or key in self.answers:
            return
        self.answers[key] = answer
        self.size += len(answer.body)
        while self.size > self.most:
            _, oldest = self.answers.popitem(last=False)
            self.size -= len(oldest.body)
