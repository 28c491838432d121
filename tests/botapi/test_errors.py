"""The one table of errors: each row is pinned by an error that only it explains."""

from __future__ import annotations

from collections.abc import Callable

import httpcore
import httpx
import pytest
from structlog.testing import capture_logs
from telegram import error as ptb

from bot import errors
from bot.botapi.errors import TABLE, translate


def _caused(error: ptb.TelegramError, cause: BaseException) -> ptb.TelegramError:
    error.__cause__ = cause
    return error


# Each line: what is raised, what it becomes, and what makes it certain.
PINNED: list[tuple[Callable[[], BaseException], type[errors.DeliveryError]]] = [
    (lambda: ptb.RetryAfter(7), errors.RetryLater),
    (lambda: ptb.BadRequest("Too many requests: retry after 8"), errors.RetryLater),
    (lambda: ptb.NetworkError("Too Many Requests (429)"), errors.RetryLater),
    (lambda: ptb.ChatMigrated(-1009), errors.Migrated),
    (lambda: ptb.Forbidden("Forbidden: bot was blocked by the user"), errors.Unreachable),
    (lambda: ptb.Forbidden("Forbidden: user is deactivated"), errors.Unreachable),
    (
        lambda: ptb.Forbidden("Forbidden: bot was kicked from the supergroup chat"),
        errors.Unreachable,
    ),
    (
        lambda: ptb.Forbidden("Forbidden: bot can't initiate conversation with a user"),
        errors.Unreachable,
    ),
    (lambda: ptb.Forbidden("Forbidden: something new"), errors.Unreachable),
    (lambda: ptb.BadRequest("Bad Request: not enough rights to send photos"), errors.Rejected),
    (lambda: ptb.BadRequest("Bad Request: chat not found"), errors.Unreachable),
    (lambda: ptb.BadRequest("Bad Request: TOPIC_CLOSED"), errors.TopicClosed),
    (
        lambda: ptb.BadRequest("Bad Request: message is not modified: specified new message"),
        errors.NothingChanged,
    ),
    (lambda: ptb.BadRequest("Bad Request: message to edit not found"), errors.MessageGone),
    (
        lambda: ptb.BadRequest("Bad Request: can't parse entities: Unclosed start tag"),
        errors.Rejected,
    ),
    (lambda: ptb.NetworkError("Request Entity Too Large (413)"), errors.Rejected),
    (lambda: ptb.BadRequest("Bad Request: a refusal nobody has seen"), errors.Rejected),
    (lambda: _caused(ptb.TimedOut(), httpx.ConnectTimeout("")), errors.NotSent),
    (lambda: _caused(ptb.TimedOut(), httpx.ReadTimeout("")), errors.Unknown),
    (lambda: _caused(ptb.NetworkError("x"), httpx.ConnectError("")), errors.NotSent),
    (lambda: ptb.NetworkError("Bad Gateway (502)"), errors.ServerFailed),
    (lambda: _caused(ptb.NetworkError("x"), httpx.RemoteProtocolError("")), errors.Unknown),
    (lambda: ptb.InvalidToken("Unauthorized"), errors.NotSent),
    (lambda: ptb.Conflict("terminated by other getUpdates request"), errors.NotSent),
    (lambda: ptb.EndPointNotFound("sendMesage"), errors.NotSent),
    (TimeoutError, errors.Unknown),
    (lambda: ptb.TelegramError("Invalid server response"), errors.Unknown),
    (lambda: ValueError("our own mistake"), errors.Rejected),
]


def test_every_row_is_pinned_in_its_order() -> None:
    """A row nobody tests is a row nobody may trust."""
    deciding = [next(i for i, row in enumerate(TABLE) if row.fits(make())) for make, _ in PINNED]

    assert deciding == list(range(len(TABLE)))


@pytest.mark.parametrize(("make", "ours"), PINNED)
def test_each_error_becomes_ours(
    make: Callable[[], BaseException], ours: type[errors.DeliveryError]
) -> None:
    assert type(translate(make())) is ours


@pytest.mark.parametrize(
    ("cause", "ours"),
    [
        (httpx.ConnectError, errors.NotSent),
        (httpx.ConnectTimeout, errors.NotSent),
        (httpx.PoolTimeout, errors.NotSent),
        (httpx.ProxyError, errors.NotSent),
        (httpx.UnsupportedProtocol, errors.NotSent),
        (httpx.ReadError, errors.Unknown),
        (httpx.ReadTimeout, errors.Unknown),
        (httpx.WriteError, errors.Unknown),
        (httpx.WriteTimeout, errors.Unknown),
        (httpx.CloseError, errors.Unknown),
        (httpx.RemoteProtocolError, errors.Unknown),
        (httpx.LocalProtocolError, errors.Unknown),
        (httpx.DecodingError, errors.Unknown),
        (httpx.TooManyRedirects, errors.Unknown),
    ],
)
def test_every_transport_error_of_httpx(
    cause: type[httpx.HTTPError], ours: type[errors.DeliveryError]
) -> None:
    """Only what certainly did not leave is sent again freely."""
    wrapper = ptb.TimedOut() if issubclass(cause, httpx.TimeoutException) else ptb.NetworkError("")

    assert type(translate(_caused(wrapper, cause("")))) is ours


@pytest.mark.parametrize(
    ("cause", "ours"),
    [
        (httpcore.ConnectError, errors.NotSent),
        (httpcore.ConnectTimeout, errors.NotSent),
        (httpcore.PoolTimeout, errors.NotSent),
        (httpcore.ProxyError, errors.NotSent),
        (httpcore.UnsupportedProtocol, errors.NotSent),
        (httpcore.ConnectionNotAvailable, errors.NotSent),
        (httpcore.ReadError, errors.Unknown),
        (httpcore.ReadTimeout, errors.Unknown),
        (httpcore.WriteError, errors.Unknown),
        (httpcore.WriteTimeout, errors.Unknown),
        (httpcore.RemoteProtocolError, errors.Unknown),
        (httpcore.LocalProtocolError, errors.Unknown),
    ],
)
def test_every_transport_error_of_httpcore(
    cause: type[Exception], ours: type[errors.DeliveryError]
) -> None:
    """The short way has no httpx: the line between sent and not sent is the same."""
    wrapper = ptb.NetworkError("")
    if issubclass(cause, httpcore.TimeoutException):
        wrapper = ptb.TimedOut()

    assert type(translate(_caused(wrapper, cause("")))) is ours


def test_no_transport_error_of_httpx_is_forgotten() -> None:
    """The list above is whole for the installed httpx."""
    pinned = {
        mark_cause
        for mark in test_every_transport_error_of_httpx.pytestmark  # type: ignore[attr-defined]
        for mark_cause, _ in mark.args[1]
    }

    assert _leaves(httpx.RequestError) <= pinned


def _leaves(kind: type[BaseException]) -> set[type[BaseException]]:
    below = kind.__subclasses__()
    below = [each for each in below if each.__module__.startswith("httpx")]
    return set().union(*map(_leaves, below)) if below else {kind}


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ("message thread not found", errors.TopicClosed),
        ("message can't be edited", errors.MessageGone),
        ("message to delete not found", errors.MessageGone),
        (
            "query is too old and response timeout expired or query ID is invalid",
            errors.MessageGone,
        ),
        ("message can't be deleted for everyone", errors.Rejected),
        ("message is too long", errors.Rejected),
        ("BUTTON_DATA_INVALID", errors.Rejected),
        ("not enough rights to send text messages to the chat", errors.Unreachable),
        ("CHAT_SEND_PHOTOS_FORBIDDEN", errors.Rejected),
        ("CHAT_WRITE_FORBIDDEN", errors.Unreachable),
    ],
)
def test_refusals_that_differ_by_words_only(words: str, ours: type[errors.DeliveryError]) -> None:
    assert type(translate(ptb.BadRequest(f"Bad Request: {words}"))) is ours


def test_what_the_error_carries() -> None:
    waiting = translate(ptb.RetryAfter(7))
    assert isinstance(waiting, errors.RetryLater)
    assert (waiting.seconds, waiting.everywhere) == (7.0, False)
    somewhere = translate(ptb.NetworkError("Too Many Requests (429)"))
    assert isinstance(somewhere, errors.RetryLater)
    assert (somewhere.seconds, somewhere.everywhere) == (30.0, True)
    moved = translate(ptb.ChatMigrated(-1009))
    assert isinstance(moved, errors.Migrated)
    assert moved.chat_id == -1009
    blocked = translate(ptb.Forbidden("Forbidden: bot was blocked by the user"))
    assert isinstance(blocked, errors.Unreachable)
    assert blocked.reason == "blocked"


def test_unknown_refusals_are_logged_without_ids_or_token() -> None:
    token = "700000001:" + "A" * 35
    with capture_logs() as lines:
        translate(ptb.BadRequest(f"Bad Request: odd thing in -1001234567890 at bot{token}"))
        translate(ptb.BadRequest("Bad Request: chat not found"))

    (line,) = lines
    assert line["event"] == "telegram.unknown_refusal"
    assert line["taken_for"] == "Rejected"
    assert "1234567890" not in str(line)
    assert token not in str(line)
