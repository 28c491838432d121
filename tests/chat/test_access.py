"""Who gets in, and what happens to everybody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.chat.access import NEUTRAL, start_parts
from bot.commands.calls import Actor, Backend, Call, Place
from bot.commands.people import MOST_DAYS, claim, invite
from bot.model import ChatType, Role
from bot.store import chats, people
from bot.store import schema as s
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

GUEST, OTHER = 3001, 3002


async def invited(vigil: Vigil, command: str = "/invite 7", by: int = ROOT) -> str:
    """The code of a new invitation."""
    *_, link = await vigil.says(by, command)
    found = re.fullmatch(r"https://t\.me/vigil_test_bot\?start=([\w-]+)", link.text)
    assert found is not None
    return found[1]


async def role(vigil: Vigil, user_id: int) -> Role:
    async with vigil.app.engine.store.read() as conn:
        return await people.role_of(conn, user_id, ())


async def test_stranger_gets_one_neutral_line_a_day(vigil: Vigil) -> None:
    """Whatever is tried, and however often, the answer says nothing and is no flood."""
    for text in (
        "/start",
        "/sub refusal",
        "hello",
        "/source list",
        "/start AAAAAAAAAAAAAAAAAAAAAA",
    ):
        await vigil.says(GUEST, text)

    assert [m.text for m in vigil.chat(GUEST)] == [NEUTRAL]

    vigil.clock.advance(hours=25)
    await vigil.says(GUEST, "/topics")

    assert len(vigil.chat(GUEST)) == 2


async def test_nothing_is_stored_of_a_stranger(vigil: Vigil) -> None:
    """Someone who only tries leaves no trace in the database."""
    await vigil.says(GUEST, "/start")
    await vigil.says(GUEST, "/sub refusal")

    async with vigil.app.engine.store.read() as conn:
        assert await chats.by_telegram_id(conn, GUEST) == []
        assert await people.list_people(conn) == []


async def test_invitation_lets_one_person_in_once(vigil: Vigil) -> None:
    """A code works once; whoever comes second is a stranger."""
    code = await invited(vigil)
    [welcome] = await vigil.says(GUEST, f"/start {code}")
    await vigil.says(OTHER, f"/start {code}")

    assert welcome.labels()[:2] == ["✓ Quiet", "Normal"]
    assert await role(vigil, GUEST) is Role.SUBSCRIBER
    assert await role(vigil, OTHER) is Role.STRANGER
    assert [m.text for m in vigil.chat(OTHER)] == [NEUTRAL]


async def test_whoever_has_a_role_uses_up_no_invitation(vigil: Vigil) -> None:
    """Who tries the link before passing it on has not spoilt it."""
    code = await invited(vigil)
    [answer] = await vigil.says(ROOT, f"/start {code}")
    assert "not used up" in answer.text

    await vigil.says(GUEST, f"/start {code}")
    assert await role(vigil, GUEST) is Role.SUBSCRIBER
    await vigil.says(OTHER, f"/start {code}")
    assert await role(vigil, OTHER) is Role.STRANGER


async def test_invitation_expires(vigil: Vigil) -> None:
    """A link found later in somebody's phone opens nothing."""
    code = await invited(vigil, "/invite 2")
    vigil.clock.advance(hours=49)
    await vigil.says(GUEST, f"/start {code}")

    assert await role(vigil, GUEST) is Role.STRANGER


async def test_only_the_hash_of_a_code_is_stored(vigil: Vigil) -> None:
    """Who reads the database cannot redeem what is in it."""
    code = await invited(vigil)

    async with vigil.app.engine.store.read() as conn:
        rows = (await conn.execute(s.invites.select())).all()
    assert code not in repr(rows)


async def test_only_root_makes_admins(vigil: Vigil) -> None:
    """An appointed admin may invite subscribers, not admins."""
    await vigil.says(GUEST, f"/start {await invited(vigil, '/invite admin')}")
    assert await role(vigil, GUEST) is Role.ADMIN

    [refused] = await vigil.says(GUEST, "/invite admin")
    assert "root admin" in refused.text
    code = await invited(vigil, by=GUEST)
    await vigil.says(OTHER, f"/start {code}")

    assert await role(vigil, OTHER) is Role.SUBSCRIBER


async def test_subscriber_cannot_run_admin_commands(vigil: Vigil) -> None:
    """To a subscriber an admin's command does not exist."""
    await vigil.subscriber(SUBSCRIBER)
    for command in (
        *("/invite", "/admins", "/revoke 1001"),
        *("/source add @x", "/filter list", "/health"),
    ):
        [answer] = await vigil.says(SUBSCRIBER, command)
        assert answer.text.startswith("There is no /"), command


async def test_claim_makes_the_first_root_admin_once(vigil: Vigil) -> None:
    """The link of the terminal works for 15 minutes, once, and while there is no root admin."""
    store, now = vigil.app.engine.store, vigil.clock.now()
    late = await claim(Backend(store), now - timedelta(minutes=16))
    await vigil.says(OTHER, f"/start {late}")
    assert await role(vigil, OTHER) is Role.STRANGER

    code = await claim(Backend(store), now)
    [welcome] = await vigil.says(GUEST, f"/start {code}")

    assert "root admin" in welcome.text
    assert await role(vigil, GUEST) is Role.ROOT
    assert await claim(Backend(store), now) is None


async def test_new_claim_voids_the_old_one(vigil: Vigil) -> None:
    """Two starts leave one link that works."""
    store = vigil.app.engine.store
    old = await claim(Backend(store), vigil.clock.now())
    await claim(Backend(store), vigil.clock.now())
    await vigil.says(GUEST, f"/start {old}")

    assert await role(vigil, GUEST) is Role.STRANGER


async def test_revoked_person_is_a_stranger_and_hears_nothing(vigil: Vigil) -> None:
    """A role taken away ends the alerts too."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    [asked] = await vigil.says(ROOT, f"/revoke {SUBSCRIBER}")
    assert asked.text.startswith("Take away the role of ")
    assert await role(vigil, SUBSCRIBER) is Role.SUBSCRIBER
    await vigil.press(ROOT, "Take away")

    assert "has no role any more" in asked.text
    async with vigil.app.engine.store.read() as conn:
        assert await chats.by_telegram_id(conn, SUBSCRIBER) == []
    assert [m.text for m in await vigil.says(SUBSCRIBER, "/list")] == [NEUTRAL]


async def test_admin_cannot_revoke_root_or_another_admin(vigil: Vigil) -> None:
    """Power is taken only from above."""
    await vigil.says(GUEST, f"/start {await invited(vigil, '/invite admin')}")
    await vigil.says(OTHER, f"/start {await invited(vigil, '/invite admin')}")
    for target in (ROOT, OTHER):
        await vigil.says(GUEST, f"/revoke {target}")

    assert await role(vigil, OTHER) is Role.ADMIN
    assert (await vigil.says(ROOT, "/admins"))[0].text.count("admin:") == 3


async def test_revoke_by_reply_to_a_forwarded_message(vigil: Vigil) -> None:
    """A number need not be typed: a message forwarded from the person names them."""
    await vigil.subscriber(SUBSCRIBER)
    people_ = vigil.telegram.people
    origin = {
        "type": "user",
        "date": 0,
        "sender_user": vigil.telegram.world.people[SUBSCRIBER],
    }
    people_.says(ROOT, "hello", forward_origin=origin)
    forwarded = vigil.telegram.updates.waiting[-1]["message"]
    await vigil.settle()
    await vigil.says(ROOT, "/revoke", reply_to_message=forwarded)
    await vigil.press(ROOT, "Take away")

    assert await role(vigil, SUBSCRIBER) is Role.STRANGER


async def test_invite_refuses_what_it_does_not_understand(vigil: Vigil) -> None:
    """A slip makes no link with other powers than meant."""
    for slip in ("/invite admim", "/invite 400", "/invite 0", "/invite 2 3"):
        [answer] = await vigil.says(ROOT, slip)
        assert answer.text.startswith("Write /invite")


async def test_revoke_invites_voids_open_links(vigil: Vigil) -> None:
    """A link sent to the wrong person can be called back."""
    code = await invited(vigil)
    [answer] = await vigil.says(ROOT, "/revoke invites")
    await vigil.press(ROOT, "Void")
    await vigil.says(GUEST, f"/start {code}")

    assert answer.text == "1 invitation voided."
    assert await role(vigil, GUEST) is Role.STRANGER


async def test_open_invitations_are_voided_one_by_one(vigil: Vigil) -> None:
    """A button each, asked once; the others stay good. An admin's is a root admin's to void."""
    first, second = await invited(vigil), await invited(vigil, "/invite admin")
    [shown] = await vigil.says(ROOT, "/invites")
    assert " more" not in shown.text
    by_label = {label.removeprefix("✕ "): label for label in shown.labels()}
    number = next(each for each in by_label if f"{each} for a subscriber" in shown.text)
    await vigil.press(ROOT, by_label[number])
    await vigil.press(ROOT, "Void")
    for code, guest in ((first, GUEST), (second, OTHER)):
        await vigil.says(guest, f"/start {code}")

    assert await role(vigil, GUEST) is Role.STRANGER
    assert await role(vigil, OTHER) is Role.ADMIN
    await invited(vigil, "/invite admin")
    [seen] = await vigil.says(OTHER, "/invites")
    assert "for an admin" in seen.text
    assert seen.labels() == []


async def test_admins_are_made_and_unmade_without_a_link(vigil: Vigil) -> None:
    """A root admin's to do; asked first, told to the other admins, taken back by /undo."""
    await vigil.subscriber(GUEST)
    await vigil.subscriber(OTHER)
    await vigil.says(ROOT, f"/admin add {OTHER}")
    await vigil.press(ROOT, "Make admin")
    [refused] = await vigil.says(OTHER, f"/admin add {GUEST}")
    await vigil.says(ROOT, f"/admin add {GUEST}")
    await vigil.press(ROOT, "Make admin")
    made = await role(vigil, GUEST)
    told = [m.text for m in vigil.chat(OTHER) if "new admin" in m.text]
    await vigil.says(ROOT, "/undo last")
    [listed] = await vigil.says(ROOT, "/admins")
    await vigil.press(ROOT, f"✕ {OTHER}")
    await vigil.press(ROOT, "Take away")

    assert refused.text == "Only a root admin can do that."
    assert made is Role.ADMIN
    assert len(told) == 2  # of themselves, too
    assert await role(vigil, GUEST) is Role.SUBSCRIBER
    assert f"admin: {OTHER}" in listed.text
    assert await role(vigil, OTHER) is Role.STRANGER


async def test_a_bare_invite_asks_first(vigil: Vigil) -> None:
    """A menu's tap lets nobody in; what was asked and answered can be answered no more."""
    await vigil.says(ROOT, "/invite")
    await vigil.press(ROOT, "No")
    left = vigil.chat(ROOT)[-1]
    async with vigil.app.engine.store.read() as conn:
        none = await people.list_invites(conn, vigil.clock.now())
    asked = (await vigil.says(ROOT, "/invite"))[-1].text
    *_, link = await vigil.press(ROOT, "Make a link")
    async with vigil.app.engine.store.read() as conn:
        [one] = await people.list_invites(conn, vigil.clock.now())
    made = next(each for each in vigil.chat(ROOT) if each.text == "An invitation:")
    await vigil.says(SUBSCRIBER, f"/start {link.text.partition('=')[2]}")

    assert none == []
    assert asked == "Make a link that lets one person in, for 7 days?"
    assert timedelta(days=6, hours=23) < one.expires_at - vigil.clock.now() <= timedelta(days=7)
    assert (left.text, left.labels(), made.labels()) == ("Nothing was changed.", [], [])
    assert "Choose Quiet" in vigil.chat(SUBSCRIBER)[-1].text


async def test_who_was_no_admin_before_is_a_stranger_again(vigil: Vigil) -> None:
    """Undone: no role, no alert, no menu of an admin; the journal keeps nobody's number."""
    await vigil.add_source("a")
    await vigil.says(ROOT, f"/admin add {GUEST}")
    await vigil.press(ROOT, "Make admin")
    vigil.clock.advance(9)
    await vigil.says(GUEST, "/sub refusal")
    await vigil.says(ROOT, "/undo last")
    said = len(vigil.chat(GUEST))
    await vigil.publish("a", Post("1", text="Около 60 контрактников отказались ехать на войну."))
    async with vigil.app.engine.store.read() as conn:
        chat = await chats.by_address(conn, GUEST)
        rows = (await conn.execute(sa.select(s.audit))).all()
    menu = vigil.telegram.methods.commands["chat", ""]

    assert await role(vigil, GUEST) is Role.STRANGER
    assert chat is None
    assert len(vigil.chat(GUEST)) == said
    assert str(GUEST) not in str(rows)
    assert "filter" not in [each["command"] for each in menu]


KNOWN = ("refusal", "desertion", "t")
CODE = "A-b_" * 5 + "xy"


@pytest.mark.parametrize(
    ("said", "code", "topics"),
    [
        (CODE, CODE, ()),
        (f"{CODE}-refusal-desertion", CODE, ("refusal", "desertion")),
        (f"{CODE}-refusal-gone-refusal", CODE, ("refusal",)),
        ("t-refusal", "", ("refusal",)),
        ("t-gone-desertion", "", ("desertion",)),
        ("t-gone", "t-gone", ()),  # no topic: whatever it is, it is no link of ours
        (f"{CODE}refusal-desertion", f"{CODE}refusal-desertion", ()),
        ("", "", ()),
    ],
)
def test_a_link_holds_a_code_and_topics(said: str, code: str, topics: tuple[str, ...]) -> None:
    """A code may have dashes itself; topics that are gone are left out."""
    assert start_parts(said, KNOWN) == (code, topics)


async def test_an_invitation_says_for_whom_until_when_and_for_what(vigil: Vigil) -> None:
    """Who passes it on knows what it does; what a link cannot hold is said."""
    [line, link] = await vigil.says(ROOT, "/invite 1 refusal, refusal desertion")
    assert "For one person, once, until " in line.text
    assert line.text.count("Refusal") == 1
    assert "Desertion" in line.text
    assert link.text.endswith("-refusal-desertion")
    [admins, _] = await vigil.says(ROOT, f"/invite ADMIN {MOST_DAYS}")
    assert "For one new admin" in admins.text
    [most] = await vigil.says(ROOT, f"/invite {MOST_DAYS + 1}")
    assert most.text.startswith("Write /invite")

    longest = "draft-evasion desertion self-harm"  # a code of 22 letters and a dash before them
    [_, link] = await vigil.says(ROOT, f"/invite {longest} refusal")
    assert len(link.text.partition("=")[2]) == 64
    [full, _] = await vigil.says(ROOT, f"/invite {longest} pressure")
    assert "they choose by themselves" in full.text

    topics = vigil.app.engine.reader.topics
    assert len("-".join(topics)) + 23 > 64
    [full, link] = await vigil.says(ROOT, "/invite " + " ".join(topics))
    assert "they choose by themselves" in full.text
    assert len(link.text.partition("=")[2]) == 22


async def test_more_invitations_than_a_message_shows_are_counted(vigil: Vigil) -> None:
    """Thirty have a button each; how many more there are is said."""
    place = Place(ROOT, ChatType.PRIVATE, 0)
    call = Call(Actor(ROOT, Role.ROOT), place, vigil.clock.now(), manages=True)
    for _ in range(32):
        await invite(vigil.app.services.backend, call, Role.SUBSCRIBER, timedelta(days=1))
    [shown] = await vigil.says(ROOT, "/invites")

    assert len(shown.labels()) == 30
    assert "\n2 more" in shown.text


async def test_whoever_takes_a_role_away_reads_why_not(vigil: Vigil) -> None:
    """Nobody but who has one, not oneself, not who stands above."""
    await vigil.says(GUEST, f"/start {await invited(vigil, '/invite admin')}")
    said = {
        command: (await vigil.says(by, command))[0].text
        for by, command in (
            (ROOT, f"/revoke {ROOT}"),
            (ROOT, "/revoke 777"),
            (ROOT, "/revoke"),
            (ROOT, "/revoke 1234567890123456"),
            (GUEST, f"/revoke {GUEST}"),
            (GUEST, f"/admin remove {ROOT}"),
        )
    }

    assert said[f"/revoke {ROOT}"].startswith("That is you")
    assert said["/revoke 777"] == "777 has no role here."
    assert said["/revoke"].startswith("Whom?")
    assert said["/revoke 1234567890123456"].startswith("Whom?")
    assert said[f"/revoke {GUEST}"].startswith("That is you")
    assert said[f"/admin remove {ROOT}"].startswith("Only a root admin can do that")
    assert await role(vigil, GUEST) is Role.ADMIN
    first, second = [(await vigil.says(ROOT, f"/revoke {GUEST}"))[-1] for _ in range(2)]
    for asked in (second, first):
        await vigil.press(ROOT, "Take away", message_id=asked.message_id)
    assert await role(vigil, GUEST) is Role.STRANGER
    assert vigil.chat(ROOT)[-2].text == f"{GUEST} has no role here."


async def test_a_reply_names_who_wrote_it_or_was_forwarded(vigil: Vigil) -> None:
    """A bot is nobody, and Telegram hides some senders: then the number is asked for."""
    people_ = vigil.telegram.world.people
    await vigil.subscriber(GUEST)
    answers = []
    for message in (
        {"from": people_[GUEST]},
        {"from": {**people_[GUEST], "is_bot": True}},
        {
            "from": {**people_[GUEST], "id": ROOT},
            "forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": "Somebody"},
        },
    ):
        reply = {"message_id": 1, "date": 0, "chat": {"id": ROOT, "type": "private"}, **message}
        [answer] = await vigil.says(ROOT, "/revoke", reply_to_message=reply)
        answers.append(answer.text.split(" ")[0])

    assert answers == ["Take", "Whom?", "Whom?"]


async def test_admins_are_named_and_counted(vigil: Vigil) -> None:
    """By number and name; subscribers are only counted; what each may do next stands below."""
    await vigil.subscriber(SUBSCRIBER)
    await vigil.says(GUEST, f"/start {await invited(vigil, '/invite admin')}")
    await invited(vigil)
    [by_root] = await vigil.says(ROOT, "/admin")
    [by_admin] = await vigil.says(GUEST, "/admins")
    [whom] = await vigil.says(ROOT, "/admin add")
    await vigil.says(ROOT, f"/admin add {GUEST}")
    [asked] = [each for each in vigil.chat(ROOT) if each.text.startswith("Make ")]
    await vigil.press(ROOT, "Make admin")

    assert f"root admin: {ROOT} User {ROOT}\n" in by_root.text
    assert f"\nadmin: {GUEST} User {GUEST}\n" in by_root.text
    assert "1 invited subscriber\n1 open invitation /invites" in by_root.text
    assert "/admin add" in by_root.text
    assert by_root.labels() == [f"✕ {GUEST}"]
    assert "/admin add" not in by_admin.text
    assert by_admin.labels() == []
    assert whom.text.startswith("Whom?")
    assert asked.text == f"{GUEST} is an admin already."
    [unknown] = await vigil.says(ROOT, f"/admin add {OTHER}")  # Telegram does not say who that is
    assert unknown.text.startswith(f"Make {OTHER} an admin?")


async def test_an_invitation_that_was_used_meanwhile_is_not_voided(vigil: Vigil) -> None:
    """Who asked reads so; an old button says that it is out of date."""
    code = await invited(vigil)
    [shown] = await vigil.says(ROOT, "/invites")
    [label] = shown.labels()
    await vigil.press(ROOT, label)
    await vigil.says(GUEST, f"/start {code}")
    await vigil.press(ROOT, "Void")

    assert vigil.chat(ROOT)[-1].text == "It was used or voided meanwhile."
    assert await role(vigil, GUEST) is Role.SUBSCRIBER
    query = vigil.telegram.people.press(ROOT, label)
    await vigil.settle()
    assert vigil.telegram.people.pressed[query]["text"] == "This button no longer works."
    [none] = await vigil.says(ROOT, "/invites")
    assert none.text == "No invitation is open. /invite makes one."
