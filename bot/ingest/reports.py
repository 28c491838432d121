"""A roundup read: one arriving text becomes its own and one for each of its reports.

The roundup itself keeps what is found in its title and heading alone. Each entry in which
something is found is a text of its own, of the same source and date, placed and told as
any other: so an entry joins the story it repeats instead of telling it again. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from bot.ingest.matcher import as_matches
from bot.ingest.placement import EntryOf, IncomingText
from bot.model import Item, ItemMatch, ParsedItem
from bot.stories.candidates import fingerprint_of
from bot.stories.entries import keyed
from bot.stories.identity import identify
from bot.stories.relation import text_profile
from filters.document import TEXT
from filters.entries import Entry, entries
from filters.facts import pack, unpack
from filters.reading import Reading as Found

__all__ = ["NOTHING", "Stored", "is_roundup", "split", "told_whole"]

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of a roundup: itself, and its reports. `whole`: it was alerted to before it
    was known to be a roundup, and stays one report."""

    item: Item | None = None
    parts: Sequence[Item] = field(default=())
    whole: bool = False


NOTHING = Stored()


def is_roundup(found: Found) -> bool:
    """Whether the text is several reports."""
    return len(found.entries) > 1


def told_whole(item: Item, matches: Collection[ItemMatch]) -> bool:
    """Whether a stored roundup without reports has an alert because of one of its entries."""
    cut = entries(item.title, item.text)
    return len(cut) > 1 and any(
        _inside(match.sentence, entry) for match in matches for entry in cut
    )


def split(reading: IncomingText, found: Found, stored: Stored = NOTHING) -> list[IncomingText]:
    """The roundup as it is placed, then its reports: those in which something is found, and
    those that are stored already.

    `reading` is the roundup as any other text would be.
    """
    if stored.whole or not is_roundup(found):
        return [reading]
    item, cut = reading.item, found.entries
    texts = [item.text[entry.body : entry.end] for entry in cut]
    there = {part.key: part for part in stored.parts}
    keys = keyed(item.key, texts, {key: part.text for key, part in there.items()})
    of_entry = [as_matches(found, n) for n in range(len(cut))]
    reports = []
    for n, (entry, key, text) in enumerate(zip(cut, keys, texts, strict=True)):
        matches = tuple(_within(m, entry) for m in of_entry[n] if _inside(m.sentence, entry))
        if key and (matches or key in there):
            place = EntryOf(item.key, entry.start, entry.end, stored.item, there.get(key))
            reports.append(
                _report(reading, replace(item, key=key, title="", text=text), matches, place)
            )
    return [_beside(reading, cut, of_entry), *reports]


def _report(
    reading: IncomingText, item: ParsedItem, matches: tuple[ItemMatch, ...], place: EntryOf
) -> IncomingText:
    profile = text_profile("", item.text)
    return replace(
        reading,
        item=item,
        identity=identify(item, reading.source),
        matches=matches,
        text_profile=profile,
        fingerprint=fingerprint_of(profile.clean),
        entry=place,
    )


def _beside(
    reading: IncomingText, cut: Sequence[Entry], of_entry: Sequence[Sequence[ItemMatch]]
) -> IncomingText:
    """The roundup without its entries: its title and what stands between them."""
    entry_topics = {
        m.topic
        for entry, matches in zip(cut, of_entry, strict=True)
        for m in matches
        if _inside(m.sentence, entry)
    }
    rest: dict[str, ItemMatch] = {}
    for entry, matches in zip(cut, of_entry, strict=True):
        for match in matches:
            if match.topic not in entry_topics and not _inside(match.sentence, entry):
                rest.setdefault(match.filter_key, match)
    if not rest:
        return replace(reading, matches=(), text_profile=None, fingerprint=(), cut=True)
    text, at = [], 0
    for entry in cut:
        text.append(reading.item.text[at : entry.start])
        at = entry.end
    profile = text_profile(reading.item.title, "\n".join((*text, reading.item.text[at:])))
    return replace(
        reading,
        matches=tuple(rest.values()),
        text_profile=profile,
        fingerprint=fingerprint_of(profile.clean),
    )


def _inside(place: Place, entry: Entry) -> bool:
    return place[0] == TEXT and entry.start <= place[1] < entry.end


def _within(match: ItemMatch, entry: Entry) -> ItemMatch:
    """The match as one of the entry's own text."""
    evidence = dict(match.evidence)
    if facts := evidence.get("facts"):
        evidence["facts"] = pack(
            replace(each, start=each.start - entry.body, end=each.end - entry.body)
            for each in unpack(facts)
            if each.field == TEXT and entry.body <= each.start < entry.end
        )
    return replace(
        match,
        spans=tuple(_moved(match.spans, entry)),
        sentence=next(iter(_moved([match.sentence], entry)), (TEXT, 0, entry.end - entry.body)),
        words=tuple(_moved(match.words, entry)),
        evidence=evidence,
    )


def _moved(places: Sequence[Place], entry: Entry) -> list[Place]:
    """Places in the text as places in the entry; what lies outside it is left out."""
    moved = []
    for name, start, end in places:
        first, last = max(start, entry.body), min(end, entry.end)
        if name == TEXT and first < last:
            moved.append((name, first - entry.body, last - entry.body))
    return moved
