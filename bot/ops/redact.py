"""Keeps the bot's token, and what people write, out of every log line and trace.

httpx and PTB log the token in addresses; exceptions carry it in their texts. PTB logs a whole
batch of updates at CRITICAL when it cannot read one of them, and answers at DEBUG; drivers of
databases log values. So records are cleaned where they are made, not where some handler prints
them: of the libraries in `MUTE` a line says who logged, how grave it is and where, and no more.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

__all__ = ["MUTE", "QUIET", "install", "processor", "redact"]

# 123456:AA…, as BotFather gives it, also with its colon escaped in an address.
_TOKEN = re.compile(r"\d{5,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
_HIDDEN = "<token>"

# Libraries whose finer levels print parameters: texts, chat ids, SQL values.
QUIET = ("httpx", "httpcore", "telegram", "hpack", "aiosqlite", "sqlalchemy.engine")


# Libraries through whose hands go updates, messages, addresses and values.
MUTE = (
    *("telegram", "httpx", "httpcore", "hpack", "h2", "h11", "anyio"),
    *("uvicorn", "starlette", "multipart", "python_multipart", "websockets"),
    *("aiosqlite", "sqlalchemy", "asyncpg", "nats"),
)
_WITHHELD = "%s, line %s: not shown, since it may hold what people wrote"


def redact(text: str) -> str:
    """`text` without anything that looks like a bot token."""
    return _TOKEN.sub(_HIDDEN, text) if ":" in text or "%3" in text else text


def processor(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor; put it last before the renderer, after exceptions are formatted."""
    for key, value in event.items():
        event[key] = _clean(value)
    return event


def install() -> Callable[[], None]:
    """Clean every record of the standard library's logging; keep chatty libraries at WARNING.

    Holds for the whole process, also for handlers added later. Returns what undoes it.
    """
    before = logging.getLogRecordFactory()
    levels = {name: logging.getLogger(name).level for name in QUIET}

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return _cleaned(before(*args, **kwargs))

    logging.setLogRecordFactory(factory)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)

    def undo() -> None:
        logging.setLogRecordFactory(before)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)

    return undo


def _cleaned(record: logging.LogRecord) -> logging.LogRecord:
    if (record.name or "").partition(".")[0] in MUTE:  # a copy being made has no name yet
        record.msg, record.args = _WITHHELD, (record.module, record.lineno)
        if record.exc_info and record.exc_info[0] is not None:
            record.msg += f" ({record.exc_info[0].__name__})"
        record.exc_info = record.exc_text = record.stack_info = None
        return record
    record.msg = _clean(record.msg)
    if record.args:
        record.args = (
            {key: _clean(value) for key, value in record.args.items()}
            if isinstance(record.args, Mapping)
            else tuple(_clean(value) for value in record.args)
        )
    if record.exc_info and record.exc_info[0] is not None:
        # Formatters take this text when it is there and do not format the trace again.
        record.exc_text = redact("".join(traceback.format_exception(*record.exc_info)).rstrip())
    return record


def _clean(value: Any) -> Any:
    """Texts anywhere in it without tokens; numbers as they are; objects only if they need it."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_clean(inner) for inner in value)
    shown = str(value)
    cleaned = redact(shown)
    return value if cleaned == shown else cleaned
