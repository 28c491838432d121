"""`vigil audit`: who changed what, as CSV or lines, without anybody's number."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from bot.cli.exit_codes import ends_in_exit_code, say
from bot.settings import load
from bot.store import Store
from bot.store import audit as rows
from bot.store.audit import Entry

__all__ = ["audit"]

_COLUMNS = ("id", "at", "who", "command", "subject", "details", "undone_by")
_ROWS_A_READ = 500


@ends_in_exit_code
def audit(limit: int, *, as_csv: bool) -> int:
    """Print the newest rows of the installation, newest first; 1 when there are none.

    A running bot is not disturbed. People stand by pseudonyms, which only this database's
    admins can tell apart (/audit), so the rows may be passed on. Changes of single chats are theirs
    and are left out.
    """
    url = load(os.environ).settings.database

    async def read() -> list[Entry]:
        store = await Store.open_to_read(url)
        found: list[Entry] = []
        try:
            async with store.read() as conn:
                while len(found) < limit:
                    before = found[-1].id if found else None
                    more = await rows.page(conn, min(_ROWS_A_READ, limit - len(found)), before)
                    if not more:
                        break
                    found += more
        finally:
            await store.close()
        return found

    entries = asyncio.run(read())
    if as_csv:
        _write(entries)
    else:
        for row in _rows(entries):
            print(*(each for each in row if each), sep="  ")
    if not entries:
        say("Nothing was changed yet.")
    return 0 if entries else 1


def _write(entries: Iterable[Entry]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    writer.writerows(_rows(entries))


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[Any, ...]]:
    for each in entries:
        details = json.dumps(each.details, ensure_ascii=False) if each.details else ""
        undone = "" if each.undone_by is None else str(each.undone_by)
        at = each.at.isoformat(timespec="seconds")
        yield (str(each.id), at, each.actor, each.command, each.subject, details, undone)
