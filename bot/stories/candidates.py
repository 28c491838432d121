"""Which earlier texts may be copies of a new one: found by fingerprints, in memory. Pure.

A text's fingerprint is the 12 lowest hashes of its three-word shingles (a bottom-k sketch,
Broder 1997). Two texts that share the part J of their shingles share a hash with probability
1 - (1 - J)^12: two texts that overlap by half do so in 99.7 % of cases. So only texts that share
two hashes are compared, and these are few.

Hashes lie in sorted arrays of 64 bits, 32 of the hash and 32 of the item: 96 bytes an item. A set
or a database table would need several times as much. The caller stores them for good.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Final
from zlib import crc32

__all__ = ["HASHES", "Candidates", "enough", "fingerprint_of"]

HASHES: Final = 12
_MIX: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)  # odd, any
_32: Final = (1 << 32) - 1
_MIN_LETTERS: Final = 34  # letters: shorter texts ("Отбой") say nothing of their own
_BOILERPLATE_ITEMS: Final = 200  # that share a hash: a form that everybody fills in
_NEWEST_CANDIDATES: Final = 64  # of these are looked at
_ITEMS_A_GENERATION: Final = 1 << 18  # items that are forgotten together
_BUCKETS: Final = 1 << 12
_SHIFT: Final = 32 - 12


def fingerprint_of(clean: str) -> tuple[int, ...]:
    """At most `HASHES` numbers of 32 bits of a text that `identity.clean_text` made."""
    if len(clean) < _MIN_LETTERS:
        return ()
    words = array("Q", map(crc32, clean.encode("utf-8", "replace").split(b" ")))
    # The upper half says which are lowest; those that are lie close together there.
    return tuple(run & _32 for run in sorted({*_runs(words)})[:HASHES])


def _runs(words: array[int]) -> array[int]:
    """Of each three words in a row their sum, each times its own of `_MIX`, modulo 2^64.

    All at once: the words are the digits, of 128 bits each, of one number, and so are the sums.
    That takes a third of the time of multiplying one by one.
    """
    count = len(words) - 2
    if count < 1:
        return array("Q")
    spaced = array("Q", bytes(16 * len(words)))
    spaced[::2] = words
    if sys.byteorder == "big":
        spaced.byteswap()
    number = int.from_bytes(spaced.tobytes(), "little")
    sums = number * _MIX[0] + (number >> 128) * _MIX[1] + (number >> 256) * _MIX[2]
    runs = array("Q", sums.to_bytes(16 * len(words) + 16, "little"))[: 2 * count : 2]
    if sys.byteorder == "big":
        runs.byteswap()
    return runs


def enough(shared: int, hashes: int) -> bool:
    """Whether a text with so many hashes is worth comparing with one that shares some."""
    return shared >= _enough(hashes)


def _enough(hashes: int) -> int:
    return 2 if hashes >= HASHES // 2 else 1


class Candidates:
    """Numbers of items by their hashes. Rows come in rising order of `row`."""

    def __init__(self) -> None:
        self._ages: list[_Age] = []
        self.last = 0
        """The last row that was taken; 0 before any."""

    def load(self, rows: Iterable[tuple[int, int, Sequence[int]]]) -> None:
        """Take many rows (row, item number below 2^32, hashes); as `add`, but quicker."""
        touched: dict[int, _Age] = {}
        for row, number, hashes in rows:
            age = self._newest()
            buckets = age.buckets
            for hashed in hashes:
                buckets[hashed >> _SHIFT].append(hashed << 32 | number)
            age.count += 1
            age.last = self.last = row
            touched[id(age)] = age
        for age in touched.values():
            age.loose = bytearray(b"\1" * _BUCKETS)

    def add(self, row: int, number: int, hashes: Sequence[int]) -> None:
        """Take one row."""
        age = self._newest()
        for hashed in hashes:
            insort(age.sorted(hashed >> _SHIFT), hashed << 32 | number)
        age.count += 1
        age.last = self.last = row

    def forget(self, before: int) -> None:
        """Let rows below `before` go; they are dropped a quarter of a million at a time."""
        self._ages = [age for age in self._ages if age.last >= before]

    def shared(self, hashes: Sequence[int]) -> Counter[int]:
        """How many of these hashes each item shares. Hashes of many items are ignored: they are
        boilerplate.
        """
        found: Counter[int] = Counter()
        for hashed in hashes:
            low, place = hashed << 32, hashed >> _SHIFT
            there: list[int] = []
            for age in self._ages:
                # Nearly all buckets are sorted, and nearly all hashes stand in none.
                bucket = age.sorted(place) if age.loose[place] else age.buckets[place]
                start = bisect_left(bucket, low)
                if start < len(bucket) and bucket[start] >> 32 == hashed:
                    end = bisect_left(bucket, low + (1 << 32), start)
                    there += [value & _32 for value in bucket[start:end][:_BOILERPLATE_ITEMS]]
            if there and len(there) < _BOILERPLATE_ITEMS:
                found.update({*sorted(there)[-_NEWEST_CANDIDATES:]})
        return found

    def near(self, hashes: Sequence[int]) -> list[int]:
        """Items that share enough with a text of these hashes, those that share most first."""
        least = _enough(len(hashes))
        found = [each for each in self.shared(hashes).items() if each[1] >= least]
        return [number for number, _ in sorted(found, key=itemgetter(1), reverse=True)]

    def _newest(self) -> _Age:
        if not self._ages or self._ages[-1].count >= _ITEMS_A_GENERATION:
            self._ages.append(_Age())
        return self._ages[-1]


class _Age:
    __slots__ = ("buckets", "count", "last", "loose")

    def __init__(self) -> None:
        self.buckets = [array("Q") for _ in range(_BUCKETS)]
        self.count = 0
        self.last = 0
        self.loose = bytearray(_BUCKETS)  # which buckets have yet to be sorted

    def sorted(self, bucket: int) -> array[int]:
        """The bucket; what was loaded is sorted when it is first asked for."""
        if self.loose[bucket]:
            self.buckets[bucket] = array("Q", sorted(self.buckets[bucket]))
            self.loose[bucket] = 0
        return self.buckets[bucket]
