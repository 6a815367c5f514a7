"""Sets of studies as whole numbers: bit n is study n.

A snapshot never changes, so each value of each facet is one number. Narrowing is `&`, choosing several values is `|`,
counting is `bit_count`: 300,000 studies take some microseconds, where GROUP BY takes some tenths of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

_BITS_OF = [tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]


def from_blob(blob: bytes) -> int:
    return int.from_bytes(blob, "little")


def from_members(members: Iterable[int]) -> int:
    """The set of some study ids."""
    members = list(members)
    highest = max(members, default=0)
    if len(members) * 16 > highest:
        return _from_many(members, highest)
    bits = bytearray((highest >> 3) + 1)
    for member in members:
        bits[member >> 3] |= 1 << (member & 7)
    return int.from_bytes(bits, "little")


def _from_many(members: list[int], highest: int) -> int:
    """The same by way of a number written in 0 and 1, lowest bit last: twice as fast where most bits are set."""
    digits = bytearray(b"0") * (highest + 1)
    for member in members:
        digits[~member] = 49
    return int(digits, 2)


def members(bits: int) -> Iterator[int]:
    """The study ids of a set, lowest (newest) first."""
    for place, byte in enumerate(_as_bytes(bits)):
        if byte:
            for bit in _BITS_OF[byte]:
                yield place * 8 + bit


def any_of(sets: Iterable[int]) -> int:
    union = 0
    for bits in sets:
        union |= bits
    return union


def slice_in_order(bits: int, order: Sequence[int] | None, start: int, count: int) -> list[int]:
    """`count` ids of the set from place `start` on, in the given order of ids (None: by id, newest first)."""
    if order is None:
        return list(islice(members(bits), start, start + count))
    data = _as_bytes(bits)
    size = len(data) * 8
    chosen = (study for study in order if study < size and data[study >> 3] >> (study & 7) & 1)
    return list(islice(chosen, start, start + count))


def _as_bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")
