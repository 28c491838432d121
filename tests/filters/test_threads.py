"""One set of filters under several threads: a text is read by a whole set, and waits for nobody."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread

from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.index import FilterSet
from filters.query import parse

_CHANGES = 400


def test_a_text_being_read_keeps_its_filters_and_a_change_does_not_wait() -> None:
    """Filters added and removed while another thread is amid a text count from the next on."""
    analyser = Analyser()
    filters = FilterSet(analyser)
    filters.add("asks", parse("солдат army:ru"))
    filters.add("goes", parse('мост солдат ("мост через" OR "и мост")'))
    waited: list[bool] = []

    def change() -> None:
        filters.remove("goes")
        filters.add("comes", parse("мост"))

    other = Thread(target=change)

    def amid(_: Analysis) -> Mapping[str, str]:
        other.start()
        other.join(10)
        waited.append(other.is_alive())
        return {"army": "ru"}

    analysis = analyser.analyse(Document(text="Солдат и мост."))
    analysis.find_facets = amid
    first = filters.match(analysis)
    other.join()

    assert waited == [False]
    assert {"asks"} <= set(first.keys) <= {"asks", "goes"}
    assert not first.failures
    assert sorted(filters.match(analysis).keys) == ["asks", "comes"]


def test_texts_are_read_while_filters_come_and_go() -> None:
    """What stays is found in every text, nothing fails, and what was added is found by the next
    text: also while filters move to rarer words, and forms are seen for the first time."""
    analyser = Analyser()
    filters = FilterSet(analyser)
    stays = {f"stays{n}": q for n, q in enumerate(_STAYING)}
    for key, query in stays.items():
        filters.add(key, parse(query))
    wrong: list[object] = []
    done = Event()

    def read() -> None:
        number = 0
        while not done.is_set():
            number += 1
            text = f"Солдат отказался идти на фронт, мост слово{number % 97} занят. Суд идёт."
            found = filters.match(analyser.analyse(Document(text=text, source="@seven")))
            keys = set(found.keys)
            if found.failures or not keys >= stays.keys():
                wrong.append((stays.keys() - keys, found.failures))

    with _switching_often():
        readers = [Thread(target=read) for _ in range(3)]
        for each in readers:
            each.start()
        try:
            for n in range(_CHANGES):
                filters.add("comes", parse(_COMING[n % len(_COMING)]))
                filters.add("stays0", parse(_STAYING[0] if n % 2 else "фронт солдат"))
                analysis = analyser.analyse(Document(text=_TEXT, source="@seven"))
                if "comes" not in filters.match(analysis).keys:
                    wrong.append(_COMING[n % len(_COMING)])
                filters.remove("comes")
        finally:
            done.set()
            for each in readers:
                each.join()

    assert wrong == []


_TEXT = "Солдат отказался идти на фронт, мост слово3 занят. Суд идёт."
_STAYING = (
    "фронт мост",
    "отказ* солдат",
    '("идти на" OR "суд идёт") солдат',
    "солдат NEAR/8 мост",
    "солдат source:seven",
    "(мост, фронт) суд -кино",
    "занят мост суд солдат",
)
_COMING = (
    "мост",
    '("мост слово3" OR "суд идёт" OR "никогда не")',
    "слово3 суд",
    "/мост/i солдат",
    "source:seven (занят, нет)",
    "солдат NOT/3 кино",
)


@contextmanager
def _switching_often() -> Iterator[None]:
    """Threads take turns at every few instructions, as they may."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
