"""What python-telegram-bot raises -> our DeliveryError. Nothing else reads error texts.

PTB's TimedOut covers connecting as well as reading, and Telegram's refusals differ only by their
descriptions; so a row names the exception, the one of httpx or httpcore behind it (`__cause__`),
and words of the description. The first row that fits decides.

The line that matters is between NotSent (Telegram cannot have taken the call) and Unknown (it may
have). A call is NotSent only when no byte of it can have left: connecting failed, or no connection
was free. A broken answer or a write that did not end: Unknown. A 5xx from Telegram or from what
stands before it: ServerFailed, which is Unknown but counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType

import httpcore
import httpx
import structlog
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import (
    DeliveryError,
    MessageGone,
    Migrated,
    NothingChanged,
    NotSent,
    Rejected,
    RetryLater,
    ServerFailed,
    TopicClosed,
    Unknown,
    Unreachable,
)
from bot.ops.redact import redact

__all__ = ["TABLE", "Row", "translate"]

log = structlog.get_logger(__name__)

_UNTOLD_WAIT = 30.0  # seconds, when a 429 does not say how long


@dataclass(frozen=True, slots=True)
class Row:
    """`raised` with one of `cause` behind it (any, if empty) and `words` in its description."""

    raised: type[BaseException]
    gives: Callable[[BaseException], DeliveryError]
    cause: tuple[type[object], ...] = ()
    words: str = ""  # a regular expression, searched without regard to case
    known: bool = True  # False: taken for this for want of better, and logged

    def fits(self, error: BaseException) -> bool:
        return (
            isinstance(error, self.raised)
            and (not self.cause or isinstance(error.__cause__, self.cause))
            and (not self.words or re.search(self.words, str(error), re.IGNORECASE) is not None)
        )


def _retry(error: BaseException) -> DeliveryError:
    if isinstance(error, RetryAfter):
        # PTB is changing `retry_after` from int to timedelta; what it pickles is the seconds.
        return RetryLater(float(error.__reduce__()[1][0]))
    found = re.search(r"retry after (\d+)", str(error), re.IGNORECASE)
    if found is None:
        return RetryLater(_UNTOLD_WAIT, everywhere=True)
    return RetryLater(float(found[1]))


def _migrated(error: BaseException) -> DeliveryError:
    assert isinstance(error, ChatMigrated)
    return Migrated(error.new_chat_id)


def _not_sent(error: BaseException) -> DeliveryError:
    return NotSent("Telegram was not reached: {cause}", cause=_name(error))


def _unknown(error: BaseException) -> DeliveryError:
    return Unknown("No answer from Telegram: {cause}", cause=_name(error))


def _server_failed(error: BaseException) -> DeliveryError:
    return ServerFailed("Telegram answers that it failed: {words}", words=_status(error))


def _rejected(error: BaseException) -> DeliveryError:
    return Rejected("Telegram refuses: {words}", words=_words(error))


def _unreachable(reason: str) -> Callable[[BaseException], DeliveryError]:
    return lambda error: Unreachable(reason)


def _plain(kind: type[DeliveryError]) -> Callable[[BaseException], DeliveryError]:
    return lambda error: kind()


def _name(error: BaseException) -> str:
    return type(error.__cause__ or error).__name__


def _status(error: BaseException) -> str:
    """The description without what PTB quotes of a body it cannot read: it may hold texts."""
    return _words(error).partition(". Parsing the server response")[0]


def _words(error: BaseException) -> str:
    """The description without token or long numbers (they may be chat ids)."""
    return re.sub(r"-?\d{5,}", "#", redact(str(error)))[:200]


_CANNOT_WRITE = (
    "chat not found|peer_id_invalid|chat_id_invalid|channel_private|group is deactivated"
    "|user_deactivated|user not found|chat_write_forbidden|chat_send_plain_forbidden"
    "|chat_restricted|chat_admin_required|user_is_blocked|not enough rights to send"
    "|no rights to send|need administrator rights|have no write access"
    "|group chat was (deactivated|deleted)"
)

TABLE: tuple[Row, ...] = (
    # Telegram asks to wait.
    Row(RetryAfter, _retry),
    Row(BadRequest, _retry, words=r"too many requests: retry after \d+"),
    Row(NetworkError, _retry, words=r"too many requests|\(429\)"),
    # The chat.
    Row(ChatMigrated, _migrated),
    Row(Forbidden, _unreachable("blocked"), words="blocked by the user"),
    Row(Forbidden, _unreachable("deactivated"), words="user is deactivated"),
    Row(Forbidden, _unreachable("kicked"), words="bot was kicked|not a member|chat was deleted"),
    Row(Forbidden, _unreachable("not started"), words="can't initiate conversation"),
    Row(Forbidden, _unreachable("forbidden"), words="", known=False),
    # Pictures alone are forbidden there: no reason to write nothing any more.
    Row(
        BadRequest,
        _rejected,
        words=r"rights to send (photos|documents|media)|chat_send_(photos|docs|media)_forbidden",
    ),
    Row(BadRequest, _unreachable("not found or not allowed"), words=_CANNOT_WRITE),
    Row(
        BadRequest,
        _plain(TopicClosed),
        words="topic_closed|topic_deleted|topic_id_invalid|message thread not found",
    ),
    # The message.
    Row(BadRequest, _plain(NothingChanged), words="message is not modified"),
    Row(
        BadRequest,
        _plain(MessageGone),
        words="message to (edit|delete) not found|message can't be edited|message_id_invalid"
        "|query is too old|query id is invalid",
    ),
    Row(
        BadRequest,
        _rejected,
        words="can't parse entities|can't find end tag|message is too long|message_too_long"
        "|message text is empty|text must be non-empty|button_data_invalid|button_url_invalid"
        "|wrong http url|can't parse inline keyboard|markup is too long|unallowed in the inline"
        "|message to be replied not found|repl(y|ied) message not found"
        "|message can't be deleted|entity_text_invalid|parameter .* is required"
        "|participant_id_invalid|chat is not a forum|bot_forum_create_forbidden",
    ),
    Row(NetworkError, _rejected, words=r"entity too large|\(413\)"),
    Row(BadRequest, _rejected, known=False),
    # The way there. BadRequest and TimedOut are NetworkErrors for PTB: order counts.
    Row(
        TimedOut,
        _not_sent,
        cause=(
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpcore.ConnectTimeout,
            httpcore.PoolTimeout,
        ),
    ),
    Row(TimedOut, _unknown),
    Row(
        NetworkError,
        _not_sent,
        cause=(
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.ProxyError,
            httpx.UnsupportedProtocol,
            httpx.InvalidURL,
            httpcore.ConnectError,
            httpcore.ProxyError,
            httpcore.UnsupportedProtocol,
            httpcore.ConnectionNotAvailable,
            RuntimeError,  # PTB's own: the request object is not initialised
        ),
    ),
    # An answer came, whose status PTB knows no better name for; it may have no body.
    Row(NetworkError, _server_failed, cause=(NoneType, TelegramError)),
    Row(NetworkError, _unknown),
    Row(InvalidToken, _not_sent),
    Row(Conflict, _not_sent),
    Row(EndPointNotFound, _not_sent),
    Row(TimeoutError, _unknown),  # our own limit on a whole call
    Row(TelegramError, _unknown, words="invalid server response"),
    Row(BaseException, _rejected, known=False),
)


def translate(error: BaseException) -> DeliveryError:
    """Our error for what a call raised; raise it `from` the original."""
    row = next(row for row in TABLE if row.fits(error))
    ours = row.gives(error)
    if not row.known:
        log.warning(
            "telegram.unknown_refusal",
            raised=type(error).__name__,
            taken_for=type(ours).__name__,
            words=_words(error),
        )
    return ours
