"""Where a text belongs: one rule for every arrival. Pure.

New, revised, rematched and article texts are placed by `place`, from what was read of them and
what is known. The rule reads earlier texts only as they are given to it; whoever asks reads them
before the writer is held, and asks again with the facts of the transaction.

In this order: the words themselves (the hash of a clean text), an address that the source owns
or that Telegram wrote above a forward, a near copy, the same event, a next stage. An address
that only a feed or a text names is a hint: it counts together with likeness of text. A text
that differs from what its address told is `same`, not `copy`: people see it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias

from bot.alerts.decide import GAP
from bot.model import Item, ItemMatch, ParsedItem, Source, Transport
from bot.stories.identity import TEXT_KEY, Identity
from bot.stories.origin import is_original_of
from bot.stories.relation import KnownReport as Compared
from bot.stories.relation import Relation, TextProfile, copy_score, relate_texts, unlike

__all__ = [
    "EntryOf",
    "IncomingText",
    "Kind",
    "Near",
    "Placement",
    "Standing",
    "Surroundings",
    "place",
    "place_split",
]

Kind: TypeAlias = Literal["new", "copy", "same", "development", "stays", "leaves"]


@dataclass(frozen=True, slots=True)
class EntryOf:
    """Which entry a report is: of the source's roundup with the key `whole`, from where to where
    in its text. `root` and `item` are the roundup and the report where they are stored."""

    whole: str
    start: int
    end: int
    root: Item | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class IncomingText:
    """A text as it came, with all that was found in it alone.

    What comes from a source is known by its key; `rematched` is of a stored item whose filters
    have changed. `failure` is what reading it raised. `cut`: a roundup that says nothing beside
    its entries, which come after it, each with its `entry`.
    """

    source: Source
    item: ParsedItem
    generation: int
    identity: Identity = field(default_factory=Identity)
    matches: tuple[ItemMatch, ...] = ()
    text_profile: TextProfile | None = None
    fingerprint: tuple[int, ...] = ()
    failure: Exception | None = None
    rematched: bool = False
    entry: EntryOf | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """An earlier text that may be near: the item as it was read, and its profile."""

    item: Item
    text_profile: TextProfile

    @property
    def at(self) -> datetime:
        """When it was published, at the latest when it was seen."""
        return min(self.item.published or self.item.seen_at, self.item.seen_at)


@dataclass(frozen=True, slots=True)
class Standing:
    """An item that is stored already, before its new text: where it stands.

    `before` is all it ever matched, `others` are the other items of its story.
    """

    item: Item
    text_profile: TextProfile
    story_id: int
    before: Sequence[ItemMatch] = ()
    others: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text is placed among. Of everything only what may concern it.

    `by_key`: the story of each of its identity's `asked` rows that is stored. `near`: texts
    that may be near, each with the story it is of now. `texts`: by story, the texts compared
    when an address names it or when one of its items is repeated. `told`: stories with an
    alert. `split_pairs`: those that people split; `vetoes`: by item, stories it is not of.
    `cut`: stories of roundups that say nothing beside their entries, which have their own.
    """

    now: datetime
    by_key: Mapping[str, int] = field(default_factory=dict)
    near: Sequence[tuple[int, Near]] = ()
    texts: Mapping[int, Sequence[Near]] = field(default_factory=dict)
    told: Collection[int] = ()
    split_pairs: Collection[frozenset[int]] = ()
    cut: Collection[int] = ()
    vetoes: Mapping[int, Collection[int]] = field(default_factory=dict)
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """What becomes of a text.

    `new`: a story of its own. `copy`, `same`: one of the story `story_id`, which `absorbs`
    others that proved to be the same and were told to nobody. `development`: a story of its
    own that goes on from `story_id`. A stored item `stays` in its story, which may absorb
    others, or go on from `story_id` from now on; or it `leaves`, for the story `story_id` or
    one of its own. `relation` is how the item is to that story, or what is absorbed to its.

    `of` is the item because of which it joins; `repeats` are items that proved to repeat it;
    `along` those that leave with it.
    """

    kind: Kind
    story_id: int | None = None
    of: int | None = None
    absorbs: tuple[int, ...] = ()
    repeats: tuple[int, ...] = ()
    along: tuple[int, ...] = ()
    relation: Literal["new", "copy", "same", "development"] = "new"
    reasons: tuple[str, ...] = ()


def place(reading: IncomingText, known: Surroundings) -> Placement:
    """Where the text belongs, among what is known."""
    if known.standing is not None:
        return _place_again(reading, known, known.standing)
    named = _by_key(reading, known)
    if named:
        return _joining(reading, known, named)
    relation = _by_text(reading, known)
    placed = _placed(relation)
    if relation.kind != "copy":
        return placed
    assert relation.story_id is not None
    return replace(placed, repeats=_repeating(reading, known, relation.story_id))


def place_split(leaves: Near, stays: Near, there: Sequence[Near]) -> Placement:
    """Where an item belongs that people say is of another event than `stays`: in a story of its
    own, with those of its story that came because of it: nearer to it than to the other.
    """
    along = tuple(
        near.item.id
        for near in there
        if near.item.id not in (leaves.item.id, stays.item.id)
        and copy_score(near.text_profile, leaves.text_profile)
        > copy_score(near.text_profile, stays.text_profile)
    )
    return Placement("leaves", along=along, reasons=("people",))


# --- keys ---


def _by_key(reading: IncomingText, known: Surroundings) -> dict[int, Literal["copy", "same"]]:
    """The stories that the text's keys name, each with how the text is to it."""
    found: dict[int, Literal["copy", "same"]] = {}
    for key in reading.identity.keys:
        story = known.by_key.get(key)
        if story is None:
            continue
        if key.startswith(TEXT_KEY):
            found[story] = "copy"
            continue
        if story in known.cut and not reading.cut:
            continue  # of which entry it is, its words say
        as_told = _as_told(reading, known.texts.get(story, ()))
        if as_told == "other" and _is_page(reading.source):
            continue  # the page was rewritten: what stood there before is another report
        found.setdefault(story, "copy" if as_told == "copy" else "same")
    return found


def _is_page(source: Source) -> bool:
    """Whether an address of the source may tell one thing today and another tomorrow.

    The only address that is a key of a feed's entry is its own.
    """
    return source.transport is Transport.FEED


def _as_told(reading: IncomingText, texts: Sequence[Near]) -> Literal["copy", "same", "other"]:
    """The relation to the text of the same address; too few words to differ make a copy."""
    new = reading.text_profile
    if new is None or not new.shingles.comparable:
        return "copy"
    there = [near.text_profile for near in texts if near.text_profile.shingles.comparable]
    if not there or any(copy_score(new, old) for old in there):
        return "copy"
    return "other" if all(unlike(new, old) for old in there) else "same"


def _first(stories: Iterable[int], with_alerts: Collection[int]) -> int:
    """Of stories that prove to be one the one that stays: one with an alert, else the oldest."""
    return min(stories, key=lambda each: (each not in with_alerts, each))


def _joining(
    reading: IncomingText, known: Surroundings, named: Mapping[int, Literal["copy", "same"]]
) -> Placement:
    """The first of the stories that its keys name.

    The others prove to be the same. Those with an alert stay, since people already refer to both.
    """
    story = _first(named, known.told)
    absorbs = tuple(
        each
        for each in sorted(named)
        if each != story
        and each not in known.told
        and frozenset((each, story)) not in known.split_pairs
    )
    kind: Literal["copy", "same"] = (
        "copy" if "copy" in {named[each] for each in (story, *absorbs)} else "same"
    )
    repeats = _repeating(reading, known, story, *absorbs) if kind == "copy" else ()
    return Placement(kind, story, absorbs=absorbs, repeats=repeats, relation=kind, reasons=("key",))


def _repeating(reading: IncomingText, known: Surroundings, *story_ids: int) -> tuple[int, ...]:
    """Items of these stories that repeat the text, though they were seen before it."""
    if reading.text_profile is None:
        return ()
    texts = [near for story in story_ids for near in known.texts.get(story, ())]
    return tuple(
        near.item.id
        for near in texts
        if is_original_of(reading.item, reading.text_profile, near.item)
    )


# --- texts ---


def _by_text(reading: IncomingText, known: Surroundings, but: int = 0) -> Relation:
    """Near copies of any text, the same event of one that matches; not of the item `but`."""
    new = reading.text_profile
    if new is None:
        return Relation("new")
    hinted = list(_hinted(reading, known))
    near = {each.item.id: (story, each) for story, each in (*known.near, *hinted)}
    near.pop(but, None)
    compared = [Compared(n, story, each.at, each.text_profile) for n, (story, each) in near.items()]
    at = min(reading.item.published or known.now, known.now)
    silent = not reading.matches
    relation = relate_texts(new, at, compared, known.vetoes, copies_only=silent)
    if relation.kind != "new" or silent or not new.shingles.comparable:
        return relation
    return _by_hint(new, [each for each in hinted if each[1].item.id != but], known) or relation


def _hinted(reading: IncomingText, known: Surroundings) -> Iterator[tuple[int, Near]]:
    """The texts of stories that only hints name."""
    asked, keys = reading.identity.asked, reading.identity.keys
    stories = {known.by_key[key] for key in asked if key not in keys and key in known.by_key}
    for story in sorted(stories):
        for near in known.texts.get(story, ()):
            yield story, near


def _by_hint(
    new: TextProfile, hinted: Sequence[tuple[int, Near]], known: Surroundings
) -> Relation | None:
    """Join a text that a hint names and that is not unlike: `same`, so that people see it."""
    for story, near in hinted:
        vetoed = story in known.vetoes.get(near.item.id, ())
        if vetoed or not near.text_profile.shingles.comparable or unlike(new, near.text_profile):
            continue
        return Relation("same", story, near.item.id, reasons=("hint",))
    return None


def _placed(relation: Relation) -> Placement:
    return Placement(
        relation.kind,
        relation.story_id,
        of=relation.of,
        relation=relation.kind,
        reasons=relation.reasons,
    )


# --- stored items ---


def _place_again(reading: IncomingText, known: Surroundings, standing: Standing) -> Placement:
    """Where a stored item belongs by what it says, or by what was found in it, now.

    It may reveal its event only now (a headline whose article came later, a text that a new filter
    finds), or tell another event (a post that its source replaced). The only item of a story with
    an alert stays, since people already refer to it.
    """
    stays = Placement("stays")
    mine, new = standing.story_id, reading.text_profile
    if new is None:
        return stays
    newly = bool(reading.matches) and not standing.before and mine not in known.told
    if not newly and not _says_another_thing(reading, new, known.now, standing):
        return stays
    relation = _copy_by_words(reading, known, mine) or _by_text(
        reading, known, but=standing.item.id
    )
    story = relation.story_id
    if story == mine or frozenset((story, mine)) in known.split_pairs:
        return stays
    joins = story if relation.kind in ("copy", "same") else None
    if standing.others and not reading.rematched:
        if joins is None and not unlike(new, standing.text_profile):
            return stays
        return replace(_placed(relation), kind="leaves")
    if joins is None:
        return Placement("stays", story, reasons=relation.reasons)
    ends = joins if _first((mine, joins), known.told) == mine else mine
    if ends in known.told:
        return stays
    if ends == mine:
        return replace(_placed(relation), absorbs=(mine,))
    return Placement("stays", absorbs=(joins,), relation=relation.kind, reasons=relation.reasons)


def _says_another_thing(
    reading: IncomingText, new: TextProfile, now: datetime, standing: Standing
) -> bool:
    """Whether an edit that is news yet is more than a correction of what the item said."""
    item = standing.item
    if reading.rematched or item.archived or now - (item.published or item.seen_at) > GAP:
        return False
    return not copy_score(new, standing.text_profile)


def _copy_by_words(reading: IncomingText, known: Surroundings, mine: int) -> Relation | None:
    """A copy of what another story has word for word."""
    for key in reading.identity.keys:
        story = known.by_key.get(key, mine)
        if (
            key.startswith(TEXT_KEY)
            and story != mine
            and frozenset((story, mine)) not in known.split_pairs
        ):
            return Relation("copy", story, None, 1.0, ("key",))
    return None
