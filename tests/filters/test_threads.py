"""One set of filters under several threads: each text is read by a whole set."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Thread

from filters.analysis import Analyser, Analysis
from filters.document import Document
from filters.index import FilterSet
from filters.query import parse


def test_a_change_waits_for_the_text_being_read() -> None:
    """Filters added and removed while another thread is amid a text count from the next on."""
    analyser = Analyser()
    filters = FilterSet(analyser)
    filters.add("asks", parse("солдат army:ru"))
    filters.add("goes", parse("мост солдат"))
    waited: list[bool] = []

    def change() -> None:
        filters.remove("goes")
        filters.add("comes", parse("мост"))

    other = Thread(target=change)

    def amid(_: Analysis) -> Mapping[str, str]:
        other.start()
        other.join(0.05)
        waited.append(other.is_alive())
        return {"army": "ru"}

    analysis = analyser.analyse(Document(text="Солдат и мост."))
    analysis.find_facets = amid
    first = filters.match(analysis)
    other.join()

    assert waited == [True]
    assert sorted(first.keys) == ["asks", "goes"]
    assert sorted(filters.match(analysis).keys) == ["asks", "comes"]
