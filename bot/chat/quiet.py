"""Quiet: asks before it changes anything, and leaves nothing about topics on the screen.

Who chooses Quiet may be searched in a minute. So all that the bot answered before in that chat and
the person's own commands are deleted, what is too old for that is overwritten, alerts are folded,
and the answer says what could not be reached. Afterwards no answer names a topic at once: it
stands behind Show, in memory only, and what is shown goes after ten minutes.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.botapi.client import Client
from bot.chat.text import Buttons, plain
from bot.clock import Clock
from bot.commands.calls import Place
from bot.errors import (
    DeliveryError,
    MessageGone,
    NothingChanged,
    NotSent,
    Rejected,
    RetryLater,
)
from bot.model import MessageKind
from bot.store.message_rows import Message

__all__ = ["Left", "Veils", "names_topic", "sweep", "titles_of"]

log = structlog.get_logger(__name__)

_MAX_TRIES = 4
_MOST_VEILED = 500
_VEILED_FOR = timedelta(hours=1)


# removing


@dataclass(slots=True)
class Left:
    """What became of it."""

    deleted: int = 0
    overwritten: int = 0
    unreached: int = 0
    later: int = 0  # Telegram could not be asked: the outbox goes on
    done: list[int] = field(default_factory=list)  # our ids of what is settled


async def sweep(
    client: Client, clock: Clock, place: Place, screen: Sequence[Message], *, keep: int | None
) -> Left:
    """Delete what stands on the screen, or overwrite it; all but the message `keep`."""
    left = Left()
    tried: set[int] = set()
    for each in screen:
        number = each.telegram_message_id
        if number is None or number == keep:
            continue
        if number not in tried:  # one may be noted twice
            tried.add(number)
            if not await _remove(client, clock, place, each, left):
                continue
        left.done.append(each.id)
    log.info("chat.swept", deleted=left.deleted, overwritten=left.overwritten, later=left.later)
    return left


async def _remove(client: Client, clock: Clock, place: Place, each: Message, left: Left) -> bool:
    """Whether nothing of it is left to be done."""
    number = each.telegram_message_id
    assert number is not None
    for _ in range(_MAX_TRIES):
        try:
            await client.delete(place.address, number)
        except (MessageGone, NothingChanged):
            return True
        except Rejected:
            break
        except RetryLater as error:
            await clock.sleep_until(clock.now() + timedelta(seconds=error.seconds))
        except NotSent:
            left.later += 1
            return False
        except DeliveryError as error:
            log.info("chat.not_removed", error=type(error).__name__)
            left.later += 1
            return False
        else:
            left.deleted += 1
            return True
    try:
        await client.empty(place.address, number, picture=each.kind is MessageKind.CHART)
    except MessageGone:
        return True
    except Rejected:
        left.unreached += 1
        return True
    except DeliveryError:
        left.later += 1
        return False
    left.overwritten += 1
    return True


# naming no topic


def names_topic(titles: Iterable[str], body: str, buttons: Buttons = ()) -> bool:
    """Whether a text or a button names one of these topics, in whatever case its words stand."""
    found = [plain(body), *(button.text for row in buttons for button in row)]
    pattern = _pattern(tuple(titles))
    return any(pattern.search(text) for text in found)


def _pattern(titles: tuple[str, ...]) -> re.Pattern[str]:
    if titles not in _patterns:
        stems = (
            r"[\s-]+".join(re.escape(_stem(word)) + r"\w*" for word in re.split(r"[\s-]+", title))
            for title in titles
            if title.strip()
        )
        _patterns.clear()
        _patterns[titles] = re.compile(rf"\b(?:{'|'.join(stems) or '(?!)'})", re.IGNORECASE)
    return _patterns[titles]


_patterns: dict[tuple[str, ...], re.Pattern[str]] = {}


def _stem(word: str) -> str:
    """Without its ending: «Дезертирство» is named by «о дезертирстве» too."""
    return word if word.isascii() else word[: max(5, len(word) - 2)]


@dataclass(frozen=True, slots=True)
class _Veiled:
    chat_id: int
    pages: tuple[tuple[str, Buttons], ...]
    until: datetime


class Veils:
    """Answers that wait to be shown: in memory only, so that nothing of them is stored."""

    def __init__(self) -> None:
        self._veiled: OrderedDict[str, _Veiled] = OrderedDict()

    def put(self, chat_id: int, pages: Iterable[tuple[str, Buttons]], now: datetime) -> str:
        """Keep the messages of an answer for an hour; the token of its button."""
        token = secrets.token_urlsafe(9)
        self._veiled[token] = _Veiled(chat_id, tuple(pages), now + _VEILED_FOR)
        while len(self._veiled) > _MOST_VEILED:
            self._veiled.popitem(last=False)
        return token

    def take(self, token: str, chat_id: int, now: datetime) -> tuple[tuple[str, Buttons], ...]:
        """The messages, once; none for another chat, or too late."""
        found = self._veiled.get(token)
        if found is None or found.chat_id != chat_id:
            return ()
        del self._veiled[token]
        return found.pages if now < found.until else ()


def titles_of(topics: Mapping[str, object]) -> tuple[str, ...]:
    """Ids and titles, in all languages, by which topics may be named."""
    found: list[str] = []
    for topic, known in topics.items():
        found += [topic, *getattr(known, "titles", {}).values()]
    return tuple(dict.fromkeys(found))
