"""Groups, forum topics and channels: only their administrators decide, if they may use the bot."""

from __future__ import annotations

from bot.chat.access import NEUTRAL
from bot.model import ChatState, ChatType, Role, SourceState, Transport
from bot.store import chats, people, sources
from tests.chat.test_subscriber import OTHER, REFUSAL, subscriptions
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

GROUP, CHANNEL, STRANGER = -1001500, -1001600, 4001
HIDDEN = 1087968824  # in whose name Telegram shows administrators who post as the group


async def topics_of(vigil: Vigil, chat: int, thread: int = 0) -> list[str]:
    return [each.topic for each in await subscriptions(vigil, chat, thread)]


async def test_group_is_subscribed_by_its_administrator(vigil: Vigil) -> None:
    """Alerts come where an administrator who may use the bot asked for them."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    [answer] = await vigil.says(SUBSCRIBER, "/sub@vigil_test_bot refusal", chat_id=GROUP)
    assert answer.text.startswith("Subscribed: Refusal")
    await vigil.publish("a", Post("1", text=REFUSAL))

    assert "Refusal" in vigil.chat(GROUP)[-1].text
    assert await topics_of(vigil, SUBSCRIBER) == []


async def test_member_who_is_no_administrator_is_refused(vigil: Vigil) -> None:
    """A member of the bot does not decide for a group they do not administer."""
    await vigil.subscriber(SUBSCRIBER)
    group = vigil.telegram.people.group(GROUP, creator=STRANGER)
    group.people[SUBSCRIBER] = "member"
    [answer] = await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=GROUP)

    assert "Only an administrator" in answer.text
    assert await topics_of(vigil, GROUP) == []


async def test_administrator_who_is_a_stranger_to_the_bot_is_turned_away(vigil: Vigil) -> None:
    """Owning a group gives nobody a place in the bot."""
    vigil.telegram.people.group(GROUP, creator=STRANGER)
    for user_id in (STRANGER, STRANGER, 4002):
        await vigil.says(user_id, "/sub refusal", chat_id=GROUP)

    assert [m.text for m in vigil.chat(GROUP)] == [NEUTRAL]
    assert await topics_of(vigil, GROUP) == []


async def test_anonymous_administrators_are_administrators(vigil: Vigil) -> None:
    """Nobody else can post as a group; in one that is ours they choose what comes."""
    await vigil.subscriber(SUBSCRIBER)
    group = vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=GROUP)
    as_group = {"sender_chat": group.as_chat()}
    await vigil.says(HIDDEN, "/sub desertion", chat_id=GROUP, **as_group)
    assert await topics_of(vigil, GROUP) == ["desertion", "refusal"]
    await vigil.says(HIDDEN, "/source list", chat_id=GROUP, **as_group)
    await vigil.says(HIDDEN, "/stop", chat_id=GROUP, **as_group)
    assert "no /source" in " ".join(m.text for m in vigil.chat(GROUP))
    await vigil.press(SUBSCRIBER, "Delete", chat_id=GROUP)

    assert await topics_of(vigil, GROUP) == []


async def test_another_chat_does_not_speak_for_the_group(vigil: Vigil) -> None:
    """A channel's post in its discussion group is no administrator's command."""
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=GROUP)
    other = {"id": CHANNEL, "type": "channel", "title": "Other"}
    await vigil.says(HIDDEN, "/sub desertion", chat_id=GROUP, sender_chat=other)

    assert await topics_of(vigil, GROUP) == ["refusal"]


async def test_a_channel_is_stopped_and_its_administrator_goes_on(vigil: Vigil) -> None:
    """`/stop @channel` ends the channel's alerts; a slip of the name ends nothing."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    place = vigil.telegram.people.channel(CHANNEL, username="court_watch")
    place.people[SUBSCRIBER] = "administrator"
    async with vigil.app.engine.store.write() as conn:
        chat = await chats.ensure(conn, CHANNEL, 0, ChatType.CHANNEL, now=vigil.clock.now())
        await chats.subscribe(conn, chat.id, "refusal", vigil.clock.now())
    for slip in ("/stop @court_wach", "/stop court_watch", "/stop please"):
        [answer] = await vigil.says(SUBSCRIBER, slip)
        assert answer.labels() == [], slip
    await vigil.says(SUBSCRIBER, "/stop @court_watch")
    await vigil.press(SUBSCRIBER, "Delete")

    async with vigil.app.engine.store.read() as conn:
        assert await chats.by_address(conn, CHANNEL) is None
        assert await people.role_of(conn, SUBSCRIBER, frozenset()) is Role.SUBSCRIBER
    assert await topics_of(vigil, SUBSCRIBER) == ["refusal"]


async def test_a_channel_has_its_own_language_and_zone(vigil: Vigil) -> None:
    """What is set for the channel leaves its administrator's own as it was."""
    await vigil.subscriber(SUBSCRIBER, tz="Europe/Riga")
    place = vigil.telegram.people.channel(CHANNEL, username="court_watch")
    place.people[SUBSCRIBER] = "administrator"
    async with vigil.app.engine.store.write() as conn:
        await chats.ensure(conn, CHANNEL, 0, ChatType.CHANNEL, now=vigil.clock.now())
    await vigil.says(SUBSCRIBER, "/lang @court_watch uk")
    await vigil.says(SUBSCRIBER, "/tz @court_watch Київ")
    [which] = await vigil.says(SUBSCRIBER, "/lang @court_watch")

    async with vigil.app.engine.store.read() as conn:
        channel = await chats.by_address(conn, CHANNEL)
        own = await chats.by_address(conn, SUBSCRIBER)
    assert channel is not None
    assert own is not None
    assert (channel.lang, channel.tz) == ("uk", "Europe/Kyiv")
    assert (own.lang, own.tz) == ("en", "Europe/Riga")
    assert which.labels() == ["English", "Русский", "✓ Українська"]


async def test_posting_as_a_group_that_is_not_ours_changes_nothing(vigil: Vigil) -> None:
    """Somebody who may use the bot brings the group in as themselves first."""
    vigil.telegram.people.group(GROUP, creator=STRANGER)
    for _ in range(2):
        await vigil.says(HIDDEN, "/sub refusal", chat_id=GROUP)

    [answer] = vigil.chat(GROUP)
    assert "send the first command as yourself" in answer.text
    assert await topics_of(vigil, GROUP) == []


async def test_commands_of_other_bots_are_left_alone(vigil: Vigil) -> None:
    """In a group with many bots only what is ours is answered."""
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    for text in ("/sub@another_bot refusal", "/weather", "good morning"):
        assert await vigil.says(SUBSCRIBER, text, chat_id=GROUP) == []


async def test_each_forum_topic_is_its_own_chat(vigil: Vigil) -> None:
    """What one thread chose comes to that thread alone."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.group(GROUP, threads=(7, 9), creator=SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=GROUP, thread_id=7)
    await vigil.publish("a", Post("1", text=REFUSAL))

    assert {m.thread_id for m in vigil.chat(GROUP)} == {7}
    assert await topics_of(vigil, GROUP, 7) == ["refusal"]
    assert await topics_of(vigil, GROUP, 9) == []


async def test_toggles_in_a_group_obey_its_administrators_only(vigil: Vigil) -> None:
    """Everybody sees the buttons; rights are asked at the press."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.subscriber(2002)
    group = vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    group.people[2002] = "member"
    await vigil.says(SUBSCRIBER, "/topics", chat_id=GROUP)
    query = vigil.telegram.people.press(2002, "t:refusal", chat_id=GROUP)
    await vigil.settle()
    assert "Only an administrator" in vigil.telegram.people.pressed[query]["text"]
    assert await topics_of(vigil, GROUP) == []

    await vigil.press(SUBSCRIBER, "t:refusal", chat_id=GROUP)
    assert await topics_of(vigil, GROUP) == ["refusal"]


async def test_admin_commands_are_not_answered_in_groups(vigil: Vigil) -> None:
    """A group must not learn what is read, nor see an invitation."""
    vigil.telegram.people.group(GROUP, creator=ROOT)
    for command in ("/source list", "/invite", "/filter list"):
        [answer] = await vigil.says(ROOT, command, chat_id=GROUP)
        assert answer.text == "That works in a private chat with me only."


async def test_removed_from_a_group_and_back(vigil: Vigil) -> None:
    """A group that removed the bot gets nothing; added again it goes on."""
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=GROUP)
    vigil.telegram.people.changes_membership(GROUP, "kicked", by=SUBSCRIBER)
    await vigil.settle()
    assert await states(vigil, GROUP) == [ChatState.BLOCKED]

    vigil.telegram.people.changes_membership(GROUP, "member", by=SUBSCRIBER)
    await vigil.settle()
    assert await states(vigil, GROUP) == [ChatState.ACTIVE]
    assert "/topics" in vigil.chat(GROUP)[-1].text


async def states(vigil: Vigil, telegram_id: int) -> list[ChatState]:
    async with vigil.app.engine.store.read() as conn:
        return [chat.state for chat in await chats.by_telegram_id(conn, telegram_id)]


async def test_forgetting_a_group_leaves_people_alone(vigil: Vigil) -> None:
    """Ending a group's alerts takes nobody's role."""
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=GROUP)
    await vigil.says(SUBSCRIBER, "/stop", chat_id=GROUP)
    await vigil.press(SUBSCRIBER, "Delete", chat_id=GROUP)

    assert await states(vigil, GROUP) == []
    async with vigil.app.engine.store.read() as conn:
        assert await people.role_of(conn, SUBSCRIBER, ()) is Role.SUBSCRIBER


# channels


async def made_admin(vigil: Vigil, by: int, *, username: str = "") -> None:
    """`by` makes the bot an administrator of their channel."""
    channel = vigil.telegram.people.channel(CHANNEL, "Pskov Live", username=username)
    channel.people[by] = "creator"
    channel.status = "left"
    vigil.telegram.people.changes_membership(CHANNEL, "administrator", by=by)
    await vigil.settle()


async def test_channel_becomes_a_source_when_an_admin_confirms(vigil: Vigil) -> None:
    """Being added reads nothing yet; from the button on each post is told."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(ROOT, "/help")
    await made_admin(vigil, ROOT)
    asked = vigil.chat(ROOT)[-1]
    assert asked.labels() == ["Use as a source", "Send alerts here", "Neither"]
    vigil.telegram.people.posts(CHANNEL, REFUSAL)
    await vigil.settle()
    assert vigil.chat(SUBSCRIBER) == []

    await vigil.press(ROOT, "Use as a source")
    vigil.telegram.people.posts(CHANNEL, OTHER)
    await vigil.settle()

    [alert] = vigil.chat(SUBSCRIBER)
    assert "Pskov Live" in alert.text
    assert "court" in asked.labels()


async def test_source_button_of_a_subscriber_does_not_exist_nor_work(vigil: Vigil) -> None:
    """A subscriber may send alerts to their channel, not make it a source."""
    await vigil.subscriber(SUBSCRIBER)
    await made_admin(vigil, SUBSCRIBER)
    asked = vigil.chat(SUBSCRIBER)[-1]
    assert asked.labels() == ["Send alerts here", "Neither"]
    forged = asked.buttons[0][0]["callback_data"].replace("alerts", "source")
    vigil.telegram.people.forge(SUBSCRIBER, forged, vigil.telegram.place(SUBSCRIBER), asked)
    await vigil.settle()

    async with vigil.app.engine.store.read() as conn:
        assert await sources.list_all(conn) == []


async def test_source_button_dies_with_the_role(vigil: Vigil) -> None:
    """Who was an admin when asked, and no longer is when pressing, adds no source."""
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, SUBSCRIBER, Role.ADMIN, ROOT, vigil.clock.now())
    await vigil.says(SUBSCRIBER, "/help")
    await made_admin(vigil, SUBSCRIBER)
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, SUBSCRIBER, Role.SUBSCRIBER, ROOT, vigil.clock.now())
    await vigil.press(SUBSCRIBER, "Use as a source")

    async with vigil.app.engine.store.read() as conn:
        [source] = await sources.list_all(conn)
    assert source.state is SourceState.PENDING


async def test_alerts_go_to_a_channel_of_its_administrator(vigil: Vigil) -> None:
    """The topics of a channel are chosen in its administrator's private chat."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    await made_admin(vigil, SUBSCRIBER)
    await vigil.press(SUBSCRIBER, "Send alerts here")
    labels = [each["callback_data"] for row in vigil.chat(SUBSCRIBER)[-1].buttons for each in row]
    refusal = next(data for data in labels if data.endswith(":refusal"))
    await vigil.press(SUBSCRIBER, refusal)
    await vigil.publish("a", Post("1", text=REFUSAL))

    assert "Refusal" in vigil.chat(CHANNEL)[-1].text
    assert await topics_of(vigil, SUBSCRIBER) == []

    # Another subscriber forges the same button in their own chat.
    await vigil.subscriber(2002)
    await vigil.says(2002, "/help")
    vigil.telegram.people.forge(2002, refusal, vigil.telegram.place(2002))
    await vigil.settle()
    assert await topics_of(vigil, CHANNEL) == ["refusal"]


async def test_stranger_who_adds_the_bot_to_a_channel_is_asked_nothing(vigil: Vigil) -> None:
    """What strangers do with the bot has no effect."""
    vigil.telegram.people.started(STRANGER)
    await made_admin(vigil, STRANGER)

    assert vigil.chat(STRANGER) == []
    async with vigil.app.engine.store.read() as conn:
        assert await sources.list_all(conn) == []
        assert await chats.by_telegram_id(conn, CHANNEL) == []


async def test_lost_channel_is_told_to_admins(vigil: Vigil) -> None:
    """A source that ends in silence would be a lost alert."""
    await vigil.says(ROOT, "/topics")
    await made_admin(vigil, ROOT)
    await vigil.press(ROOT, "Use as a source")
    vigil.telegram.people.changes_membership(CHANNEL, "kicked", by=ROOT)
    await vigil.settle()

    assert "no longer get its posts" in vigil.chat(ROOT)[-1].text
    async with vigil.app.engine.store.read() as conn:
        [source] = await sources.list_all(conn)
    assert source.state is SourceState.GONE
    assert source.transport is Transport.CHANNEL


async def test_pending_channel_can_be_confirmed_from_the_list(vigil: Vigil) -> None:
    """A question that never came, or was deleted, does not lose the channel."""
    await vigil.says(ROOT, "/help")
    await made_admin(vigil, ROOT)
    [listed] = await vigil.says(ROOT, "/source list")
    assert "/source resume 1" in listed.text
    await vigil.says(ROOT, "/source resume 1")

    async with vigil.app.engine.store.read() as conn:
        [source] = await sources.list_all(conn)
    assert source.state is SourceState.ACTIVE


async def test_edited_post_is_not_a_second_alert(vigil: Vigil) -> None:
    """A post that is edited stays one item."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.says(ROOT, "/help")
    await made_admin(vigil, ROOT, username="pskovlive")
    await vigil.press(ROOT, "Use as a source")
    number = vigil.telegram.people.posts(CHANNEL, REFUSAL)
    await vigil.settle()
    vigil.telegram.people.edits_post(CHANNEL, number, REFUSAL + " Дополнено.")
    await vigil.settle()

    [alert] = vigil.chat(SUBSCRIBER)
    assert f"t.me/pskovlive/{number}" in alert.text


async def test_a_channel_linked_before_tz_gets_the_zone(vigil: Vigil) -> None:
    """Of its administrator; one that somebody else administers keeps its own."""
    mine, other = -100901, -100902
    await vigil.says(ROOT, "/normal")
    for channel in (mine, other):
        vigil.telegram.people.channel(channel, f"Channel {channel}")
        vigil.telegram.place(channel).people[ROOT] = "administrator"
        vigil.telegram.people.changes_membership(channel, "left", by=ROOT)
        vigil.telegram.people.changes_membership(channel, "administrator", by=ROOT)
        await vigil.settle()
        await vigil.press(ROOT, "Send alerts here")
    del vigil.telegram.place(other).people[ROOT]
    await vigil.says(ROOT, "/tz Kyiv")

    async with vigil.app.engine.store.read() as conn:
        found = [await chats.by_address(conn, channel) for channel in (mine, other)]
    assert [chat and chat.tz for chat in found] == ["Europe/Kyiv", "UTC"]


async def test_answers_in_a_group_are_for_whoever_asked(vigil: Vigil) -> None:
    """Where Telegram can show a message to one person, Why? and commands fill nobody's screen."""
    vigil.telegram.world.api = (10, 5)
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER)
    group = vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    await vigil.says(SUBSCRIBER, "/sub refusal", chat_id=GROUP)
    await vigil.publish("a", Post("1", text=REFUSAL))
    await vigil.press(STRANGER, "Why?", chat_id=GROUP)

    said = [(who, posted.text.splitlines()[0]) for who, posted in group.aside]
    assert said[-1] == (STRANGER, "You follow: Refusal.")
    assert said[0][0] == SUBSCRIBER
    assert [m.text.splitlines()[0] for m in vigil.chat(GROUP)] == ["Refusal · Russian army"]
