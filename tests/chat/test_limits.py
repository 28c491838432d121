"""Hundreds of rows with long, hostile names: every list fits, in each language."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ChatMode, ChatType, OwnTopic, Role, SourceKind, Transport
from bot.store import chats, entities, filters, groups, mutes, people, sources, topics, watches
from filters.entities.build import compile_entity
from tests.chat.test_matrix import handled
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

MANY = 80
NASTY = "<b>&amp;\"'</b> [x](y) *_`~ " + "Ж" * 90  # as long as titles come
TOPICS = 15  # admins' own: each is a row of buttons


async def filled(vigil: Vigil) -> None:
    """An installation in which there is a lot of everything, with names that hold markup."""
    now = vigil.clock.now()
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.started(ROOT)
    async with vigil.app.engine.store.write() as conn:
        await chats.ensure(conn, ROOT, 0, ChatType.PRIVATE, mode=ChatMode.NORMAL, now=now)
        theirs = await chats.by_address(conn, SUBSCRIBER)
        assert theirs is not None
        for n in range(MANY):
            url = f"https://s{n}.example/{'f' * 60}"
            source, _ = await sources.add(
                conn, transport=Transport.FEED, address=url, identity=url, title=f"{n} {NASTY}",
                kind=SourceKind.MEDIA, lang="", now=now,
            )  # fmt: skip
            await mutes.add(conn, theirs.id, "source", source.id, until=None, now=now)
            await filters.add(conn, "desertion", f"слово{n}, " + "другое* " * 12, ROOT, now)
            row = {"id": f"person:name-{n}", "names": {"ru": [f"Анна Имярек{n}"]}}
            await entities.add(conn, row, compile_entity(row), ROOT, now)
            await groups.put(conn, f"group-{n}", "солдат*, " * 20 + "рота", now)
            await people.create_invite(conn, Role.SUBSCRIBER, ROOT, now, timedelta(days=7))
            await people.appoint(conn, 700_000 + n, Role.ADMIN, ROOT, now)
        for n in range(20):
            await watches.add(conn, theirs.id, f'"{n} <i>&amp; {"длинные слова " * 12}"', now)
        for n in range(TOPICS):
            title = f"{n} <b>&amp; {'т' * 30}"
            await topics.put(
                conn, OwnTopic(f"own{n}", dict.fromkeys(("en", "ru", "uk"), title)), now
            )
        for topic in ("refusal", "desertion", *(f"own{n}" for n in range(TOPICS))):
            for k in range(2):
                words = f"слово{k}, " + "<b>длинное* " * 10
                await chats.subscribe(conn, theirs.id, topic, now, narrowing=words)
    await vigil.app.engine.pipeline.take_up_filters()


async def test_every_list_fits(vigil: Vigil) -> None:
    """The emulator refuses what Telegram does; an answer that was refused would be missing."""
    await filled(vigil)
    commands = {
        SUBSCRIBER: "topics|list|watch|mutes|settings|help|stats|unsub",
        ROOT: "help|source list|filter list|filter list desertion|entity list|entity list имярек"
        "|group list|topic|invites|admins|audit|precision|feedback|health|status|review|export"
        "|source 3|filter show 300|group show group-7|entity show person:name-3|topics",
    }
    wrong = []
    for lang in ("en", "ru", "uk"):
        for user, listed in commands.items():
            for command in (f"lang {lang}", *listed.split("|")):
                before = len(vigil.chat(user))
                vigil.telegram.people.says(user, f"/{command}")
                await handled(vigil)
                new = vigil.chat(user)[before:]
                failed = any("went wrong" in m.text or "боці бота" in m.text for m in new)
                cut = any(len(m.text) >= 4_090 for m in new)
                if not new or failed or cut or any("&amp;amp;" in m.text for m in new):
                    wrong.append(f"{lang}: {command}")

    assert wrong == []
    await vigil.says(SUBSCRIBER, "/mutes")
    await vigil.press(SUBSCRIBER, "2 ›")
    assert "‹ 1" in vigil.chat(SUBSCRIBER)[-1].labels()
