"""Items a second from a parser's output to messages sent; memory after 10,000 of them; start-up.

The engine as `vigil run` has it (uvloop where it is installed, no garbage collected during the
start nor of what it made), on SQLite in a temporary directory, without network: items are handed to
the pipeline as a visit to a source hands them, messages go to a sender that takes them and does
nothing. One item in fifty is made to match, so that alerts to twenty subscribers have their share:
each alert gives each of them a notice; ten a day are pushed, the others are held for the summary,
so nearly all that delivering costs is notices. CPU time of the core; memory is what the kernel says
that the core and its parsing worker hold, which reads the same items as feeds. Each figure comes
from a process of its own.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from bench.texts import generate, read

if TYPE_CHECKING:
    from datetime import datetime

    from bot.engine import Engine
    from bot.model import ParsedItem, Source

__all__ = ["Taking", "run"]

ITEMS = 10_000
_BATCH = 25  # items a visit brings
_SOURCES = 40
_READERS = 20
_VISITS = 200
_TEXT = (
    "Пятеро контрактников отказались возвращаться на фронт, сообщает их адвокат. Дело номер {n}."
)


def run(data: Path | None = None) -> dict[str, Any]:
    """Measure in fresh processes, print and return the figures."""
    command = [sys.executable, "-m", "bench.end_to_end", *([str(data)] if data else [])]
    figures: dict[str, Any] = json.loads(subprocess.check_output(command))
    figures["start_to_first_match_s"] = _seconds(
        "from filters.reading import load_reader\n"
        "from filters.document import Document\n"
        "assert load_reader().read(Document('Солдаты отказались воевать.')).hits"
    )
    figures["help_s"] = _seconds(
        "from contextlib import suppress\n"
        "from bot.cli.app import app\n"
        "with suppress(SystemExit): app(['--help'])"
    )
    figures["engine_import_s"] = _seconds("import bot.engine")
    from rich.console import Console  # the child does without it, as `vigil run` does

    Console().print(figures)
    return figures


def _seconds(program: str) -> float:
    """CPU seconds of a whole Python process, its start included; the best of three."""
    measured = f"{program}\nimport time; print(time.process_time())"
    return min(
        float(subprocess.check_output([sys.executable, "-c", measured], text=True).split()[-1])
        for _ in range(3)
    )


async def _measure(texts: Iterable[str]) -> dict[str, Any]:
    # Imported here: the parent process measures start-up without them.
    import sqlalchemy as sa

    from bot.clock import SystemClock
    from bot.engine import Engine
    from bot.model import ParsedItem
    from bot.ops import logs, memory
    from bot.settings import Settings
    from bot.store import message_counts
    from bot.store.visits import FetchRecord

    logs.setup("ERROR")
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data_dir=Path(directory))
        gc.disable()
        async with await Engine.open(settings, clock, Taking(clock)) as engine:
            memory.rest_after_start()
            idle = _resident_mb()
            now = clock.now().replace(microsecond=0)  # feeds give whole seconds
            made = await _newsroom(engine, now)
            items = (
                ParsedItem(key=str(n), text=text, url=_address(n), published=now)
                for n, text in enumerate(texts)
            )
            ingesting = delivering = 0.0
            count = alerts = matched = 0
            rounds = itertools.cycle(made)
            while batch := list(itertools.islice(items, _BATCH)):
                count += len(batch)
                await engine.parser.feed(_feed(batch), url="https://s.example/feed", now=now)
                began = process_time()
                done = await engine.pipeline.ingest(
                    next(rounds), batch, FetchRecord(at=now, next_due=None), clock.now()
                )
                alerts += done.alerts
                matched += done.matched
                ingesting += process_time() - began
                began = process_time()
                await engine.outbox.step(clock.now())
                delivering += process_time() - began
            await engine.store.scrub()  # what the log holds is in the file then
            on_disk = _size(Path(directory))
            stored = await _stored(engine)
            figures = await _visits(engine, made, clock)
            async with engine.store.read() as conn:
                states = await message_counts.counts(conn)
                notices = await conn.scalar(sa.text("SELECT count(*) FROM notices"))
            sent = sum(states.values())
            memory.give_back()  # as it is every ten minutes
            return {
                "items": count,
                "items_per_cpu_second": round(count / ingesting),
                "matched": matched,
                "alerts": alerts,
                "stored": stored,
                "bytes_on_disk_an_item": round(on_disk / count),
                **figures,
                "messages": sent,
                "notices": notices,
                "notices_per_cpu_second": round(notices / delivering),
                "resident_mb_idle": idle,
                "resident_mb_after": _resident_mb(),
                "resident_mb_worker": sum(map(_resident_mb, _children())),
            }


async def _newsroom(engine: Engine, now: datetime) -> list[Source]:
    """Sources whose archive has been read, and chats that follow a topic."""
    from bot.model import ChatType, SourceKind, Transport
    from bot.store import chats, sources, visits
    from bot.store.visits import FetchRecord

    made = []
    async with engine.store.write() as conn:
        for n in range(_SOURCES):
            source, _ = await sources.add(
                conn,
                transport=Transport.FEED,
                address=f"https://s{n}.example/feed",
                identity=f"s{n}.example/feed",
                title=f"Source {n}",
                kind=SourceKind.MEDIA,
                lang="ru",
                now=now,
            )
            read = FetchRecord(at=now, next_due=None, archived_at=now)
            await visits.record_fetch(conn, source.id, read)
            made.append(source)
        for n in range(_READERS):
            chat = await chats.ensure(conn, 1000 + n, 0, ChatType.PRIVATE, now=now)
            await chats.subscribe(conn, chat.id, "refusal", now)
    return made


# All that was decided of the items, and no times: equal results have equal rows.
_DECIDED = (
    "SELECT id, key, story_id, relation, archived, part_of, part_start, part_end, cut FROM items",
    "SELECT item_id, filter_key, topic, spans, sentence, army, stage, era, evidence, certainty,"
    " score, words FROM matches",
    "SELECT id, story_id, n FROM alerts",
    "SELECT alert_id, item_id, revision FROM causes",
    "SELECT key, story_id FROM story_keys",
    "SELECT item_id, marks FROM item_marks",
    "SELECT item_id, clue FROM item_clues",
)


async def _stored(engine: Any) -> str:
    """A name for all that was decided: whoever makes it faster compares it before and after."""
    import sqlalchemy as sa

    digest = sha256()
    async with engine.store.read() as conn:
        for query in _DECIDED:
            for row in await conn.execute(sa.text(f"{query} ORDER BY 1, 2")):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()[:12]


async def _visits(engine: Any, made: Sequence[Any], clock: Any) -> dict[str, Any]:
    """A visit with one new item that matches nothing: its time and its statements."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine as Database

    from bot.model import ParsedItem
    from bot.store.visits import FetchRecord

    seen: list[str] = []

    def note(*call: Any) -> None:
        seen.append(call[2])

    event.listen(Database, "before_cursor_execute", note)
    try:
        began = process_time()
        for n in range(_VISITS):
            text = f"Посевная {n}: в районе {n * 7} засеяли {n * 13} гектаров, техника номер {n}."
            now = clock.now()
            item = ParsedItem(key=f"new {n}", text=text, url=f"https://s0.example/new/{n}")
            await engine.pipeline.ingest(made[0], [item], FetchRecord(at=now, next_due=None), now)
        spent = process_time() - began
    finally:
        event.remove(Database, "before_cursor_execute", note)
    return {
        "ms_a_visit_with_one_new_item": round(spent / _VISITS * 1000, 1),
        "statements_of_such_a_visit": round(len(seen) / _VISITS, 1),
    }


def _size(directory: Path) -> int:
    return sum(each.stat().st_size for each in directory.glob("vigil.sqlite3*"))


def _address(n: int) -> str:
    """On the host of the source whose visit brings it."""
    return f"https://s{n // _BATCH % _SOURCES}.example/news/{n}"


def _feed(items: Sequence[ParsedItem]) -> bytes:
    entries = "".join(
        f"<item><guid>{item.key}</guid><link>{item.url}</link>"
        f"<description>{escape(item.text)}</description></item>"
        for item in items
    )
    return f"<rss version='2.0'><channel><title>x</title>{entries}</channel></rss>".encode()


class Taking:
    """A sender that takes everything, without limits."""

    def __init__(self, clock: Any) -> None:
        from bot.botapi.pacing import Gate, Limits, Pacer

        self.gate = Gate(clock, Pacer(Limits(1_000_000, 0.0, 1_000_000)))
        self._numbers = itertools.count(1)

    async def send(
        self, address: Any, rendered: Any, *, reply_to: Any = None, permit: Any = None
    ) -> int:
        self.gate.leave(permit)
        return next(self._numbers)

    async def edit(
        self, address: Any, message_id: int, rendered: Any, *, permit: Any = None
    ) -> None:
        self.gate.leave(permit)

    async def delete(self, address: Any, message_id: int) -> None:
        raise AssertionError("nothing is deleted here")


def _children() -> list[str]:
    return [
        number
        for task in Path("/proc/self/task").iterdir()
        for number in (task / "children").read_text().split()
    ]


def _resident_mb(process: str = "self") -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) // 1024


def main() -> None:
    """The child process: measure, print JSON."""
    from bot.cli.run import loop_factory
    from bot.ops import memory

    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    memory.share_one_arena()  # before there is any other thread
    plain = read(data, ITEMS) if data else generate(ITEMS)
    texts = (text if n % 50 else _TEXT.format(n=n) for n, text in enumerate(plain))
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        print(json.dumps(runner.run(_measure(texts))))


if __name__ == "__main__":
    main()
