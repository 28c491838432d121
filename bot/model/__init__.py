"""What Vigil stores, as plain values that every room shares: sources, items, alerts, chats.

Values only: no I/O, no database, no Telegram types. All times are aware UTC. What a message
tells is in `views.py`, what it looks like once rendered in `rendered.py`.
"""

from __future__ import annotations

from bot.model.alerts import Alert, Cause, MessageKind, MessageState, NoticeState
from bot.model.chats import (
    PRIVATE_TOPIC,
    Address,
    Chat,
    ChatMode,
    ChatState,
    ChatType,
    DigestEvery,
    OwnTopic,
    Prefs,
    Role,
    Subscription,
    Way,
    is_private,
)
from bot.model.items import (
    ENTRY_KEY,
    SCORED,
    Gone,
    Item,
    ItemMatch,
    ParsedItem,
    PostState,
    PresenceChange,
    Stored,
    WatchedPost,
)
from bot.model.sources import (
    UNREAD_AFTER,
    AlarmKind,
    FullText,
    Priority,
    Source,
    SourceKind,
    SourceState,
    Transport,
)

__all__ = [
    "ENTRY_KEY",
    "PRIVATE_TOPIC",
    "SCORED",
    "UNREAD_AFTER",
    "Address",
    "AlarmKind",
    "Alert",
    "Cause",
    "Chat",
    "ChatMode",
    "ChatState",
    "ChatType",
    "DigestEvery",
    "FullText",
    "Gone",
    "Item",
    "ItemMatch",
    "MessageKind",
    "MessageState",
    "NoticeState",
    "OwnTopic",
    "ParsedItem",
    "PostState",
    "Prefs",
    "PresenceChange",
    "Priority",
    "Role",
    "Source",
    "SourceKind",
    "SourceState",
    "Stored",
    "Subscription",
    "Transport",
    "WatchedPost",
    "Way",
    "is_private",
]
