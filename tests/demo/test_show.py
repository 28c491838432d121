"""The demo's minute, through the real engine; and the command as a person runs it."""

from __future__ import annotations

import asyncio
import io
import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from rich.console import Console

from bot.clock import Clock
from bot.delivery.lease import Lease
from bot.delivery.sender import Sender
from bot.demo.screen import Counts
from bot.demo.script import SCRIPT
from bot.demo.show import Options, play
from bot.engine import Engine
from bot.settings import Settings
from bot.sources.schedule import PollPace
from bot.sources.worker import InlineParser
from bot.store import Store
from tests.cli.vigil import environment
from tests.support import warm
from tests.support.clock import ManualClock
from tests.support.idleness import Idleness
from tests.support.quick_sqlite import InLoop
from tests.support.readers import lent_reader


async def played(clock: ManualClock, options: Options) -> tuple[Counts, str]:
    """The whole demo while the clock moves; what it counted and printed.

    No thread and no process works beside, so the loop tells when all wait for the clock.
    """

    async def open_engine(
        settings: Settings, clock: Clock, sender: Sender, *, pace: PollPace
    ) -> Engine:
        lease = Lease(await Store.open(settings.database, clock, sqlite=InLoop), clock)
        more = {"reader": reader, "parser": InlineParser()}
        return await Engine.open(settings, clock, sender, pace=pace, lease=lease, **more)

    out = io.StringIO()
    idleness = Idleness()
    with lent_reader() as reader:
        demo = play(Console(file=out, width=80), options, clock, open_engine)
        task = asyncio.ensure_future(demo)
        while not task.done():
            if await idleness.reached(task):
                clock.skip()
    return task.result(), out.getvalue()


async def test_the_minute_tells_each_story_once(clock: ManualClock) -> None:
    """Every post is read, copies join, a like report is a reply, an edit and noise bring no alert.
    An alert shows topic, sentence, source and its kind, link, and why."""
    counts, printed = await played(clock, Options())

    archived = sum(post.at < 0 for post in SCRIPT)
    assert (counts.read, counts.archived) == (len(SCRIPT), archived)
    assert (counts.new, counts.matched) == (18, 12)
    assert (counts.sent, counts.replies, counts.joined, counts.edited) == (7, 1, 5, 1)
    assert (printed.count("new alert"), printed.count("silent reply")) == (7, 1)
    assert printed.count("now reads") == counts.updated >= 1
    assert "that was the minute" in printed
    words = " ".join(re.sub(r"[│╭╰─╮╯]", " ", printed).split())
    for shown in (
        "Refusal · Russian army",
        "отказались ехать на фронт",
        "Северный курьер, media",
        "severny-kurier.example/news/4",
        "Why? You follow: Refusal.",
    ):
        assert shown in words


async def test_it_speaks_the_language_and_keeps_the_zone_of_the_terminal(
    clock: ManualClock,
) -> None:
    _, printed = await played(clock, Options(seconds=10, lang="uk", tz="Europe/Kyiv"))

    assert "Відмова" in printed
    assert "Чому?" in printed
    assert "09:0" in printed  # six in the morning, UTC


async def test_ended_early_it_leaves_nothing_behind(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    counts, printed = await played(clock, Options(seconds=3))

    assert counts.sent <= 1
    assert "stopped" in printed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_is_clean(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C in the middle: a summary, an exit code, no file, no process, no trace."""
    with subprocess.Popen(
        warm.command("bot", "demo"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(TMPDIR=str(tmp_path)),
    ) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline() + process.stdout.readline()
        while "First visits" not in process.stdout.readline():
            pass
        os.killpg(warm.pid_of(process.pid), number)
        rest = process.stdout.read()
        told = process.stderr.read()

    assert "Vigil" in first
    assert process.returncode == 128 + number
    assert "stopped" in rest
    assert told == ""
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(warm.pid_of(process.pid), 0)
