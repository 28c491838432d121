"""The reader as it ships: loading one takes most of a second of processor time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from filters.document import Document
from filters.packs import load_packs
from filters.reading import Reader, Reading, load_reader

__all__ = ["as_loaded", "lent_reader", "only_possible", "shipped_reader", "unfiltered"]

_free: list[Reader] = []


@cache
def shipped_reader() -> Reader:
    """One for all tests of a process. Who changes it puts it back as it was."""
    return load_reader()


@contextmanager
def lent_reader() -> Iterator[Reader]:
    """One for an application, which may change it; the next one finds it as if just loaded."""
    reader = _free.pop() if _free else load_reader()
    yield reader
    _as_loaded(reader)
    _free.append(reader)


def as_loaded() -> list[Reader]:
    """Those that are lent to nobody, each as if just loaded."""
    return _free


def _as_loaded(reader: Reader) -> None:
    """Only the filters, entities and word groups of the packs."""
    reader.use_groups({})
    reader.use_entities([])
    reader.use_learned(None)
    reader.use_topics([])
    packs = {each.key: each for each in load_packs().filters}
    for key in set(reader.keys) - packs.keys():
        reader.remove_filter(key)
    for key in packs.keys() - set(reader.keys):
        reader.add_filter(key, packs[key].topic, packs[key].query)


def only_possible() -> str:
    """A text that is possibly of desertion and nowhere sure; which is, the score's weights say."""
    return _first(
        (
            "Deserters are the subject of the lecture.",
            "The drummer slipped away from the garrison.",
            "Суд рассмотрел фильм о дезертирах.",
            "Трубач сбежал из гарнизона.",
            "Лекцию о дезертирах перенесли.",
            "The novel follows a deserter across the mountains.",
        ),
        lambda read: read.possible == ("desertion",) and not read.topics,
    )


def unfiltered() -> str:
    """A text in which no filter matches and yet something is asserted, surely or possibly."""
    return _first(
        (
            "Трубач сбежал из гарнизона.",
            "Барабанщик удрал из гарнизона.",
            "Pontoon gunners refused to burn the barns.",
            "The bugler would not man the searchlight.",
            "Прожектористы отказались светить на переправу.",
        ),
        lambda read: bool(read.matches) and not any(match.filters for match in read.matches),
    )


def _first(texts: Iterable[str], holds: Callable[[Reading], bool]) -> str:
    for text in texts:
        if holds(shipped_reader().read(Document(text=text))):
            return text
    raise AssertionError("None of these texts is one any more by the weights that ship: add some.")
