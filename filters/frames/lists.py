"""The words of frames: which kinds a form is of.

Data: `packs/data/frames.toml`, which a researcher can read and mend; a start reads `frames.json`,
the same made short by `python -m filters.packs.build`.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from filters.entities.windows import lazy

__all__ = ["HE", "LAYS", "THEM", "UNDER", "kinds_of", "pattern_of"]

_KEPT: Final = 20_000  # forms; forty patterns are asked of one that is not kept
_DATA: Final[Any] = json.loads(
    resources.files("filters.packs").joinpath("data/frames.json").read_text("utf-8")
)


def pattern_of(text: str) -> re.Pattern[str]:
    """A pattern of one whole word, compiled when first used."""
    return lazy(rf"(?:{text})$", re.IGNORECASE)


_PATTERNS: Final = tuple(
    (name, pattern_of(text)) for name, text in _DATA.items() if name != "words"
)
THEM: Final = frozenset[str](_DATA["words"]["them"])
LAYS: Final = frozenset[str](_DATA["words"]["lays"])
UNDER: Final = frozenset[str](_DATA["words"]["under"])
HE: Final = frozenset[str](_DATA["words"]["he"])


@lru_cache(maxsize=_KEPT)
def kinds_of(norm: str) -> frozenset[str]:
    """The kinds of a normalised form."""
    return frozenset(name for name, pattern in _PATTERNS if pattern.match(norm))
