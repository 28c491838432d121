"""What reaches a log, and what never does."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
import structlog

from bot.ops import logs
from bot.settings import LogFormat

TOKEN = "123456789:AAF0-invented_by_the_tests_0123456789"
PASSWORD = 'a "quoted"/word'


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging is of the whole process: give it back as it was."""
    root = logging.getLogger()
    before = (root.level, root.handlers[:], logging.getLogRecordFactory(), sys.excepthook)
    hooks, ours = (threading.excepthook, sys.unraisablehook), structlog.get_config()
    yield
    structlog.configure(**ours)
    logging.captureWarnings(False)
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.setLogRecordFactory(before[2])
    sys.excepthook = before[3]
    threading.excepthook, sys.unraisablehook = hooks


@pytest.fixture(params=list(LogFormat))
def out(request: pytest.FixtureRequest) -> io.StringIO:
    """What is logged, at the most talkative level, in each form."""
    stream = io.StringIO()
    logs.setup("DEBUG", request.param, (PASSWORD,), stream)
    return stream


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
def test_token_is_hidden_at_every_level(out: io.StringIO, level: str) -> None:
    """Promise 7: the token never reaches a log."""
    url = f"https://api.telegram.org/bot{TOKEN}/getMe"
    getattr(structlog.get_logger("x"), level)("asked", url=url, more={"deep": [url]})
    getattr(logging.getLogger("some.library"), level)("asked %s", url)

    assert out.getvalue().count("asked") == 2
    assert TOKEN not in out.getvalue()


def test_token_is_hidden_in_traces(out: io.StringIO) -> None:
    try:
        raise ValueError(f"bad answer from /bot{TOKEN}/getMe")
    except ValueError:
        structlog.get_logger("x").exception("failed")
        logging.getLogger("some.library").exception("failed")

    assert out.getvalue().count("Traceback") == 2
    assert TOKEN not in out.getvalue()


def test_uncaught_exception_passes_the_same_gate(out: io.StringIO) -> None:
    error = ValueError(f"bad answer from /bot{TOKEN}/getMe")
    sys.excepthook(ValueError, error, None)

    assert "crashed" in out.getvalue()
    assert TOKEN not in out.getvalue()


def test_passwords_of_the_settings_are_hidden_however_spelt(out: io.StringIO) -> None:
    structlog.get_logger("x").info(
        "a", plain=PASSWORD, address="http://me:a%20%22quoted%22%2Fword@p"
    )

    assert "quoted" not in out.getvalue()


def test_plain_line_can_be_read_and_cannot_be_forged() -> None:
    """A text from outside with a line break stays within its line."""
    stream = io.StringIO()
    logs.setup("INFO", LogFormat.TEXT, (), stream)
    structlog.get_logger("x").info("poll.finished", source=7, title="a\n2024 info b")

    line = stream.getvalue()
    assert line.endswith(' info poll.finished source=7 title="a\\n2024 info b"\n')
    assert line.count("\n") == 1


def test_json_line_is_json() -> None:
    stream = io.StringIO()
    logs.setup("INFO", LogFormat.JSON, (), stream)
    structlog.get_logger("x").info("poll.finished", source=7)

    event = json.loads(stream.getvalue())
    assert (event["event"], event["source"], event["level"]) == ("poll.finished", 7, "info")


def test_libraries_are_heard_when_something_is_wrong() -> None:
    """At INFO some write many lines a second, and hide ours."""
    stream = io.StringIO()
    logs.setup("INFO", LogFormat.TEXT, (), stream)
    structlog.get_logger("x").info("ours")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")

    assert [line.split()[2] for line in stream.getvalue().splitlines()] == ["ours", "trouble"]


def test_every_line_is_json() -> None:
    """Also of a thread that ends in an error, of an error in a destructor, of a warning."""
    stream = io.StringIO()
    logs.setup("INFO", LogFormat.JSON, (), stream)

    class Broken:
        def __del__(self) -> None:
            raise ValueError("two\nlines")

    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    broken = Broken()
    del broken
    warnings.warn("three\nlines", UserWarning, stacklevel=1)
    structlog.get_logger("x").info("four\nlines", value="a\u2028b")

    events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert events[:2] == ["crashed", "crashed"]
    assert len(events) == 4


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    logs.setup("WARNING", LogFormat.TEXT, (), stream)
    structlog.get_logger("x").info("quiet")
    logging.getLogger("some.library").info("quiet")

    assert stream.getvalue() == ""
