"""The configuration as a file: out and in again is the same state; no secrets; all or nothing."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import replace

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import config_plan, configuration, filters, groups, source_choices, sources
from bot.commands import entities as entity_commands
from bot.commands.config_file import read, write
from bot.commands.config_rows import (
    Configuration,
    FilterRow,
    GroupRow,
    Nameable,
    SourceRow,
    Unreadable,
)
from bot.commands.entities import Compiled
from bot.commands.filters import Same
from bot.commands.sources import FoundSource
from bot.commands.undo import Undone, undo
from bot.errors import NotAllowed
from bot.model import FullText, OwnTopic, Priority, SourceKind, SourceState, Transport, Way
from bot.store import audit
from bot.store import entities as stored_entities
from bot.store import filters as stored_filters
from bot.store import groups as stored_groups
from bot.store import sources as stored_sources
from bot.store import topics as stored_topics
from bot.store.filters import FilterState, Origin
from tests.commands.people import ADMIN, ROOT, Desk
from tests.support.examples import examples

KNOWN = Nameable(("desertion", "refusal"), {}, ("org:memorial",), ("soldier",))
NAME = Compiled(
    {"id": "person:petrova", "kind": "person", "names": {"ru": ["Анна Петрова"]}, "famous": True},
    {"strong": ["анна петрова", "анны петровой"]},
)
PACK = [("desertion/x", "desertion", "дезертир"), ("desertion/y", "desertion", "беглец")]


async def now_there(desk: Desk) -> Configuration:
    async with desk.store.read() as conn:
        return await config_plan.current(conn)


async def with_packs(desk: Desk) -> None:
    async with desk.store.write() as conn:
        await stored_filters.sync_packs(conn, PACK, desk.clock.now())


async def configured(desk: Desk) -> None:
    """An installation in which admins have chosen something of every sort."""
    call = desk.by(ROOT)
    await with_packs(desk)
    feed = FoundSource(
        Transport.FEED,
        "https://example.org/rss?key=1",
        "example.org/rss?key=1",
        'Say "no"',
        SourceKind.COURT,
        "ru",
    )
    added = await sources.add(desk.backend, call, feed)
    assert isinstance(added, sources.Added)
    await source_choices.set_priority(desk.backend, call, added.source.id, Priority.HIGH)
    await source_choices.set_fulltext(desk.backend, call, added.source.id, FullText.ON)
    await source_choices.set_tags(desk.backend, call, added.source.id, ["Courts/Chita", "2"])
    await source_choices.set_proxy(desk.backend, call, added.source.id, "socks5://127.0.0.1:9050")
    channel = FoundSource(
        Transport.PREVIEW, "news_x", "t.me/news_x", "News", SourceKind.RIGHTS, "uk", -7
    )
    paused = await sources.add(desk.backend, call, channel)
    assert isinstance(paused, sources.Added)
    await sources.set_state(desk.backend, call, paused.source.id, SourceState.PAUSED)
    await groups.put(desk.backend, call, "place", "часть, гарнизон", {}, new=True)
    with_group = "самовольн* NEAR/3 @place"
    await filters.add(desk.backend, call, "desertion", with_group, {"place": "часть, гарнизон"})
    off = await filters.add(desk.backend, call, "refusal", '"отказ \\ от" OR отказник', {})
    assert not isinstance(off, Same)
    await filters.set_state(desk.backend, call, off.key, FilterState.OFF)
    await filters.add(desk.backend, call, "refusal", "пятисотый", {}, trial=True)
    await filters.set_state(desk.backend, call, "desertion/y", FilterState.OFF)
    await entity_commands.add(desk.backend, call, NAME)


async def put_topic(desk: Desk, name: str, *, way: str = "", off: bool = False) -> None:
    titles = {"en": "Flags", "ru": "Флаги", "uk": "Прапори"}
    async with desk.store.write() as conn:
        topic = OwnTopic(name, titles, Way(way) if way else None, off)
        await stored_topics.put(conn, topic, desk.clock.now())


async def emptied(desk: Desk) -> None:
    """As after `vigil run` on an empty database of the same release."""
    call = desk.by(ROOT)
    async with desk.store.write() as conn:
        for source in await stored_sources.list_all(conn):
            await stored_sources.set_state(conn, source.id, SourceState.REMOVED, call.now)
            await stored_sources.give_up_identity(conn, source.id)
        for each in await stored_filters.list_all(conn, stored_filters.KEPT):
            state = FilterState.ACTIVE if "/" in each.key else FilterState.REMOVED
            await stored_filters.set_state(conn, each.id, state)
        for name in await stored_groups.all_words(conn):
            await stored_groups.remove(conn, name)
        for entity in await stored_entities.list_all(conn):
            await stored_entities.remove(conn, entity.id)


async def test_out_and_in_again_is_the_same_state(desk: Desk) -> None:
    """Kinds, priorities, full text, tags, proxies, pauses, what is off, names with their forms."""
    await configured(desk)
    before = await now_there(desk)
    file = write(before, "Vigil")
    await emptied(desk)
    assert await now_there(desk) == Configuration()
    refiltered = desk.refiltered
    done = await configuration.put_in(
        desk.backend, desk.by(ROOT), read(file, "x.toml", KNOWN), KNOWN
    )

    assert await now_there(desk) == before
    assert len(before.sources) == 2
    assert {f.state for f in before.filters} == set(stored_filters.KEPT)
    assert before.off == ("desertion/y",)
    assert (len(done.new_sources), len(done.new_filters), len(done.new_entities)) == (2, 3, 1)
    assert desk.refiltered == refiltered + 1
    again = await configuration.put_in(desk.backend, desk.by(ROOT), before, KNOWN)
    assert again.empty


async def test_an_import_is_undone_whole(desk: Desk) -> None:
    """One change for /undo: what it added goes, what it changed is as it was."""
    await configured(desk)
    before = await now_there(desk)
    [feed, _] = before.sources
    changed = Configuration(
        sources=(SourceRow(feed.transport, feed.address, feed.identity, "", SourceKind.MEDIA),),
        filters=(
            FilterRow("refusal", "пятисотый"),
            FilterRow("refusal", "отказник OR «отказ \\ от»"),
        ),
        off=("desertion/x",),
        groups=(GroupRow("place", "часть"), GroupRow("more", "казарма")),
    )
    await configuration.put_in(desk.backend, desk.by(ADMIN), changed, KNOWN)
    after = await now_there(desk)
    assert after.sources[0].kind is SourceKind.MEDIA
    assert after.off == ("desertion/x", "desertion/y")
    assert isinstance(await undo(desk.backend, desk.by(ADMIN)), Undone)

    assert await now_there(desk) == before


async def test_a_file_that_says_nothing_of_tags_leaves_them(desk: Desk) -> None:
    """As older files; an empty list takes them away, and undo brings them back."""
    await configured(desk)
    rows = (await now_there(desk)).sources
    older = [replace(row, tags=None, kind=SourceKind.RIGHTS) for row in rows]
    config = read(write(Configuration(sources=tuple(older)), ""), "x.toml", KNOWN)
    await configuration.put_in(desk.backend, desk.by(ROOT), config, KNOWN)
    left = (await now_there(desk)).sources
    none = Configuration(sources=tuple(replace(row, tags=()) for row in left))
    config = read(write(none, ""), "x.toml", KNOWN)
    await configuration.put_in(desk.backend, desk.by(ROOT), config, KNOWN)
    without = (await now_there(desk)).sources
    await undo(desk.backend, desk.by(ROOT))

    tags = [("Courts/Chita", "2"), ()]
    assert [row.tags for row in left] == tags
    assert [row.kind for row in left] == [SourceKind.RIGHTS] * 2
    assert [row.tags for row in without] == [(), ()]
    assert [row.tags for row in (await now_there(desk)).sources] == tags


async def test_groups_that_would_break_a_filter_here_are_not_taken(desk: Desk) -> None:
    """Nor is anything else of the file."""
    await configured(desk)
    before = await now_there(desk)
    config = Configuration(
        groups=(GroupRow("place", "часть AND гарнизон"),), filters=(FilterRow("refusal", "кот"),)
    )
    known = replace(KNOWN, groups={"place": "часть, гарнизон"})
    plan = await configuration.put_in(desk.backend, desk.by(ADMIN), config, known)

    assert plan.broken is not None
    assert await now_there(desk) == before


async def test_secrets_stay_here(desk: Desk) -> None:
    """Passwords of proxies, values of headers, keys in addresses; such a source comes in paused."""
    call = desk.by(ROOT)
    address = "https://me:pw1@example.org/rss?token=pw2&page=1"
    found = FoundSource(Transport.FEED, address, "example.org/rss", "T", SourceKind.MEDIA, "")
    await sources.add(
        desk.backend,
        call,
        found,
        proxy="http://u:pw3@proxy.example:3128",
        headers={"Cookie": "pw4"},
    )
    file = write(await now_there(desk), "Vigil")
    row = read(file, "x.toml", KNOWN).sources[0]

    assert b"pw" not in file
    assert row.address == "https://example.org/rss?page=1"
    assert set(row.redacted) == {"proxy", "headers", "address"}
    await emptied(desk)
    plan = await configuration.put_in(desk.backend, call, read(file, "x.toml", KNOWN), KNOWN)
    assert plan.lacking == (row,)
    assert (await now_there(desk)).sources[0].state is SourceState.PAUSED


async def test_a_proxy_asks_for_a_root_admin_and_nothing_is_done(desk: Desk) -> None:
    """All or nothing: the filters of the same file are not there either."""
    proxied = SourceRow(
        Transport.FEED, "https://a.example/rss", "a.example/rss", "A", proxy="socks5://127.0.0.1:9"
    )
    config = Configuration(sources=(proxied,), filters=(FilterRow("refusal", "отказник"),))
    with pytest.raises(NotAllowed):
        await configuration.put_in(desk.backend, desk.by(ADMIN), config, KNOWN)

    assert await now_there(desk) == Configuration()
    async with desk.store.read() as conn:
        assert await audit.page(conn, 9) == []


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30).map(str.strip)
SOURCES = st.builds(
    SourceRow,
    transport=st.sampled_from(Transport),
    address=st.sampled_from(["https://a.example/rss", "news_x", "https://б.example/?q=1&r=#x"]),
    identity=TEXT.filter(bool),
    title=TEXT.filter(bool),
    kind=st.sampled_from(SourceKind),
    lang=st.sampled_from(["", "ru", "uk"]),
    state=st.sampled_from([s for s in SourceState if s is not SourceState.REMOVED]),
    tags=st.none() | st.just(()) | st.just(("Суды", "Сибирь/Чита")),
    priority=st.sampled_from(Priority),
    fulltext=st.sampled_from(FullText),
    telegram_id=st.none() | st.integers(-(10**15), 10**15),
    proxy=st.sampled_from(["", "direct", "socks5://127.0.0.1:9050"]),
    redacted=st.lists(st.sampled_from(["proxy", "headers"]), unique=True).map(tuple),
)
FILTERS = st.builds(
    FilterRow,
    topic=st.sampled_from(KNOWN.topics),
    expression=st.sampled_from(["отказник", '"a \\ b" OR кот*', "/отказ(ник)?/ NOT мир"]),
    state=st.sampled_from(stored_filters.KEPT),
)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(SOURCES, max_size=3), st.lists(FILTERS, max_size=3), st.lists(TEXT, max_size=2))
def test_what_is_written_is_read(
    rows: list[SourceRow], some: list[FilterRow], off: list[str]
) -> None:
    """Whatever stands in titles: quotes, line ends, backslashes, other scripts."""
    config = Configuration(tuple(rows), tuple(some), (), tuple(off))
    if config != Configuration():
        assert read(write(config, "Vigil\nits choices"), "a.toml", KNOWN) == config


def faults(text: str, name: str = "a.toml") -> list[tuple[str, str]]:
    with pytest.raises(Unreadable) as raised:
        read(text.encode(), name, KNOWN)
    return [
        (f.where, f.msgid if f.error else f.msgid.format_map(f.values)) for f in raised.value.faults
    ]


def test_every_fault_is_named_with_its_place() -> None:
    """One look fixes the file: nothing unknown is accepted in silence."""
    found = faults(
        '[[source]]\naddress = "https://a.example/rss"\nkind = "curt"\nprioritet = "high"\n'
        '[[filter]]\ntopic = "desertoin"\nexpression = "(отказ"\n'
        '[[entity]]\nid = "org:memorial"\n'
    )

    assert [where for where, _ in found] == ["source 1"] * 2 + ["filter 1"] * 2 + ["entity 1"]
    assert "priority" in found[0][1]
    assert "court" in found[1][1]
    assert "desertion" in found[2][1]
    assert "built in" in found[4][1]
    assert faults("vigil = 1")[0] == ("", "There is nothing in the file.")
    assert "newer" in faults("vigil = 2")[0][1]
    assert "TOML" in faults("[[[")[0][1]
    [(_, state)] = faults('[[filter]]\ntopic = "refusal"\nexpression = "кот"\nstate = "gone"\n')
    assert state.endswith("There is: active, trial, off")
    [(_, state)] = faults('[[source]]\naddress = "https://a.example/rss"\nstate = "removed"\n')
    assert state.startswith("state “removed” is not known.")


def test_groups_of_the_file_are_known_to_its_filters() -> None:
    """In whatever order they stand; one that leads nowhere, or is built in, is a fault."""
    filter_ = '[[filter]]\ntopic = "refusal"\nexpression = "@b"\n'
    two = '[[group]]\nname = "B"\nwords = "@a, кот"\n[[group]]\nname = "a"\nwords = "пёс"\n'
    found = read((filter_ + two).encode(), "a.toml", KNOWN)

    assert found.groups == (GroupRow("b", "@a, кот"), GroupRow("a", "пёс"))
    assert [where for where, _ in faults(filter_)] == ["filter 1"]
    wrong = faults(
        '[[group]]\nname = "soldier"\nwords = "кот"\n[[group]]\nname = "c"\nwords = "@d"\n'
    )
    assert [where for where, _ in wrong] == ["group 1", "group @c"]


def test_many_filters_come_as_a_table() -> None:
    """CSV as spreadsheets save it here: a mark at the beginning, semicolons, quotes."""
    body = (
        '\ufefftopic;expression;state\nrefusal;"""без вести"" OR отказник";\ndesertion;беглец;off\n'
    )

    assert read(body.encode(), "f.CSV", KNOWN) == Configuration(
        filters=(
            FilterRow("refusal", '"без вести" OR отказник'),
            FilterRow("desertion", "беглец", FilterState.OFF),
        )
    )
    assert "columns" in faults("a,b\n1,2\n", "f.csv")[0][1]


async def test_words_left_out_of_a_packs_filter_are_in_the_file(desk: Desk):
    """They come back with it and are undone with it; of an unknown filter they are named."""
    body = 'vigil = 1\n[left_out]\n"refusal/a" = "ужин"\n"no/such" = "слово"\n'.encode()
    async with desk.store.write() as conn:
        await stored_filters.sync_packs(conn, [("refusal/a", "refusal", "отказ")], desk.clock.now())
    config = read(body, "c.toml", KNOWN)
    plan = await configuration.put_in(desk.backend, desk.by(ADMIN), config, KNOWN)
    async with desk.store.read() as conn:
        out = await config_plan.current(conn)
    await undo(desk.backend, desk.by(ADMIN))
    async with desk.store.read() as conn:
        after = await config_plan.current(conn)

    assert plan.left_out == (("refusal/a", "ужин"),)
    assert plan.unknown == ("no/such",)
    assert read(write(out, ""), "c.toml", KNOWN).left_out == (("refusal/a", "ужин"),)
    assert after.left_out == ()


async def test_what_a_file_does_not_say_stays_as_it_is(desk: Desk) -> None:
    """A table without a column for it (CSV without `state`, TOML by hand) changes nothing of it:
    filters off or on trial stay so, as do kinds, priorities, ways, names off and their forms."""
    await configured(desk)
    async with desk.store.write() as conn:
        [entity] = await stored_entities.list_all(conn)
        definition = {**entity.definition, "off": True}
        forms = {kind: [*each, "Чикивше"] for kind, each in entity.forms.items()}
        await stored_entities.replace(conn, definition, forms, None, desk.clock.now())
    await put_topic(desk, "flags", way="urgent", off=True)
    before = await now_there(desk)
    known = KNOWN.with_topics(before.topics).with_groups(before.groups)
    said = tomllib.loads(write(before, "").decode())
    asked = {
        "source": ("address", "transport", "identity", "telegram_id"),
        "topic": ("id", "titles"),
        "entity": tuple(entity.definition),
    }
    bare = {k: [{n: r[n] for n in names if n in r} for r in said[k]] for k, names in asked.items()}
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerows([("topic", "expression"), *((f.topic, f.expression) for f in before.filters)])
    for body, name in ((tomlkit.dumps(bare), "x.toml"), (table.getvalue(), "x.csv")):
        done = await configuration.put_in(
            desk.backend, desk.by(ROOT), read(body.encode(), name, known), known
        )
        assert done.empty, (name, done)

    assert await now_there(desk) == before
    assert {f.state for f in before.filters} == set(stored_filters.KEPT)


async def test_an_export_says_also_what_is_as_by_default(desk: Desk) -> None:
    """Put into an installation that was changed since, it gives the state that it was taken of."""
    await configured(desk)
    await put_topic(desk, "flags")
    before = await now_there(desk)
    file = write(before, "Vigil")
    async with desk.store.write() as conn:
        for each in await stored_filters.list_all(conn, stored_filters.KEPT):
            if each.origin is Origin.ADMIN:
                await stored_filters.set_state(conn, each.id, FilterState.TRIAL)
        for source in await stored_sources.list_all(conn):
            await stored_sources.set_priority(conn, source.id, Priority.HIGH)
            await stored_sources.set_kind(conn, source.id, SourceKind.ANONYMOUS)
        [entity] = await stored_entities.list_all(conn)
        await stored_entities.replace(
            conn, {**entity.definition, "off": True}, entity.forms, None, desk.clock.now()
        )
    await put_topic(desk, "flags", way="urgent", off=True)
    known = KNOWN.with_topics(before.topics).with_groups(before.groups)
    await configuration.put_in(desk.backend, desk.by(ROOT), read(file, "x.toml", known), known)

    assert await now_there(desk) == before
