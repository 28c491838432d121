"""Entries of a roundup as reports of their own: under which keys they are stored. Pure.

An entry is known by its words, not by its place: one that is put above it moves none. An edited
entry goes on as the report that it was, so that people are shown what has changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from typing import Final

from bot.model import ENTRY_KEY
from bot.stories.identity import clean_text
from bot.stories.likeness import contradict
from bot.stories.relation import TextProfile, text_profile

__all__ = ["entry_key", "is_entry", "keyed"]

_WORDS: Final = re.compile(r"\w{3,}")
_EDITED: Final = 0.6  # of the words in common


def entry_key(roundup: str, text: str) -> str:
    """The key of a new report: that of its roundup, and a hash of its words."""
    cleaned = clean_text(text).encode(errors="replace")
    return f"{roundup}{ENTRY_KEY}{blake2b(cleaned, digest_size=8).hexdigest()}"


def is_entry(key: str) -> bool:
    """Whether it is of an entry: the address beside it is the roundup's."""
    return ENTRY_KEY in key


def keyed(roundup: str, texts: Sequence[str], stored: Mapping[str, str]) -> list[str]:
    """The key of each entry of a roundup; "" of one that repeats an entry above it.

    `stored` are the texts, by key, of the reports that the roundup has already. One whose text
    is among the entries stays as it is. Of the others each goes on as the entry that is an edit
    of it; an entry that only resembles it is a report of its own.
    """
    clean = [clean_text(text) for text in texts]
    by_text: dict[str, str] = {}
    for key, text in stored.items():
        by_text.setdefault(clean_text(text), key)
    first = [cleaned not in clean[:n] for n, cleaned in enumerate(clean)]
    keys = [by_text.get(cleaned, "") if first[n] else "" for n, cleaned in enumerate(clean)]
    fresh = [n for n, key in enumerate(keys) if first[n] and not key]
    left = {key: text for key, text in stored.items() if key not in keys}
    profiles = {key: text_profile("", text) for key, text in left.items()}
    new = {n: text_profile("", texts[n]) for n in fresh} if left else {}
    pairs = [
        (_alike(texts[n], text), n, key)
        for n in new
        for key, text in left.items()
        if _is_edit(new[n], profiles[key])
    ]
    for _, n, key in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if not keys[n] and key not in keys:
            keys[n] = key
    for n in fresh:
        keys[n] = keys[n] or _free(entry_key(roundup, texts[n]), {*stored, *keys})
    return keys


def _is_edit(new: TextProfile, old: TextProfile) -> bool:
    """Whether most words are the same and no name or number points to another event."""
    if _alike(new.body, old.body) < _EDITED or contradict(new.event_features, old.event_features):
        return False
    names = new.event_features.names, old.event_features.names
    return not all(names) or bool(names[0] & names[1])


def _alike(one: str, other: str) -> float:
    """The share of words in common, of the longer one's."""
    a, b = ({*_WORDS.findall(text.casefold())} for text in (one, other))
    return len(a & b) / max(len(a), len(b), 1)


def _free(key: str, taken: Collection[str]) -> str:
    """The key, or one like it: a report that once said this may say something else by now."""
    n = 1
    free = key
    while free in taken:
        n += 1
        free = f"{key}.{n}"
    return free
