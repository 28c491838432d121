"""What is logged, how it looks, and what must never be seen in it.

One line an event on standard error, ours and the libraries' alike. Every finished line
passes through one gate that hides the bot's token and the passwords of the settings,
whoever wrote it and at whatever level.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, MutableMapping
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

import structlog

from bot.ops import redact
from bot.settings import LogFormat

__all__ = ["setup"]

_HIDDEN = "<secret>"
_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029]")


class _Gate:
    """The last step of a line: what looks like a token, and each secret in each spelling."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {
            spelling
            for secret in secrets
            for spelling in (
                secret,
                quote(secret, safe=""),
                json.dumps(secret)[1:-1],
                json.dumps(secret, ensure_ascii=False)[1:-1],
            )
        }
        # The longest first: one may be part of another.
        self._spellings = sorted(filter(None, spellings), key=len, reverse=True)

    def hide(self, line: str) -> str:
        for spelling in self._spellings:
            line = line.replace(spelling, _HIDDEN)
        return redact.redact(line)

    def __call__(self, logger: object, method: str, line: Any) -> str:
        return self.hide(line.decode() if isinstance(line, bytes) else str(line))


def setup(
    level: str = "INFO",
    form: LogFormat = LogFormat.TEXT,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send all logging of this process to `stream` (standard error). The last call holds.

    Libraries log from WARNING on; at "DEBUG" everything. Uncaught exceptions
    pass the same gate. Locals are never printed with a trace.
    """
    out = sys.stderr if stream is None else stream
    gate = _Gate(secrets)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    render = _renderer(form, out)
    structlog.configure(
        processors=[*shared, render, gate],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    redact.install()
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render, gate],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Libraries are heard from WARNING on.
    quiet = level != "DEBUG"
    if quiet:
        logging.getLogger().setLevel(max(logging.getLevelName(level), logging.WARNING))
    logging.captureWarnings(True)
    sys.excepthook = _crashed
    threading.excepthook = _crashed_thread
    sys.unraisablehook = _unraisable


def _renderer(form: LogFormat, out: TextIO) -> structlog.typing.Processor:
    if form is LogFormat.JSON:
        return structlog.processors.JSONRenderer(serializer=_one_line)
    if out.isatty():
        return structlog.dev.ConsoleRenderer(
            colors=True, exception_formatter=structlog.dev.plain_traceback
        )
    return _plain


def _one_line(event: Any, **_: Any) -> str:
    """JSON leaves U+2028 and its like as they are, which break a line for some readers."""
    text = json.dumps(event, ensure_ascii=False, default=str)
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    """`2024-04-08T06:00:00Z info poll.finished new=3 source=7`, then the trace if there is one."""
    trace = event.pop("exception", "")
    stack = event.pop("stack", "")
    head = f"{event.pop('timestamp', '')} {event.pop('level', method)} {event.pop('event', '')}"
    fields = "".join(f" {key}={_value(value)}" for key, value in sorted(event.items()))
    return "\n".join(filter(None, (head + fields, str(stack), str(trace))))


def _value(value: object) -> str:
    """Bare where that is unmistakable, else as in JSON: a line break must not forge a line."""
    text = str(value)
    bare = text and text.isprintable() and not set(text) & set(' "=')
    return text if bare else json.dumps(text, ensure_ascii=False)


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger(__name__).critical("crashed", exc_info=(kind, error, trace))


def _crashed_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        _crashed(args.exc_type, args.exc_value, args.exc_traceback)


def _unraisable(args: Any) -> None:
    """An error where none can be raised: in a destructor, as a process ends."""
    if args.exc_value is not None:
        structlog.get_logger(__name__).error(
            "crashed", exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )
