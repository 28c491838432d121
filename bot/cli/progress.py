"""A progress bar on standard error, for a person who watches; and the summary."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import rich.progress
from rich.console import Console

from bot.cli.exit_codes import FAILED, say
from bot.cli.lines import Lines

__all__ = ["Progress"]


class Progress:
    """Counts always, and draws where standard error is a terminal and `shown`."""

    def __init__(self, source: Lines, *, shown: bool) -> None:
        self.posts = self.matched = self.bad = 0
        self._source = source
        self._started = time.monotonic()
        self._person = sys.stderr.isatty()
        self._bar: rich.progress.Progress | None = None
        if shown and self._person:
            columns = [
                rich.progress.BarColumn(40),
                rich.progress.TextColumn("{task.description}"),
                rich.progress.TimeRemainingColumn(compact=True),
            ]
            self._bar = rich.progress.Progress(
                *columns, console=Console(stderr=True), transient=True, refresh_per_second=5
            )
            self._task = self._bar.add_task("", total=source.size)

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take the bar away. Repeating it does nothing."""
        if self._bar:
            self._bar.stop()

    def add(self, posts: int, matched: int, bad: int) -> None:
        """Count what one batch gave."""
        self.posts += posts
        self.matched += matched
        self.bad += bad
        if self._bar:
            words = f"{self.posts:,} posts, {self.matched:,} matched, {self._rate():,.0f}/s"
            self._bar.update(self._task, completed=self._source.done, description=words)

    def say(self, line: str) -> None:
        """A line on standard error, above the bar."""
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False)
        else:
            say(line)

    def summary(self) -> int:
        """Say what became of it, to a person or where lines were bad; the exit code."""
        self.close()
        if self.bad:
            say(f"{self.bad:,} of {self.bad + self.posts:,} lines could not be read.")
        if self._person:
            took = time.monotonic() - self._started
            counts = f"{self.posts:,} posts, {self.matched:,} matched"
            say(f"{counts}, in {took:.1f} s ({self._rate():,.0f}/s).")
        return FAILED if self.bad else 0

    def _rate(self) -> float:
        return self.posts / max(time.monotonic() - self._started, 1e-9)
