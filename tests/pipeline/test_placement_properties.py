"""Whatever comes, in whatever batches and order: promises 1 to 3 and 8, against a plain oracle.

The oracle knows nothing of databases: it joins what has the same words, what an owner's
address or Telegram's header ties, in order of coming; what was told is never merged away. Of
a roundup it joins each entry by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import ENTRY_KEY, ChatType, ParsedItem, SourceKind, Transport
from bot.store import Store, chats, filters, sources, stories, visits
from bot.store import schema as s
from bot.stories.relation import text_profile, unlike
from filters.analysis import Analyser
from filters.index import FilterSet
from filters.reading import Reader
from tests.pipeline.conftest import REFUSED, Newsroom
from tests.support.clock import ManualClock
from tests.support.examples import examples

TEXTS = (
    REFUSED,
    "В Улан-Удэ суд оправдал контрактника Баира Цыренова: он отказался садиться в самолёт, "
    "у него больна мать и четверо детей.",
    "Ярмарка мёда откроется в Уфе в пятницу: пасечники из сорока районов привезут двести тонн.",
    "На шахте в Воркуте держат в подвале троих мобилизованных, пишет их сестра Алла Зимина.",
)
WORDS = (
    "{}",
    "❗️ {}\n\nПодписаться | @radio_n",  # the same words
    "{} Об этом стало известно.",  # a near copy
)
FILTERS = {"refusal": "контрактник отказаться", "pressure": "держать в подвал*"}
TOPICS = ("refusal", "refusal", "", "pressure")
CHANNELS = ("pskov", "radio_n")
SOURCES = (*CHANNELS, "a", "b")  # and two feeds
CHATS = {1: ("refusal", ""), 2: ("pressure", ""), 3: ("refusal", "source:b.example")}


@dataclass(frozen=True)
class Post:
    """`text` of TEXTS in `words` of WORDS (None: only «Смотрите»); `of` numbers the address it
    names: above it, or, in a feed with `claims`, as its own. With `more` texts it is a roundup,
    which names nobody and which nobody names."""

    source: str
    text: int
    words: int | None
    of: int | None
    claims: bool
    more: tuple[int, ...] = ()

    @property
    def entries(self) -> tuple[int, ...]:
        """The texts that a roundup tells."""
        return tuple(dict.fromkeys((self.text, *self.more))) if len({*self.more}) > 1 else ()

    @property
    def topic(self) -> str:
        return "" if self.words is None or self.entries else TOPICS[self.text]


Member = tuple[int, int]
"""A post by its number and -1, or an entry of it by the number of its text."""


def topic_of(posts: Sequence[Post], member: Member) -> str:
    n, entry = member
    return posts[n].topic if entry < 0 else TOPICS[entry]


def address(posts: Sequence[Post], n: int) -> str:
    source = posts[n].source
    return (
        f"https://t.me/{source}/{n + 1}"
        if source in CHANNELS
        else (f"https://{source}.example/news/{n + 1}")
    )


def item(posts: Sequence[Post], n: int) -> ParsedItem:
    each, url = posts[n], address(posts, n)
    if each.entries:
        text = "\n• ".join(("Главное за день", *(TEXTS[entry] for entry in each.entries)))
        return ParsedItem(key=str(n), text=text, url=url)
    named = "" if each.of is None else address(posts, each.of % len(posts))
    if each.of is not None and posts[each.of % len(posts)].entries:
        named = url
    others = each.of is not None and posts[each.of % len(posts)].source != each.source
    claims = each.claims and each.source not in CHANNELS and others
    text = "Смотрите" if each.words is None else WORDS[each.words].format(TEXTS[each.text])
    return ParsedItem(
        key=str(n), text=text, url=named if claims else url, forwarded_from="" if claims else named
    )


@dataclass
class Oracle:
    """Which posts are of one story, in order of coming; a story is its set of posts."""

    posts: Sequence[Post]
    stories: list[set[Member]] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    tokens: dict[Any, int] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)

    def take(self, n: int) -> None:
        self._take((n, -1), self._tokens(n))
        for entry in self.posts[n].entries:
            if TOPICS[entry]:  # of the others nothing is kept
                self._take((n, entry), [("text", entry)])

    def _take(self, member: Member, mine: list[Any]) -> None:
        found = {self._alive(self.tokens[t]) for t in mine if t in self.tokens}
        if found:
            story = min(found, key=lambda each: (not self.told[each], each))
            for other in found - {story}:
                if not self.told[other]:
                    self.stories[story] |= self.stories[other]
                    self.stories[other] = set()
                    self.merged[other] = story
        else:
            story = len(self.stories)
            self.stories.append(set())
            self.told.append(False)
        self.stories[story].add(member)
        self.told[story] = self.told[story] or bool(topic_of(self.posts, member))
        for token in mine:
            self.tokens.setdefault(token, story)

    def _alive(self, story: int) -> int:
        while story in self.merged:
            story = self.merged[story]
        return story

    def _tokens(self, n: int) -> list[Any]:
        """What it is known by: its words, its own address, and whom Telegram says it repeats."""
        each, read = self.posts[n], item(self.posts, n)
        tokens: list[Any] = []
        channel = each.source in CHANNELS
        home = f"https://t.me/{each.source}/" if channel else f"https://{each.source}.example/"
        if read.url.startswith(home):
            tokens.append(read.url)
        if channel and read.forwarded_from.startswith("https://t.me/"):
            tokens.append(read.forwarded_from)
        if each.entries:
            return [*tokens, ("text", each.entries)]
        return tokens if each.words is None else [*tokens, ("text", each.text)]

    def partition(self) -> set[frozenset[Member]]:
        return {frozenset(each) for each in self.stories if each}


def posts(*words: int | None) -> st.SearchStrategy[list[Post]]:
    one = st.builds(
        Post,
        source=st.sampled_from(SOURCES),
        text=st.integers(0, len(TEXTS) - 1),
        words=st.sampled_from(words),
        of=st.none() | st.integers(0, 7),
        claims=st.booleans(),
        more=st.just(()) | st.lists(st.integers(0, len(TEXTS) - 1), max_size=3).map(tuple),
    )
    return st.lists(one, min_size=2, max_size=8)


@dataclass(frozen=True)
class Outcome:
    """`partition`: which posts are of one story; `told`: what each chat has notices of."""

    partition: set[frozenset[Member]]
    told: list[tuple[int, frozenset[Member]]]
    alerts: int


async def world(store: Store, clock: ManualClock, reader: Reader) -> Newsroom:
    """An empty newsroom; what was there before is swept out."""
    room = Newsroom(store, clock, reader)
    async with store.write() as conn:
        for table in reversed(s.metadata.sorted_tables):
            if table.name in _FILLED:
                await conn.execute(sa.delete(table))
        for name in SOURCES:
            where = f"t.me/{name}" if name in CHANNELS else f"https://{name}.example/rss"
            room.sources[name], _ = await sources.add(
                conn,
                transport=Transport.PREVIEW if name in CHANNELS else Transport.FEED,
                address=name if name in CHANNELS else where,
                identity=where,
                title=name.upper(),
                kind=SourceKind.MEDIA,
                lang="ru",
                now=clock.now(),
            )
            visited = room.record(archived_at=clock.now())
            await visits.record_fetch(conn, room.sources[name].id, visited)
        for number, (topic, narrowing) in CHATS.items():
            chat = await chats.ensure(conn, number, 0, ChatType.PRIVATE, now=clock.now())
            await chats.subscribe(conn, chat.id, topic, clock.now(), narrowing=narrowing)
    return room


_FILLED = {
    *("stories", "story_keys", "items", "revisions", "matches", "alerts", "causes", "notices"),
    *("messages", "item_marks", "item_clues", "splits", "follows", "sources", "chats", "filters"),
    *("subscriptions", "filter_versions", "quarantine", "archive", "articles"),
}


async def outcome(
    room: Newsroom, posts: Sequence[Post], cuts: Sequence[bool], *, filters_last: bool = False
) -> Outcome:
    """Visits bring the posts in order, more than one at a time where nothing cuts them."""
    if not filters_last:
        await add_filters(room)
    batch: list[int] = []
    for n, each in enumerate(posts):
        batch.append(n)
        last = n + 1 == len(posts)
        if last or cuts[n] or posts[n + 1].source != each.source:
            await room.publish(each.source, *(item(posts, each) for each in batch))
            batch = []
    if filters_last:
        await add_filters(room)
        await room.pipeline.rematch(room.now)
    await room.told()
    room.pipeline.close()
    return await read(room)


async def add_filters(room: Newsroom) -> None:
    async with room.store.write() as conn:
        for topic, expression in FILTERS.items():
            await filters.add(conn, topic, expression, None, room.now)
    await room.pipeline.take_up_filters()


async def read(room: Newsroom) -> Outcome:
    stories: dict[int, set[Member]] = {}
    for each in await room.items():
        key, _, of = each.key.partition(ENTRY_KEY)
        member = int(key), TEXTS.index(each.text) if of else -1
        stories.setdefault(each.story_id or 0, set()).add(member)
    async with room.store.read() as conn:
        rows = await conn.execute(
            sa.select(s.chats.c.telegram_id, s.alerts.c.story_id)
            .join_from(s.notices, s.chats)
            .join(s.alerts, s.alerts.c.id == s.notices.c.alert_id)
        )
        told = [(row.telegram_id, frozenset(stories[row.story_id])) for row in rows]
        alerts = await conn.scalar(sa.select(sa.func.count()).select_from(s.alerts)) or 0
        parents = dict((await conn.execute(sa.select(s.stories.c.id, s.stories.c.parent_id))).all())
    assert all(parent is None or parents[parent] is None for parent in parents.values())
    return Outcome({frozenset(each) for each in stories.values()}, told, alerts)


def keeps_its_promises(posts: Sequence[Post], found: Outcome) -> None:
    """Each chat has heard once of every story with a post that it asked for, and of no other."""
    wanted = {
        (chat, story)
        for chat, (topic, narrowing) in CHATS.items()
        for story in found.partition
        if any(
            topic_of(posts, each) == topic and (not narrowing or posts[each[0]].source == "b")
            for each in story
        )
    }
    assert Counter(found.told) == Counter(wanted)


def test_texts_of_the_world_have_nothing_in_common() -> None:
    """Else likeness would tie what the oracle keeps apart."""
    drawn = [text_profile("", text) for text in TEXTS]
    assert all(unlike(a, b) for a in drawn for b in drawn if a is not b)


@pytest.fixture
def reader(analyser: Analyser) -> Reader:
    return Reader(FilterSet(analyser), analyser)


_LEAN = settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(posts=posts(0, 0, 1, None), cuts=st.lists(st.booleans(), min_size=8, max_size=8))
@_LEAN
async def test_any_split_into_batches_tells_what_the_oracle_tells(
    store: Store, clock: ManualClock, reader: Reader, posts: list[Post], cuts: list[bool]
) -> None:
    """A batch of n equals n batches of one; addresses that others name tie nothing."""
    found = await outcome(await world(store, clock, reader), posts, cuts)
    oracle = Oracle(posts)
    for n in range(len(posts)):
        oracle.take(n)

    assert found.partition == oracle.partition()
    assert found.alerts == sum(oracle.told[n] for n, each in enumerate(oracle.stories) if each)
    keeps_its_promises(posts, found)


@given(
    posts=posts(0, 1, 2, None),
    order=st.randoms(use_true_random=False),
    cuts=st.lists(st.booleans(), min_size=8, max_size=8),
    filters_last=st.booleans(),
)
@_LEAN
async def test_neither_order_nor_a_late_filter_changes_who_hears(
    store: Store,
    clock: ManualClock,
    reader: Reader,
    posts: list[Post],
    order: Any,
    cuts: list[bool],
    filters_last: bool,
) -> None:
    """Who is named first may change, never which chats hear of an event, or that they do once."""
    order.shuffle(posts)
    room = await world(store, clock, reader)
    found = await outcome(room, posts, cuts, filters_last=filters_last)

    keeps_its_promises(posts, found)
    tied = Oracle(posts)
    for n in range(len(posts)):
        tied.take(n)
    for story in tied.partition():  # words and proofs hold together whatever else is near
        texts = {
            posts[n].text if entry < 0 else entry for n, entry in story if _has_words(posts[n])
        }
        if len(texts) == 1 and not filters_last:
            assert any(story <= whole for whole in found.partition)


def _has_words(post: Post) -> bool:
    return post.words is not None or bool(post.entries)


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), max_size=12))
@_LEAN
async def test_parents_never_close_into_a_ring(
    store: Store, clock: ManualClock, steps: list[tuple[bool, int, int]]
) -> None:
    """Cases that go on and stories that merge in any order have a beginning, one step away."""
    async with store.write() as conn:
        await conn.execute(sa.delete(s.stories))
        made = await stories.create_many(conn, 6, clock.now())
        gone: set[int] = set()
        for goes_on, a, b in steps:
            if {a, b} & gone or a == b:
                continue
            if goes_on:
                await stories.go_on_from(conn, made[a], made[b])
            else:
                await stories.merge(conn, [made[a]], made[b])
                gone.add(a)
        rows = await conn.execute(sa.select(s.stories.c.id, s.stories.c.parent_id))
        parents = {row.id: row.parent_id for row in rows}

    alive = [made[n] for n in range(6) if n not in gone]
    for story in alive:
        parent = parents[story]
        assert parent is None or (parent in alive and parents[parent] is None)
