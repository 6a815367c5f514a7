"""What can go wrong for reasons a user can understand and mend.

Modules raise these with a one-line message that says what happened and what to do; `cli.py` alone turns them into
exit codes. No message may hold a secret.
"""


class EvidenceError(Exception):
    """The work could not be done (exit code 1)."""


class BadInput(EvidenceError):
    """A file or value that was handed in is not usable (exit code 65)."""


class Unavailable(EvidenceError):
    """PubMed can't be reached, or keeps refusing (exit code 69)."""


class Busy(EvidenceError):
    """Another run holds the data folder's lock (exit code 75)."""
