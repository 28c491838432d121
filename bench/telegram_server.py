"""The Bot API emulator with Telegram's limits, in a process of its own.

`python -m bench.telegram_server CHATS` prints its address, serves until its standard input is
closed, and then prints what it took, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.clock import SystemClock
from tests.support.botapi_emulator import BotApiEmulator

__all__ = ["Server", "serving"]


@dataclass(slots=True)
class Server:
    """`url` and `token` at once; `taken` and `refused` after the block."""

    url: str
    token: str
    taken: list[tuple[float, int, str]] = field(default_factory=list)  # when, chat, text
    refused: int = 0  # answers 429


@asynccontextmanager
async def serving(chats: int) -> AsyncIterator[Server]:
    """A server that knows private chats 1 to `chats`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.telegram_server", str(chats)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    assert process.stdin
    assert process.stdout
    server = Server(*(await process.stdout.readline()).decode().split())
    try:
        yield server
    finally:
        process.stdin.close()
        told: dict[str, Any] = json.loads(await process.stdout.read() or b"{}")
        await process.wait()
        server.taken = [(at, chat, text) for at, chat, text in told.get("taken", [])]
        server.refused = told.get("refused", 0)


async def main(chats: int) -> None:
    async with BotApiEmulator(SystemClock()) as emulator:
        for user in range(1, chats + 1):
            emulator.people.started(user)
        print(emulator.url, emulator.token, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        taken = [
            (call.at.timestamp(), call.parameters["chat_id"], call.parameters["text"][:200])
            for call in emulator.taken
            if call.method == "sendMessage"
        ]
        print(json.dumps({"taken": taken, "refused": emulator.count_429()}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
