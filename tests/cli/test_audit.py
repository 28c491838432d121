"""`vigil audit`: who changed what, fit to be passed on."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from bot.commands import sources
from bot.commands.calls import Actor, Backend, Call, Place
from bot.commands.sources import FoundSource
from bot.commands.undo import undo
from bot.model import ChatType, Role, SourceKind, Transport
from bot.store import Store
from tests.cli.vigil import vigil
from tests.support.clock import ManualClock

ADMIN = 987654321


async def test_rows_are_exported_without_numbers(
    sqlite_store: Store, tmp_path: Path, clock: ManualClock
):
    """An auditor reads what was done and undone while the bot runs, and learns nobody's number."""
    backend = Backend(sqlite_store)
    place = Place(ADMIN, ChatType.PRIVATE)
    call = Call(Actor(ADMIN, Role.ADMIN), place, clock.now(), manages=True)
    feed = "https://pskovpost.example/rss"
    found = FoundSource(Transport.FEED, feed, feed, "Pskov, «Post»", SourceKind.MEDIA, "ru")
    none = vigil("audit", VIGIL_DATA_DIR=str(tmp_path))
    await sources.add(backend, call, found)
    await undo(backend, call)
    done = vigil("audit", "--csv", VIGIL_DATA_DIR=str(tmp_path))
    short = vigil("audit", "--limit", "1", VIGIL_DATA_DIR=str(tmp_path))

    assert (none.code, none.out) == (1, "")
    undoing, addition = csv.DictReader(io.StringIO(done.out))
    assert (addition["command"], addition["subject"]) == ("source.add", "source:1")
    assert (undoing["command"], addition["undone_by"]) == ("undo", undoing["id"])
    assert "Pskov, «Post»" in addition["details"]
    assert undoing["who"] == addition["who"] != ""
    assert str(ADMIN) not in done.out
    assert len(short.out.splitlines()) == 1
