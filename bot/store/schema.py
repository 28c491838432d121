"""The tables. Alembic migrations must reach exactly this schema (a test holds it).

Times are UTC. Unique keys carry the promises: item keys, story keys,
alert (story, n), notice (chat, alert).
"""

from __future__ import annotations

from bot.store.tables.base import metadata
from bot.store.tables.delivery import DEAD, STALE, UNSENT, feedback, messages, notices
from bot.store.tables.filters import (
    answers,
    entities,
    exclusions,
    filter_versions,
    filters,
    fits,
    missed,
    topics,
    watches,
    word_groups,
)
from bot.store.tables.items import (
    ARCHIVE_WORDS,
    PART,
    archive,
    articles,
    captures,
    items,
    matches,
    posts,
    revisions,
    sightings,
)
from bot.store.tables.people import chats, follows, invites, mutes, people, said, subscriptions
from bot.store.tables.process import audit, counters, drafts, inbox, meta, quarantine
from bot.store.tables.sources import alarms, album_parts, pagings, sources, websubs
from bot.store.tables.stories import (
    OPEN,
    alerts,
    causes,
    item_clues,
    item_marks,
    splits,
    stories,
    story_keys,
)

__all__ = [
    "ARCHIVE_WORDS",
    "DEAD",
    "OPEN",
    "PART",
    "STALE",
    "UNSENT",
    "alarms",
    "album_parts",
    "alerts",
    "answers",
    "archive",
    "articles",
    "audit",
    "captures",
    "causes",
    "chats",
    "counters",
    "drafts",
    "entities",
    "exclusions",
    "feedback",
    "filter_versions",
    "filters",
    "fits",
    "follows",
    "inbox",
    "invites",
    "item_clues",
    "item_marks",
    "items",
    "matches",
    "messages",
    "meta",
    "metadata",
    "missed",
    "mutes",
    "notices",
    "pagings",
    "people",
    "posts",
    "quarantine",
    "revisions",
    "said",
    "sightings",
    "sources",
    "splits",
    "stories",
    "story_keys",
    "subscriptions",
    "topics",
    "watches",
    "websubs",
    "word_groups",
]
