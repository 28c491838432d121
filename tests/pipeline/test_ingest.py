"""From a batch of a source to stories, alerts and causes, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.ingest.pipeline import Ingested
from bot.model import SourceState
from bot.store import Store, items, notices, quarantined_items, sources, stories
from bot.store import schema as s
from bot.store.visits import FetchRecord
from tests.pipeline.conftest import REFUSED, Newsroom, post

OTHER = "Суд в Пскове перенёс заседание по делу о хищении зерна на следующую неделю."


async def test_match_makes_story_alert_and_cause(newsroom: Newsroom):
    """What matches is told, and the outbox is woken."""
    done = await newsroom.publish("a", post(), post(OTHER, "2"))

    assert done == Ingested(read=2, new=2, matched=1, alerts=1)
    assert len(newsroom.wakes) == 1
    stored = {item.key: item for item in await newsroom.items()}
    assert await newsroom.causes() == [(stored["1"].id, 1)]
    assert [item.archived for item in stored.values()] == [False, False]
    assert stored["1"].story_id != stored["2"].story_id


async def test_same_batch_again_changes_nothing(newsroom: Newsroom):
    """Feeds repeat themselves at every visit."""
    batch = [post(), post(OTHER, "2")]
    await newsroom.publish("a", *batch)
    before = await newsroom.count()
    done = await newsroom.publish("a", *batch)

    assert done == Ingested(read=2)
    assert await newsroom.count() == before
    assert len(newsroom.wakes) == 1


async def test_same_post_in_two_sources_is_one_alert(newsroom: Newsroom):
    """Subscribers hear of a story once; both items offer its alert."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post())
    told = await newsroom.told()
    done = await newsroom.publish("b", post(f"❗ {REFUSED}\n\nПодписаться | @b", "77"))

    assert done == Ingested(read=1, new=1, matched=1, joined=1)
    assert await newsroom.causes() == [(1, 1), (2, 1)]
    assert await newsroom.told() == told == [(1001, "refusal")]
    one, other = await newsroom.items()
    assert one.story_id == other.story_id


async def test_copies_side_by_side_in_one_batch(newsroom: Newsroom):
    """A source that posts a thing twice has one story."""
    done = await newsroom.publish("a", post(key="1"), post(key="2"))

    assert (done.alerts, done.joined) == (1, 1)
    assert (await newsroom.count())["stories"] == 1


async def test_other_text_is_another_story(newsroom: Newsroom):
    """Two reports of one kind are two alerts."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post())
    done = await newsroom.publish("b", post(REFUSED.replace("шестидесяти", "сорока")))

    assert done.alerts == 1
    assert len(await newsroom.told()) == 2


async def test_address_and_forward_join_too(newsroom: Newsroom):
    """A story is known by its address whatever was written about it."""
    await newsroom.add_channel("pskov")
    await newsroom.add_channel("radio_n")
    await newsroom.publish("pskov", post(url="https://t.me/s/pskov/12"))
    forward = post("Смотрите сами.", "2", forwarded_from="https://t.me/pskov/12?single")
    done = await newsroom.publish("radio_n", forward)

    assert done == Ingested(read=1, new=1, joined=1)
    assert (await newsroom.count())["stories"] == 1


async def test_two_copies_at_once_are_one_story(newsroom: Newsroom):
    """Whoever comes first, there is one writer of relate, decide, commit."""
    names = [f"s{n}" for n in range(6)]
    for name in names:
        await newsroom.add_source(name)
    done = await asyncio.gather(*(newsroom.publish(name, post()) for name in names))

    counts = await newsroom.count()
    assert (counts["stories"], counts["alerts"], counts["causes"]) == (1, 1, 6)
    assert sum(each.alerts for each in done) == 1


async def test_one_source_read_twice_at_once(newsroom: Newsroom):
    """A manual reading beside a scheduled one stores nothing twice."""
    await newsroom.add_source("a")
    done = await asyncio.gather(*(newsroom.publish("a", post(), post(OTHER, "2")) for _ in "xyz"))

    assert sum(each.new for each in done) == 2
    assert (await newsroom.count())["items"] == 2


async def test_chat_narrowed_to_the_copys_source_hears(newsroom: Newsroom):
    """The copy's source is the only one a chat follows: it hears of the copy."""
    await newsroom.subscribe(1001)
    await newsroom.subscribe(1002, narrowing="source:b.example")
    await newsroom.publish("a", post())
    assert await newsroom.told() == [(1001, "refusal")]
    await newsroom.publish("b", post())

    assert await newsroom.told() == [(1001, "refusal"), (1002, "refusal")]


async def test_original_that_is_read_after_its_copy_stands_first(newsroom: Newsroom):
    """The copy was read first; as soon as the original is seen, the copy is a repost."""
    await newsroom.subscribe(1001)
    early, late = newsroom.now - timedelta(hours=2), newsroom.now - timedelta(hours=1)
    await newsroom.publish("a", post(published=late))
    await newsroom.publish("b", post(published=early))

    assert await newsroom.told() == [(1001, "refusal")]
    async with newsroom.store.read() as conn:
        rows = await conn.execute(sa.select(s.items.c.relation).order_by(s.items.c.id))
    assert [row.relation for row in rows] == ["copy", "same"]


async def test_first_fetch_tells_nobody(newsroom: Newsroom):
    """Adding a source floods no one; what comes later is told."""
    await newsroom.add_source("a", archived=False)
    await newsroom.subscribe(1001)
    done = await newsroom.publish("a", post())
    assert done == Ingested(read=1, new=1, matched=1, archived=1)
    assert (await newsroom.source("a")).archived_at == newsroom.now
    assert await newsroom.told() == []

    fresh = post(REFUSED.replace("шестидесяти", "сорока"), "2")
    await newsroom.publish("a", post(), fresh)
    assert await newsroom.told() == [(1001, "refusal")]


async def test_failed_visit_is_no_first_fetch(newsroom: Newsroom):
    """A source that could not be read yet still has its archive before it."""
    await newsroom.add_source("a", archived=False)
    await newsroom.publish("a", error="Timeout")

    assert (await newsroom.source("a")).archived_at is None


async def test_copy_of_the_archive_is_told_once_it_is_news(newsroom: Newsroom):
    """Nobody was told of the archive, so its copy elsewhere is the first alert."""
    await newsroom.add_source("a", archived=False)
    await newsroom.publish("a", post())
    done = await newsroom.publish("b", post())

    assert done.alerts == 1
    assert (await newsroom.count())["stories"] == 1


@pytest.mark.parametrize(
    ("days", "alerts", "late"), [(1.1, 1, False), (2.9, 1, False), (3.1, 1, True), (31.1, 0, None)]
)
async def test_new_entry_that_is_dated_back(
    newsroom: Newsroom, days: float, alerts: int, late: bool | None
):
    """Drafts published late, feeds that tell the day only: pushed three days, then digested."""
    done = await newsroom.publish("a", post(published=newsroom.now - timedelta(days=days)))

    assert done.alerts == alerts
    async with newsroom.store.read() as conn:
        assert (await conn.scalars(sa.select(s.causes.c.late))).all() == [late][:alerts]
    assert [item.archived for item in await newsroom.items()] == [not alerts]
    again = await newsroom.publish("a", post(published=newsroom.now - timedelta(days=days)))
    assert again.new == again.alerts == 0


async def test_dated_back_and_silent_is_kept_for_its_article(newsroom: Newsroom):
    """What matches nothing yet is not put away."""
    await newsroom.publish("a", post(OTHER, published=newsroom.now - timedelta(days=2)))

    assert [item.archived for item in await newsroom.items()] == [False]


async def test_edit_is_a_revision_and_no_second_alert(newsroom: Newsroom):
    """A chat hears once; the alert is offered again with the new text."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post())
    await newsroom.told()
    newsroom.clock.advance(60)
    done = await newsroom.publish("a", post(REFUSED + " Их ищут."))

    assert done == Ingested(read=1, revised=1, matched=1, joined=1)
    assert await newsroom.causes() == [(1, 1), (1, 2)]
    assert await newsroom.told() == [(1001, "refusal")]
    counts = await newsroom.count()
    assert (counts["items"], counts["revisions"], counts["alerts"]) == (1, 1, 1)


async def test_edit_that_newly_matches_is_told(newsroom: Newsroom):
    """Breaking news begins with few words."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post("Срочно."))
    assert await newsroom.told() == []
    done = await newsroom.publish("a", post())

    assert done == Ingested(read=1, revised=1, matched=1, alerts=1)
    assert await newsroom.told() == [(1001, "refusal")]


ACQUITTED = (
    "В Улан-Удэ суд оправдал контрактника Баира Цыренова: он отказался садиться в самолёт, "
    "у него больна мать и четверо детей."
)


async def test_post_written_over_is_told_as_what_it_says_now(newsroom: Newsroom):
    """A copy whose post becomes other news leaves the story; nobody hears of either twice."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post())
    await newsroom.publish("b", post(REFUSED + " 🙏", url="https://b.example/7"))
    await newsroom.told()
    async with newsroom.store.write() as conn:  # as if it had heard of it by the copy
        await conn.execute(sa.update(s.notices).values(item_id=2))
    await newsroom.subscribe(1002)
    done = await newsroom.publish("b", post(ACQUITTED, url="https://b.example/7"))

    assert done == Ingested(read=1, revised=1, matched=1, alerts=1)
    assert sorted(await newsroom.told()) == [(1001, "refusal")] * 2 + [(1002, "refusal")] * 2
    first, second = await newsroom.items()
    assert first.story_id != second.story_id
    async with newsroom.store.read() as conn:
        rows = await conn.execute(
            sa.select(s.notices.c.item_id, s.alerts.c.story_id).join_from(s.notices, s.alerts)
        )
        pairs = {tuple(row) for row in rows}
        assert await stories.find_by_keys(conn, ["url:https://b.example/7"]) == {
            "url:https://b.example/7": second.story_id
        }
    assert pairs == {(1, first.story_id), (2, second.story_id)}
    assert (await newsroom.publish("c", post(REFUSED))).joined == 1


async def test_post_that_becomes_a_copy_joins_what_it_copies(newsroom: Newsroom):
    """Who was told of both stories hears nothing new; the repost counts where it belongs."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post())
    await newsroom.publish("c", post(ACQUITTED))
    await newsroom.publish("b", post(REFUSED + " 🙏"))
    await newsroom.told()
    done = await newsroom.publish("b", post("❗️ " + ACQUITTED))

    assert done == Ingested(read=1, revised=1, matched=1, joined=1)
    assert await newsroom.told() == [(1001, "refusal")] * 2
    refused, acquitted, moved = await newsroom.items()
    assert (moved.story_id, refused.story_id != moved.story_id) == (acquitted.story_id, True)
    async with newsroom.store.read() as conn:
        assert await items.relation_of(conn, moved.id) == "copy"
    await newsroom.publish("b", post(ACQUITTED + " Приговор не вступил в силу."))
    assert (await newsroom.count())["stories"] == 2


async def test_correction_stays_in_its_story(newsroom: Newsroom):
    """Another number or a sentence more is the same post, whatever else is like it."""
    await newsroom.publish("a", post())
    await newsroom.publish("b", post(REFUSED + " 🙏"))
    await newsroom.publish("b", post(REFUSED.replace("шестидесяти", "семидесяти") + " Их ищут."))

    assert len({item.story_id for item in await newsroom.items()}) == 1


async def test_copy_of_an_edit_joins_it(newsroom: Newsroom):
    """Each text an item ever had is a key of its story."""
    edited = REFUSED.replace("шестидесяти", "семидесяти")
    await newsroom.publish("a", post())
    await newsroom.publish("a", post(edited))
    await newsroom.publish("b", post(edited))
    await newsroom.publish("c", post(REFUSED))

    assert (await newsroom.count())["stories"] == 1


async def test_late_edit_shows_but_is_offered_to_nobody(newsroom: Newsroom):
    """Who subscribed since is not woken by an edit of last week's; who was told sees it."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post(published=newsroom.now))
    await newsroom.told()
    async with newsroom.store.write() as conn:
        sent = sa.update(s.messages).values(state="sent", sent_version=1, telegram_message_id=7)
        await conn.execute(sent)
    newsroom.clock.advance(days=3)
    await newsroom.subscribe(1002)
    await newsroom.publish("a", post(REFUSED + " Их ищут в Курске.", published=newsroom.now))

    assert await newsroom.told() == [(1001, "refusal")]
    async with newsroom.store.read() as conn:
        assert await conn.scalar(sa.select(s.messages.c.wanted_version)) == 2


async def test_keys_repeated_in_a_batch_do_not_flap(newsroom: Newsroom):
    """A feed with one guid for two entries makes no revision at every visit."""
    for _ in range(3):
        await newsroom.publish("a", post(REFUSED, "1"), post(OTHER, "1"))

    counts = await newsroom.count()
    assert (counts["items"], counts["revisions"]) == (1, 0)


async def test_address_of_many_entries_joins_nothing(newsroom: Newsroom):
    """A court's list is not one endless story."""
    url = "https://court.example/modules.php?name=press"
    texts = [REFUSED, REFUSED.replace("шестидесяти", "сорока")]
    batch = [post(text, str(n), url=url) for n, text in enumerate(texts)]
    done = await newsroom.publish("court", *batch)
    assert done.alerts == 2

    third = post(REFUSED.replace("шестидесяти", "двадцати"), "3", url=url)
    done = await newsroom.publish("court", *batch, third)
    assert done.alerts == 1


async def test_item_that_ties_stories_joins_the_alerted(newsroom: Newsroom):
    """The reader who was told is not told again under another story."""
    await newsroom.subscribe(1001)
    await newsroom.publish("a", post("Срочно", url="https://t.me/pskov/12"))
    await newsroom.publish("b", post())
    assert len(await newsroom.told()) == 1
    done = await newsroom.publish("c", post(forwarded_from="https://t.me/pskov/12"))

    assert (done.alerts, done.joined) == (0, 1)
    assert len(await newsroom.told()) == 1


async def test_source_row_is_written_with_the_items(newsroom: Newsroom):
    """ETag and due time, and when the source last said something."""
    published = newsroom.now - timedelta(hours=2)
    await newsroom.publish("a", post(published=published), etag='"x"')

    source = await newsroom.source("a")
    assert (source.etag, source.last_item_at) == ('"x"', published)
    assert source.next_due == newsroom.now + timedelta(minutes=5)


async def test_what_is_learnt_of_a_visit_knows_what_was_new(newsroom: Newsroom):
    """Keys never seen before; not a known entry with another text, nor one that is as it was."""
    await newsroom.publish("a", post("Первая новость", "1"), post("Вторая новость", "2"))
    batch = [post("Первая новость", "1"), post("Вторая, исправлена", "2"), post("Третья", "3")]
    learnt: list[set[str]] = []

    def learn(new: Collection[str]) -> FetchRecord:
        learnt.append(set(new))
        return newsroom.record(rate=7.0)

    source = newsroom.sources["a"]
    await newsroom.pipeline.ingest(source, batch, newsroom.record(), newsroom.now, learn=learn)
    await newsroom.pipeline.ingest(source, batch, newsroom.record(), newsroom.now, learn=learn)

    assert learnt == [{"3"}, set()]
    assert (await newsroom.source("a")).rate == 7.0


async def test_visit_without_news_writes_the_row_only(newsroom: Newsroom):
    done = await newsroom.publish("a", etag='"y"')

    assert done == Ingested()
    assert (await newsroom.source("a")).etag == '"y"'


async def test_removed_source_brings_nothing(newsroom: Newsroom):
    """What was fetched while an admin removed the source is not told."""
    source = await newsroom.add_source("a")
    async with newsroom.store.write() as conn:
        await sources.set_state(conn, source.id, SourceState.REMOVED, newsroom.now)
    done = await newsroom.publish("a", post())

    assert done == Ingested(read=1)
    assert (await newsroom.count())["items"] == 0


async def test_many_items_in_several_transactions(newsroom: Newsroom):
    """A long archive is stored whole, in pieces."""
    batch = [post(f"{OTHER} Дело номер {n}.", str(n)) for n in range(120)]
    done = await newsroom.publish("a", *batch)

    assert (done.new, done.alerts) == (120, 0)
    assert [item.key for item in await newsroom.items()] == [str(n) for n in range(120)]


async def test_strange_texts_pass(newsroom: Newsroom):
    """NUL, halves of pairs, a book: nothing of it stops an item."""
    strange = [
        post("\0" + REFUSED, "1"),
        post("\ud83d " + REFUSED, "2", title="\udfff", url="http://[bad"),
        post("слово " * 50_000, "3"),
        post("", "4"),
    ]
    done = await newsroom.publish("a", *strange)

    assert (done.new, done.quarantined) == (4, 0)
    assert (await newsroom.publish("a", *strange)) == Ingested(read=4)


# --- one bad item ---


async def refuse(store: Store, table: str, condition: str) -> None:
    """Have the database itself refuse rows of a table."""
    async with store.write() as conn:
        if store.dialect == "sqlite":
            await conn.exec_driver_sql(
                f"CREATE TRIGGER bad BEFORE INSERT ON {table} WHEN {condition} "
                "BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
            return
        await conn.exec_driver_sql(
            "CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no'; END $$"
        )
        await conn.exec_driver_sql(
            f"CREATE TRIGGER bad BEFORE INSERT ON {table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION bad()"
        )


async def forgive(store: Store, table: str) -> None:
    async with store.write() as conn:
        of = "" if store.dialect == "sqlite" else f" ON {table}"
        await conn.exec_driver_sql(f"DROP TRIGGER bad{of}")


@pytest.mark.parametrize(
    ("table", "condition"),
    [("items", "NEW.key = '2'"), ("items", "NEW.text LIKE '%сорока%'")],
)
async def test_bad_item_is_quarantined_and_stops_no_other(
    newsroom: Newsroom, table: str, condition: str
):
    """Nothing half-done stays of it, the others are told, and it is kept once, as it came."""
    await refuse(newsroom.store, table, condition)
    bad = post(REFUSED.replace("шестидесяти", "сорока"), "2", published=newsroom.now)
    batch = [post(REFUSED, "1"), bad, post(REFUSED.replace("шестидесяти", "ста"), "3")]
    done = await newsroom.publish("a", *batch, etag='"x"')
    assert (done.new, done.alerts, done.quarantined) == (2, 2, 1)
    assert (await newsroom.source("a")).etag == '"x"'
    assert {item.key for item in await newsroom.items()} == {"1", "3"}
    counts = await newsroom.count()
    assert (counts["stories"], counts["story_keys"], counts["causes"]) == (2, 2, 2)

    assert (await newsroom.publish("a", *batch)).quarantined == 1
    async with newsroom.store.read() as conn:
        [kept] = await quarantined_items.list_quarantine(conn)
    assert (kept.item_key, kept.payload["text"]) == ("2", bad.text)

    await forgive(newsroom.store, table)
    assert (await newsroom.publish("a", *batch)).alerts == 1


async def test_bad_item_among_plain_ones(newsroom: Newsroom):
    """What is stored in one go is stored one by one when one of it is bad."""
    await refuse(newsroom.store, "items", "NEW.key = '2'")
    batch = [post(f"{OTHER} Дело номер {n}.", str(n)) for n in range(4)]
    done = await newsroom.publish("a", *batch)

    assert (done.new, done.quarantined) == (3, 1)
    assert [item.key for item in await newsroom.items()] == ["0", "1", "3"]
    assert (await newsroom.count())["stories"] == 3


async def test_plain_item_and_its_matching_copy_in_one_batch(newsroom: Newsroom):
    """The one forwards without a word, the other brings the text: one story, in either order."""
    own = post("Смотрите сами.", "1", url="https://t.me/pskov/12")
    forward = post(REFUSED, "2", forwarded_from="https://t.me/pskov/12")
    await newsroom.add_channel("pskov")
    await newsroom.add_channel("radio_n")
    first = await newsroom.publish("pskov", own, forward)
    second = await newsroom.publish("radio_n", forward, post(REFUSED, "3"))

    assert (first.new, first.alerts, first.joined) == (2, 1, 0)
    assert (second.new, second.alerts, second.joined) == (2, 0, 2)
    assert (await newsroom.count())["stories"] == 1


async def test_text_that_cannot_be_read_is_quarantined(newsroom: Newsroom):
    """An error of ours on one text costs that text only."""
    unreadable = replace(post(key="2"), links=None)  # type: ignore[arg-type]
    done = await newsroom.publish("a", post(), replace(unreadable, tags=7))  # type: ignore[arg-type]

    assert (done.new, done.quarantined) == (1, 1)


async def test_who_subscribed_between_alert_and_copy_hears_by_the_copy(newsroom: Newsroom):
    """Each joining item is decided again for chats that have no notice."""
    await newsroom.publish("a", post())
    assert await newsroom.told() == []
    await newsroom.subscribe(1003)
    await newsroom.publish("b", post())

    assert await newsroom.told() == [(1003, "refusal")]
    async with newsroom.store.read() as conn:
        notice = await notices.get_notice(conn, 1)
    assert notice is not None
    assert notice.item_id == 2


async def test_same_event_in_other_words_joins_and_is_said(newsroom: Newsroom):
    """A probable same event is one alert, and told visibly: a reply is queued, not only an edit."""
    from bot.store import due_messages, message_views, messages

    room = newsroom
    await room.subscribe(1001)
    first = (
        "Около сорока контрактников 60-й бригады отказались ехать под Малую Токмачку, "
        "рассказал адвокат Олег Вахрушев. Их держат на полигоне под Бердянском без воды."
    )
    other = (
        "По словам Олега Вахрушева, на полигоне под Бердянском сидят без воды сорок военных "
        "60-й бригады, контрактники: отказались ехать под Малую Токмачку."
    )
    await room.publish("a", post(first, "1"))
    await room.told()
    async with room.store.write() as conn:
        [message] = await due_messages.due(conn, room.now, 5)
        await messages.mark_sending(conn, [message.id], room.store.epoch)
        await messages.mark_sent(conn, message.id, 77, 1, room.now)
    done = await room.publish("b", post(other, "2"))
    assert (done.alerts, done.joined) == (0, 1)
    await room.told()

    async with room.store.read() as conn:
        due = await due_messages.due(conn, room.now, 5, per_chat=5)
        [reply] = [m for m in due if m.kind.value == "reply"]
        view = await message_views.view(conn, reply.id)
    assert view is not None
    assert view.content.to == 77
    assert view.content.other.source_title == "B"


async def test_a_feed_whose_guids_change_at_each_visit(newsroom: Newsroom) -> None:
    """Nothing is new while the words stand; an edit is a revision; a guid that is given to the
    next article hides neither."""
    await newsroom.subscribe(1)
    url = "https://a.example/news/1"
    await newsroom.publish("a", post(key="g1", url=url, title="Отказ"))
    again = await newsroom.publish("a", post(key="g2", url=url, title="Отказ"))
    edited = await newsroom.publish(
        "a", post(REFUSED + " Подробности.", key="g3", url=url, title="Отказ")
    )
    reused = post(
        "В Бурятии девять контрактников отказались возвращаться.",
        key="g1",
        url="https://a.example/news/2",
        title="Бурятия",
    )
    other = await newsroom.publish("a", reused)

    assert (again.new, again.revised) == (0, 0)
    assert (edited.new, edited.revised) == (0, 1)
    assert (other.new, other.alerts) == (1, 1)
    assert (await newsroom.publish("a", reused)).new == 0
    assert (await newsroom.items())[0].key == "g1"


@pytest.mark.parametrize("dated", ["moves", "stays", "none"])
@pytest.mark.parametrize("guid", ["s", "https://a.example/day"])
async def test_a_page_written_anew_each_day(newsroom: Newsroom, guid: str, dated: str) -> None:
    """Each day's story is told, and nobody's alert of yesterday is rewritten."""
    await newsroom.subscribe(1)
    texts = [
        REFUSED,
        "В Бурятии девять контрактников отказались возвращаться из отпуска.",
        "Суд в Чите рассмотрит дело сержанта: контрактник отказался лететь в Сирию.",
    ]
    began = newsroom.now
    await newsroom.publish("a")
    for n, text in enumerate(texts):
        when = {"moves": newsroom.now, "stays": began, "none": None}[dated]
        page = post(text, guid, url="https://a.example/day", title="День", published=when)
        done = [await newsroom.publish("a", page), await newsroom.publish("a", page)]
        assert [(each.new, each.revised, each.alerts) for each in done] == [(1, 0, 1), (0, 0, 0)]
        edited = await newsroom.publish("a", replace(page, text=f"{text} Дополнено."))
        assert (edited.new, edited.revised) == (0, 1)
        assert len(await newsroom.told()) == n + 1
        newsroom.clock.advance(hours=23)

    assert [item.text for item in await newsroom.items()] == [
        f"{text} Дополнено." for text in texts
    ]
