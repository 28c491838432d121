"""A week as a picture. Needs matplotlib, the extra `charts`; without it there is none."""

from __future__ import annotations

import importlib.util
import io
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from bot.model.rendered import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["available", "draw", "merged"]

_SERIES: Final = 3  # what colour-blind people tell apart, also in grey: the rest is one
_NAMED: Final = 4  # days written below, of many
_NUMBERED: Final = 16  # bars that are wide enough for a number
_WEEK: Final = 7
_PLACES: Final = 5


@dataclass(frozen=True, slots=True)
class _Look:
    """Colours of one look; blue, orange and the ink differ in lightness for every eye."""

    ground: str
    ink: str
    series: tuple[str, str, str]


_LIGHT: Final = _Look("#ffffff", "#22303c", ("#0072b2", "#e69f00", "#22303c"))
_DARK: Final = _Look("#17212b", "#e8eef2", ("#56b4e9", "#e69f00", "#e8eef2"))
_alone = threading.Lock()  # matplotlib's fonts are not for two threads at once


@cache
def available() -> bool:
    """Whether pictures can be drawn at all."""
    return importlib.util.find_spec("matplotlib") is not None


@lru_cache(maxsize=64)
def draw(chart: Chart) -> bytes:
    """The chart as PNG, 800 points wide, its letters 13 points high where a phone shows it.

    Equal charts are drawn once. Takes 0.3 s of CPU. Raises ImportError without the extra.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    look = _DARK if chart.dark else _LIGHT
    roomy = ConstrainedLayoutEngine(h_pad=0.1, w_pad=0.1)  # inches: phones round corners off
    shown = [topic for topic in chart.topics if topic[0]]
    height = 3.2 + 0.24 * len(shown[:_SERIES]) + (0.5 + 0.36 * len(chart.places[:_PLACES]))
    with _alone:
        figure = Figure(figsize=(4.2, height), dpi=190, layout=roomy, facecolor=look.ground)
        FigureCanvasAgg(figure)
        heights = [3, 0.5 + 0.42 * len(chart.places[:_PLACES])] if chart.places else [1]
        axes = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)
        figure.suptitle(
            _plain(chart.title), x=0.02, ha="left", color=look.ink, fontsize=12, fontweight="bold"
        )
        _draw_days(axes[0][0], chart, look)
        if chart.places:
            _draw_places(axes[1][0], chart, look)
        for each in figure.axes:
            each.set_facecolor(look.ground)
            each.spines[["top", "right", "left"]].set_visible(False)
            each.spines["bottom"].set_color(look.ink)
            each.tick_params(length=0, colors=look.ink, labelsize=11)
        out = io.BytesIO()
        figure.savefig(out, format="png")
        return out.getvalue()


def _draw_days(axes: Axes, chart: Chart, look: _Look) -> None:
    """A bar a day, its topics one on the other, their names above."""
    from matplotlib.ticker import MaxNLocator

    places_of_days = range(len(chart.days))  # two days may have one name
    below = [0] * len(chart.days)
    for (topic, counts), colour in zip(merged(chart), look.series, strict=False):
        name = _plain(topic) or None
        axes.bar(
            places_of_days,
            counts,
            bottom=below,
            label=name,
            color=colour,
            width=0.72,
            edgecolor=look.ground,
            linewidth=0.8,
        )
        below = [a + b for a, b in zip(below, counts, strict=True)]
    if len(below) <= _NUMBERED:
        for day, total in enumerate(below):
            if total:
                axes.text(
                    day, total, str(total), ha="center", va="bottom", color=look.ink, fontsize=11
                )
        axes.yaxis.set_visible(False)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=3))
    axes.margins(y=0.15)
    week = len(chart.days) <= _WEEK
    named = places_of_days[:: 1 if week else max(1, -(-len(chart.days) // _NAMED))]
    # The title says the months; a week's days have no room for them.
    labels = [chart.days[n].partition(" ")[0] if week else chart.days[n] for n in named]
    axes.set_xticks(named, labels)
    if any(topic for topic, _ in chart.topics):
        axes.legend(
            frameon=False,
            fontsize=11,
            ncols=1,
            loc="lower left",
            bbox_to_anchor=(-0.03, 1.0),
            labelcolor=look.ink,
            handlelength=1,
            handleheight=1,
        )


def _draw_places(axes: Axes, chart: Chart, look: _Look) -> None:
    most = chart.places[:_PLACES]
    names = [_plain(name) for name, _ in reversed(most)]
    bars = axes.barh(names, [n for _, n in reversed(most)], color=look.series[0], height=0.6)
    axes.bar_label(bars, padding=4, color=look.ink, fontsize=11)
    axes.set_title(_plain(chart.places_title), loc="left", color=look.ink, fontsize=11)
    axes.margins(x=0.12)
    axes.set_ylim(-0.6, max(len(most), 2) - 0.4)  # one place is no wall
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)


def merged(chart: Chart) -> list[tuple[str, tuple[int, ...]]]:
    """The topics with most alerts, and all others together where they are too many."""
    if len(chart.topics) <= _SERIES:
        return list(chart.topics)
    ordered = sorted(chart.topics, key=lambda topic: -sum(topic[1]))
    first, rest = ordered[: _SERIES - 1], ordered[_SERIES - 1 :]
    together = tuple(map(sum, zip(*(counts for _, counts in rest), strict=True)))
    return [*first, (chart.others, together)]


def _plain(text: str) -> str:
    """A stranger's text is no formula."""
    return text.replace("$", r"\$")
