"""The reader of the one-shot commands: the packs, and filters given beside them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import VigilError
from filters.query import QueryError, parse
from filters.reading import Reader, load_reader

__all__ = ["OWN", "with_filters"]

OWN = "own"
"""The topic of filters given on the command line; their keys are own/1, own/2, …"""


def with_filters(texts: Sequence[str] = ()) -> Reader:
    """A reader with the packs and these filters. Raises VigilError for one it cannot read."""
    reader = load_reader()
    for number, text in enumerate(texts, 1):
        try:
            query = parse(text, reader.groups)
        except QueryError as error:
            which = f" {number}" if len(texts) > 1 else ""
            raise VigilError(f"Filter{which} cannot be read. {error.message()}") from None
        reader.add_filter(f"{OWN}/{number}", OWN, query)
    return reader
