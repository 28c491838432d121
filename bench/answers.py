"""How long people wait for an answer: `python -m bench.answers [--items N] [--rounds N]`.

Every command and press as the router gets it, in a database of many items (`bench.scale`), with
the emulated Telegram on loopback in the same process. The time is from the update to the answer
(of a press: to the end of its spinner), waiting included. Bars: p95 1 s for commands, 0.3 s for
presses.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeAlias

from rich.console import Console

from bench.report import put_section, table
from bench.scale import prepare
from bot.botapi.updates import parsed, raw_updates
from bot.clock import SystemClock
from bot.ingest.matcher import Matcher
from bot.store import Store
from filters.reading import load_reader
from tests.support.clock import ManualClock
from tests.support.databases import sqlite_template, sqlite_url
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

__all__ = ["main"]

ITEMS = 100_000
ROUNDS = 10
_COMMANDS = (
    "/topics", "/list", "/sub refusal -Псков", "/unsub desertion", "/watch", "/watch Зайцево",
    "/search отказ* NEAR/3 фронт", "/search 7d Чита суд", "/last refusal", "/stats", "/mutes",
    "/why https://s.example/700", "/pause", "/resume", "/digest", "/hours", "/cap", "/vanish",
    "/settings", "/lang", "/tz Київ", "/privacy", "/undo", "/audit here", "/help",
)  # fmt: skip
_ADMIN = (
    "/source list", "/source 3", "/filter list", "/filter list desertion", "/filter show 1",
    "/filter add desertion самоволк* NEAR/3 солдат", "/filter test Солдат ушёл из части",
    "/backtest самовольн* 7d", "/topic", "/group", "/entity list чиков", "/entity test Чита",
    "/review", "/precision", "/feedback", "/health", "/status", "/admins", "/invites", "/audit",
)  # fmt: skip
_PRESSES = (
    "t:pressure", "w:refusal", "w:refusal:=silent", "nw:refusal", "nw:refusal:a:ru", "nw:*:a:ua",
    "cp:5", "va:24", "qh:22-7", "di:e:daily", "rp:1", "pa:no",
)  # fmt: skip
_UNDER = ("mo", "le", "fo", "tr", "no", "why")


Taken: TypeAlias = tuple[str, float, float]
"""What was asked; seconds, and seconds of CPU, until it was answered."""


async def _handled(vigil: Vigil) -> None:
    waiting, _ = raw_updates(vigil.telegram.updates.waiting)
    vigil.telegram.updates.waiting.clear()
    for each in waiting:
        await vigil.app.router.handle(parsed(each))


async def _command(vigil: Vigil, user: int, text: str) -> tuple[float, float]:
    """Seconds, and seconds of CPU, until the answer stands there."""
    vigil.clock.advance(5)
    before = len(vigil.chat(user))
    vigil.telegram.people.says(user, text)
    began, used = perf_counter(), process_time()
    await _handled(vigil)
    while len(vigil.chat(user)) == before and vigil.app.services.jobs.busy:
        await asyncio.wait({asyncio.Future[None]()}, timeout=0.001)
    taken = perf_counter() - began, process_time() - used
    assert len(vigil.chat(user)) > before, text
    await vigil.moving(vigil.app.services.jobs.settle())
    return taken


async def _press(vigil: Vigil, user: int, data: str) -> tuple[float, float]:
    """The same until the press is answered."""
    vigil.clock.advance(5)
    query = vigil.telegram.people.forge(user, data, vigil.telegram.world.places[user])
    began, used = perf_counter(), process_time()
    await _handled(vigil)
    taken = perf_counter() - began, process_time() - used
    assert vigil.telegram.people.pressed[query], data
    await vigil.moving(vigil.app.services.jobs.settle())
    return taken


async def _measure(scratch: Path, items: int, rounds: int) -> dict[str, list[Taken]]:
    path, clock = scratch / "vigil.sqlite3", ManualClock()
    path.write_bytes((await sqlite_template(scratch, packs=True)).read_bytes())
    store = await Store.open(f"sqlite:///{path}", SystemClock())
    await prepare(store, Matcher(load_reader()), path, items, clock.now())
    await store.close()
    taken: dict[str, list[Taken]] = {"command": [], "press": []}
    async with Vigil(sqlite_url(path), scratch / "data", clock, inline=True) as vigil:
        await vigil.subscriber(SUBSCRIBER, "refusal", "desertion")
        vigil.telegram.people.started(ROOT)
        await _command(vigil, SUBSCRIBER, "/list")
        notice = await _told(vigil)
        for _ in range(rounds):
            for text in _COMMANDS:
                taken["command"].append((text, *await _command(vigil, SUBSCRIBER, text)))
            for text in _ADMIN:
                taken["command"].append((text, *await _command(vigil, ROOT, text)))
            presses = (*_PRESSES, *(f"{each}:{notice}" for each in _UNDER if notice))
            for data in presses:
                taken["press"].append((data, *await _press(vigil, SUBSCRIBER, data)))
    return taken


async def _told(vigil: Vigil) -> int:
    """An alert in the subscriber's chat: the number of its notice."""
    await vigil.add_source("bench")
    text = "Около 60 контрактников из Пскова отказались ехать на войну, рассказали родственники."
    await vigil.publish("bench", Post("1", text=text))
    alert = next(m for m in reversed(vigil.chat(SUBSCRIBER)) if "Псков" in m.text)
    return int(alert.buttons[0][0]["callback_data"].partition(":")[2])


def _row(kind: str, found: list[Taken]) -> list[object]:
    waited = sorted(seconds for _, seconds, _ in found)
    used = sorted(cpu for _, _, cpu in found)
    last = len(found) - 1
    times = [waited[int(share * last)] for share in (0.5, 0.95, 1.0)] + [used[int(0.95 * last)]]
    slowest = max(found, key=lambda each: each[1])[0]
    return [kind, len(found), *(1000 * each for each in times), f"`{slowest}`"]


def main() -> None:
    """Measure and write the section of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        found = asyncio.run(_measure(Path(directory), chosen.items, chosen.rounds))
    rows = [_row(kind, each) for kind, each in found.items()]
    head = ["", "number", "median, ms", "p95, ms", "longest, ms", "p95 of CPU, ms", "the longest"]
    command = f"python -m bench.answers --items {chosen.items} --rounds {chosen.rounds}"
    lines = table(head, rows)
    put_section("Answers to people", command, lines)
    Console().print("\n".join(lines))


if __name__ == "__main__":
    main()
