"""The errors of Vigil, named by what the caller does next.

    VigilError
      SettingsError(problems)      print all, exit 2
      SourceError(source_id)
        FetchFailed(retry_after)   back off
        SourceGone                 pause it, tell an admin
        ParseFailed                keep the bytes, tell an admin
        LayoutChanged              a preview page nobody can read any more: alarm
      StoreError                   repeat the transaction
        StoreDown                  the database as a whole fails: wait, it was told once
        StoreTooNew                the database belongs to a newer Vigil: stop
        LeaseLost                  another Vigil has taken over this database: stop
      DeliveryError
        RetryLater(seconds)        wait
        NotSent                    provably not taken: send again freely
        Unreachable(reason)        pause the chat
        Migrated(chat_id)          follow the chat to its new id
        TopicClosed                fall back to the chat itself
        Rejected                   send as plain text, else give it up
        NothingChanged             an edit that changes nothing: as good as done
        MessageGone                the message to edit or delete is not there
        Unknown                    it may have been taken: count, send again
          ServerFailed             Telegram answered 5xx: as Unknown, counted apart
      NotAllowed                   say so, change nothing

Each error a person may meet has a `key`, the English text of its translation
(a gettext msgid with `{name}` places), and `args_for_key` to fill it; logs keep
`str(error)` and the cause. QueryError lives in `filters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "DeliveryError",
    "FetchFailed",
    "LayoutChanged",
    "LeaseLost",
    "MessageGone",
    "Migrated",
    "NotAllowed",
    "NotSent",
    "NothingChanged",
    "ParseFailed",
    "Problem",
    "Rejected",
    "RetryLater",
    "ServerFailed",
    "SettingsError",
    "SourceError",
    "SourceGone",
    "StoreDown",
    "StoreError",
    "StoreTooNew",
    "TopicClosed",
    "Unknown",
    "Unreachable",
    "VigilError",
]


class VigilError(Exception):
    """The root of all named errors."""

    def __init__(self, key: str = "", **values: object) -> None:
        self.key = key or type(self).__name__
        self.values = values
        super().__init__(self.key.format_map(values) if values else self.key)

    @property
    def plain_values(self) -> dict[str, int | float | str]:
        """The values as JSON takes them, to be stored and shown later."""
        return {
            name: value if isinstance(value, int | float | str) else str(value)
            for name, value in self.values.items()
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong setting: its name, what is wrong, how to fix it."""

    setting: str
    wrong: str
    mend: str


class SettingsError(VigilError):
    """Settings that cannot work, all of them at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.setting}: {p.wrong}" for p in self.problems))


class SourceError(VigilError):
    """Something wrong with one source; the others go on.

    `key` is the msgid of the text for people.
    """

    def __init__(self, key: str, *, source_id: int | None = None, **values: object) -> None:
        self.source_id = source_id
        super().__init__(key, **values)


class FetchFailed(SourceError):
    """The address gave nothing usable; try again later.

    `retry_after` is seconds asked for by the server, None when it asked nothing.
    `refused`: it is we who refuse, and would again.
    """

    def __init__(
        self,
        key: str,
        *,
        source_id: int | None = None,
        retry_after: float | None = None,
        refused: bool = False,
        **values: object,
    ) -> None:
        self.retry_after = retry_after
        self.refused = refused
        super().__init__(key, source_id=source_id, **values)


class SourceGone(SourceError):
    """The source says that it is gone for good (410, a deleted channel)."""


class ParseFailed(SourceError):
    """Bytes came, but no items can be read from them."""


class LayoutChanged(ParseFailed):
    """A preview page has blocks, but none can be read: the layout has changed."""


class StoreError(VigilError):
    """The database did not do it; nothing half-done stays."""


class StoreDown(StoreError):
    """The database as a whole cannot be used: a full disk, a server that is gone.

    The store has logged it already, once. `key` says what it is, `mend` (a msgid too) what to do.
    """

    def __init__(self, key: str, mend: str) -> None:
        self.mend = mend
        super().__init__(key)


class StoreTooNew(StoreError):
    """The database was written by a newer Vigil."""


class LeaseLost(StoreError):
    """Another process speaks to Telegram for this database now."""

    def __init__(self) -> None:
        super().__init__("Another Vigil has taken over this database")


class DeliveryError(VigilError):
    """Telegram did not plainly take a call."""


class RetryLater(DeliveryError):
    """Telegram asks to wait `seconds`; `everywhere` when not only in this chat."""

    def __init__(self, seconds: float, *, everywhere: bool = False) -> None:
        self.seconds = seconds
        self.everywhere = everywhere
        super().__init__("Telegram asks to wait {seconds} s", seconds=seconds)


class NotSent(DeliveryError):
    """The call provably did not reach Telegram."""


class Unreachable(DeliveryError):
    """The chat cannot be written to: blocked, kicked, deactivated, not found."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("The chat cannot be reached: {reason}", reason=reason)


class Migrated(DeliveryError):
    """The group became a supergroup with another id (never logged)."""

    def __init__(self, chat_id: int) -> None:
        self.chat_id = chat_id
        super().__init__("The group has moved")


class TopicClosed(DeliveryError):
    """The forum topic is closed or gone; the chat itself may still be open."""


class Rejected(DeliveryError):
    """Telegram refuses this very message (its form, its length)."""


class NothingChanged(DeliveryError):
    """Telegram already shows what the edit asks for."""


class MessageGone(DeliveryError):
    """The message to edit or delete is no longer there."""


class Unknown(DeliveryError):
    """No answer came: the message may or may not have been taken."""


class ServerFailed(Unknown):
    """Telegram, or what stands before it, answered that it failed (5xx).

    Mostly nothing was taken then, but a gateway says so as well when what is behind it took
    the message and died. So it is repeated like Unknown, and counted apart from it.
    """


class NotAllowed(VigilError):
    """The actor may not do this, or not here. `key` is the msgid of the text for people."""
