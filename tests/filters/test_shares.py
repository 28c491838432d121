"""Which part of a report speaks of which of its topics."""

from __future__ import annotations

from collections.abc import Mapping

from filters.document import Span
from filters.features import Features
from filters.passages import Passage
from filters.shares import shares

WHOLE = Span("text", 0, 100)
NO_TITLE = Span("title", 0, 0)


def _passage(start: int, end: int, *fired: str) -> Passage:
    return Passage(Span("text", start, end), 0, {f"of {each}": each for each in fired}, Features())


def _shares(*told: tuple[Passage, Mapping[str, float]]) -> dict[str, list[tuple[int, int]]]:
    """The places of refusal and desertion, the clearest first."""
    found = shares(("refusal", "desertion"), told, WHOLE, NO_TITLE)
    return {topic: [(span.start, span.end) for span in spans] for topic, spans in found.items()}


def test_a_part_goes_up_to_the_next_that_tells_something() -> None:
    """What tells nothing goes with what stands before it, and the beginning with the first."""
    found = _shares(
        (_passage(10, 30, "desertion"), {"desertion": 0.9}),
        (_passage(60, 90, "refusal"), {"refusal": 0.9}),
    )

    assert found == {"refusal": [(60, 100)], "desertion": [(0, 60)]}


def test_a_topic_told_faintly_has_the_sentence_that_tells_it_most() -> None:
    """So an opinion on deserters above is not the refusal's; where that sentence is another
    topic's, the topic has no part of its own."""
    faint = (_passage(0, 40), {"desertion": 0.15})
    clear = (_passage(40, 100, "refusal"), {"refusal": 0.9, "desertion": 0.1})

    assert _shares(faint, clear) == {"refusal": [(40, 100)], "desertion": [(0, 40)]}
    assert _shares(clear) == {"refusal": [(0, 100)], "desertion": []}
