"""The reader of the one-shot commands: the packs, and filters given beside them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cli.exit_codes import say
from bot.errors import VigilError
from filters.known_ids import unknown_ids
from filters.query import Query, QueryError, parse
from filters.reading import Reader, load_reader

__all__ = ["OWN", "warn_of_unknown_ids", "with_filters"]

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
        warn_of_unknown_ids(query, reader)
        reader.add_filter(f"{OWN}/{number}", OWN, query)
    return reader


def warn_of_unknown_ids(query: Query, reader: Reader) -> None:
    """Say on standard error which ids of the query no text can hold, and what is like them.

    A warning and no error: the rest of the query may find all the same.
    """
    for asked, near in unknown_ids(query, reader.entities).items():
        offered = f" Nearest: {', '.join(near)}." if near else ""
        say(f"vigil: {asked} does not exist, so no text has it.{offered}")
