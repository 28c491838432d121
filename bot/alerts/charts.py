"""A week as a picture. Needs matplotlib, the extra `charts`; without it there is none."""

from __future__ import annotations

import importlib.util
import io
import threading
from functools import cache, lru_cache
from typing import Final

from bot.model import Chart

__all__ = ["available", "draw"]

_COLOURS: Final = ("#c1272d", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#666666")
_INK: Final = "#333333"
_NAMED: Final = 7  # days written below, of however many
_NUMBERED: Final = 16  # bars that are wide enough for a number
_alone = threading.Lock()  # matplotlib's fonts are not for two threads at once


@cache
def available() -> bool:
    """Whether pictures can be drawn at all."""
    return importlib.util.find_spec("matplotlib") is not None


@lru_cache(maxsize=64)
def draw(chart: Chart) -> bytes:
    """The chart as PNG, some 800 by 700 points; equal charts are drawn once. Takes 0.3 s of CPU.

    Raises ImportError without the extra.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with _alone:
        figure = Figure(figsize=(6, 5.4), dpi=130, layout="constrained")
        FigureCanvasAgg(figure)
        heights = [3, 0.5 + 0.28 * len(chart.places)] if chart.places else [1]
        axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)
        days = axes[0][0]
        places_of_days = range(len(chart.days))  # two days may have one name
        below = [0] * len(chart.days)
        for number, (topic, counts) in enumerate(chart.topics):
            colour = _COLOURS[number % len(_COLOURS)]
            name = _plain(topic) or None
            days.bar(places_of_days, counts, bottom=below, label=name, color=colour, width=0.7)
            below = [a + b for a, b in zip(below, counts, strict=True)]
        for day, total in enumerate(below):
            if total and len(below) <= _NUMBERED:
                days.text(day, total, str(total), ha="center", va="bottom", color=_INK)
        days.set_title(_plain(chart.title), loc="left", color=_INK)
        days.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
        days.margins(y=0.15)
        named = places_of_days[:: max(1, -(-len(chart.days) // _NAMED))]
        days.set_xticks(named, [chart.days[n] for n in named])
        if any(topic for topic, _ in chart.topics):
            days.legend(
                frameon=False, fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.1)
            )
        if chart.places:
            places = axes[1][0]
            names = [_plain(name) for name, _ in reversed(chart.places)]
            counts = tuple(n for _, n in reversed(chart.places))
            bars = places.barh(names, counts, color=_COLOURS[1], height=0.6)
            places.bar_label(bars, padding=3, color=_INK)
            places.set_title(_plain(chart.places_title), loc="left", color=_INK)
            places.xaxis.set_visible(False)
            places.spines["bottom"].set_visible(False)
        for each in figure.axes:
            each.spines[["top", "right", "left"]].set_visible(False)
            each.tick_params(length=0, colors=_INK, labelsize=8)
        out = io.BytesIO()
        figure.savefig(out, format="png")
        return out.getvalue()


def _plain(text: str) -> str:
    """A stranger's text is no formula."""
    return text.replace("$", r"\$")
