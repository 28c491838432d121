"""From what the filters read to texts that are placed. Pure.

A text that cannot be worked out brings its failure with it, and nothing else down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.ingest.matcher import as_matches
from bot.ingest.placement import IncomingText
from bot.ingest.reports import Stored, split
from bot.model import ParsedItem, Source
from bot.store.item_pages import ArchivedItem
from bot.store.items import StoredItem
from bot.stories.candidates import fingerprint_of
from bot.stories.identity import identify
from bot.stories.relation import text_profile
from filters.reading import Reading as Found

__all__ = ["as_incoming", "as_incoming_again", "stored_id", "with_reports"]


def stored_id(known: Mapping[str, StoredItem], item: ParsedItem) -> int:
    """The id of the item, 0 of one that is not stored."""
    there = known.get(item.key)
    return 0 if there is None else there.item_id


def with_reports(
    reading: IncomingText, found: Found | Exception, stored: Stored
) -> list[IncomingText]:
    """The text as it is read; of a roundup with its reports."""
    if reading.failure is not None or isinstance(found, Exception):
        return [reading]
    try:
        return split(reading, found, stored)
    except Exception as error:  # noqa: BLE001 - of one item, which is quarantined
        return [IncomingText(reading.source, reading.item, reading.generation, failure=error)]


def as_incoming(
    item: ParsedItem,
    source: Source,
    generation: int,
    found: Found | Exception,
    shared: Collection[str],
) -> IncomingText:
    if isinstance(found, Exception):
        return IncomingText(source, item, generation, failure=found)
    try:
        identity = identify(item, source, shared)
        profile = text_profile(item.title, item.text)
        fingerprint = fingerprint_of(profile.clean)
    except Exception as error:  # noqa: BLE001 - of one item, which is quarantined
        return IncomingText(source, item, generation, failure=error)
    return IncomingText(source, item, generation, identity, as_matches(found), profile, fingerprint)


def as_incoming_again(old: ArchivedItem, generation: int, found: Found) -> IncomingText:
    """A stored item as filters that have changed read it."""
    item = old.item
    parsed = ParsedItem(
        key=item.key,
        title=item.title,
        text=item.text,
        url=item.url,
        published=item.published,
        lang=item.lang,
        forwarded_from=item.forwarded_from,
        forward_name=item.forward_name,
    )
    profile = text_profile(item.title, item.text)
    identity = identify(parsed, old.source)
    fingerprint = fingerprint_of(profile.clean)
    matches = as_matches(found)
    return IncomingText(
        old.source, parsed, generation, identity, matches, profile, fingerprint, rematched=True
    )
