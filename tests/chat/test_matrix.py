"""Role × command × place: who is answered what, and that a refusal changes nothing.

The rules of `bot.commands.roles` say who may. Here every command there is, with words that
would change something, is given by everybody everywhere; and every button, with forged values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.botapi.updates import parsed, raw_updates
from bot.callbacks import Callback
from bot.chat import routes
from bot.chat.access import NEUTRAL
from bot.commands.roles import RANK, RULES, Command, Where
from bot.model import ChatType, Role
from bot.store import chats, people
from bot.store import schema as s
from tests.chat.test_groups import GROUP, HIDDEN
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

STRANGER, ADMIN, OTHER = 4001, 5001, 2002
TYPED = routes.COMMANDS
PRESSES = routes.PRESSES

# What each is given, so that it would do something.
WORDS = {
    "sub": "refusal", "unsub": "desertion", "watch": "Зайцево", "search": "Чита", "last": "refusal",
    "why": "https://t.me/x/1", "mute": "story", "snooze": "2d", "pause": "2h", "lang": "uk",
    "tz": "+5", "hours": "22-7", "digest": "weekly", "cap": "3", "vanish": "1h",
    "settings": "edits", "source": "pause 1", "filter": "off desertion/awol", "group": "add x а, б",
    "topic": "add A | Б | В", "entity": "test Чиков", "admin": f"add {OTHER}",
    "revoke": str(OTHER), "backtest": "суд 7d", "precision": "1", "feedback": "7",
    "invite": "3", "quiet": "", "normal": "",
}  # fmt: skip
# What is kept of whoever speaks, whatever they say.
NOT_A_CHANGE = {
    s.said, s.drafts, s.inbox, s.messages, s.meta, s.counters, s.archive, s.quarantine, s.captures,
}  # fmt: skip


@dataclass(frozen=True)
class Who:
    """Somebody at a place. `manages`: Telegram calls them its administrator."""

    name: str
    user: int
    role: Role
    place: int = 0
    manages: bool = True
    hidden: bool = False


EVERYBODY = (
    Who("stranger", STRANGER, Role.STRANGER),
    Who("subscriber", SUBSCRIBER, Role.SUBSCRIBER),
    Who("admin", ADMIN, Role.ADMIN),
    Who("root", ROOT, Role.ROOT),
    Who("stranger in a group", STRANGER, Role.STRANGER, GROUP),
    Who("member of a group", OTHER, Role.SUBSCRIBER, GROUP, manages=False),
    Who("administrator of a group", SUBSCRIBER, Role.SUBSCRIBER, GROUP),
    Who("root in a group", ROOT, Role.ROOT, GROUP),
    Who("hidden administrator", HIDDEN, Role.SUBSCRIBER, GROUP, hidden=True),
)


async def peopled(vigil: Vigil) -> None:
    """People of each role, a group of ours, a source, and a subscription that a slip could end."""
    await vigil.add_source("a")
    await vigil.subscriber(SUBSCRIBER, "desertion")
    await vigil.subscriber(OTHER)
    await vigil.subscriber(ADMIN)
    now = vigil.clock.now()
    group = vigil.telegram.people.group(GROUP, creator=SUBSCRIBER)
    group.people |= {OTHER: "member", ROOT: "administrator", STRANGER: "administrator"}
    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, ADMIN, Role.ADMIN, None, now)
        chat = await chats.ensure(conn, GROUP, 0, ChatType.SUPERGROUP, now=now)
        await chats.subscribe(conn, chat.id, "desertion", now)


async def stored(vigil: Vigil) -> dict[str, list[str]]:
    """Every row of every table that people change."""
    async with vigil.app.engine.store.read() as conn:
        return {
            table.name: sorted(repr(tuple(row)) for row in await conn.execute(table.select()))
            for table in s.metadata.sorted_tables
            if table not in NOT_A_CHANGE
        }


async def handled(vigil: Vigil) -> None:
    """Give what waits to the router at once: nothing else of the application need move."""
    waiting, _ = raw_updates(vigil.telegram.updates.waiting)
    vigil.telegram.updates.waiting.clear()
    for each in waiting:
        vigil.clock.advance(3)  # people type slowly, and Telegram is not asked to hurry
        await vigil.moving(vigil.app.router.handle(parsed(each)))
    await vigil.moving(vigil.app.services.jobs.settle())


async def said(vigil: Vigil, who: Who, text: str) -> list[str]:
    """What the bot answers where it was said."""
    more: dict[str, Any] = {"chat_id": who.place} if who.place else {}
    if who.hidden:
        more["sender_chat"] = vigil.telegram.world.places[GROUP].as_chat()
    place = who.place or who.user
    before = len(vigil.chat(place)) if place in vigil.telegram.world.places else 0
    vigil.telegram.people.says(who.user, text, **more)
    await handled(vigil)
    return [m.text for m in vigil.chat(place)[before:]]


def refusal(who: Who, name: str, needs: Command) -> str | None:
    """How the table of rights has it refused; None where it is answered."""
    rule = RULES[needs]
    if RANK[who.role] < RANK[rule.role]:
        return f"There is no /{name}."
    if who.place and rule.where in (Where.PRIVATE, Where.ADMINS):
        return "That works in a private chat with me only."
    if rule.where in (Where.MANAGED, Where.MANAGED_OR_ADMINS) and not who.manages:
        return "Only an administrator of this chat can do that."
    return None


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda each: each.name)
async def test_every_command_by_everybody(vigil: Vigil, who: Who) -> None:
    """Answered or refused as the table of rights has it; what is refused changes nothing."""
    await peopled(vigil)
    before = await stored(vigil)
    expected = {name: refusal(who, name, each.needs) for name, each in TYPED.items()}
    refused = [name for name in TYPED if expected[name] or who.role is Role.STRANGER]
    wrong: list[str] = []
    for name in refused:
        answers = await said(vigil, who, f"/{name} {WORDS.get(name, '')}".strip())
        line = expected[name] or NEUTRAL
        fine = len(answers) == 1 and answers[0].startswith(line)
        if not fine and not (who.role is Role.STRANGER and answers in ([], [NEUTRAL])):
            wrong.append(f"/{name}: {answers}")
    after = await stored(vigil)
    wrong += [f"changed: {table}" for table in after if after[table] != before[table]]
    # Those that end a chat or hide it come last.
    ends = ("stop", "forget", "quiet")
    for name in sorted(set(TYPED) - set(refused), key=lambda each: (each in ends, each)):
        answers = await said(vigil, who, f"/{name} {WORDS.get(name, '')}".strip())
        if not answers or any(_is_refusal(each) for each in answers):
            wrong.append(f"/{name}: {answers}")

    assert wrong == []


def _is_refusal(text: str) -> bool:
    return text.startswith(
        ("There is no /", "That works in a private", "Only an administrator of", "Something went")
    )


def test_every_command_that_takes_words_has_some() -> None:
    """A new command is given words here, so that it is tried in earnest."""
    bare = {
        "start", "help", "topics", "list", "mutes", "resume", "privacy", "forget", "stop", "admins",
        "invites", "export", "import", "review", "status", "health", "audit", "undo", "stats",
    }  # fmt: skip

    assert set(TYPED) == set(WORDS) | bare


FORGED = ("", "1", "y:AAAAAAAAAAAAAAAA")


@pytest.mark.parametrize(
    "who",
    [each for each in EVERYBODY if each.role is Role.STRANGER or not each.manages],
    ids=lambda each: each.name,
)
async def test_every_button_by_whoever_may_not(vigil: Vigil, who: Who) -> None:
    """Each kind of press with forged values: answered, and nothing has changed."""
    await peopled(vigil)
    root = Who("root", ROOT, Role.ROOT)
    await said(vigil, root, "/filter add desertion самоволка")  # drafts that a token may hit
    vigil.telegram.people.started(STRANGER)
    for user, place in ((SUBSCRIBER, GROUP), (STRANGER, STRANGER)):
        vigil.telegram.people.says(user, "/topics", chat_id=place)
    await handled(vigil)
    where = vigil.telegram.world.places[who.place or who.user]
    before = await stored(vigil)
    forged = {
        vigil.telegram.people.forge(who.user, data, where): data
        for data in (f"{kind}:{value}" for kind in Callback for value in FORGED)
    }
    await handled(vigil)

    pressed = vigil.telegram.people.pressed
    assert [data for query, data in forged.items() if not pressed[query]] == []
    after = await stored(vigil)
    assert [table for table in after if after[table] != before[table]] == []


async def test_every_button_with_forged_values_by_an_admin(vigil: Vigil) -> None:
    """No value that nobody offered ends in a failure, or in silence."""
    await peopled(vigil)
    await said(vigil, Who("root", ROOT, Role.ROOT), "/help")
    where = vigil.telegram.world.places[ROOT]
    values = (*FORGED, "²:refusal")
    forged = {
        vigil.telegram.people.forge(ROOT, data, where): data
        for data in (f"{kind}:{value}" for kind in (*Callback, "zz", "") for value in values)
    }
    await handled(vigil)

    pressed = vigil.telegram.people.pressed
    wrong = {data: pressed[query] for query, data in forged.items()}
    assert [
        data
        for data, answer in wrong.items()
        if not answer or str(answer.get("text", "")).startswith("Something went wrong")
    ] == []


def test_every_kind_of_button_is_answered() -> None:
    """A key without a handler would be a dead button under every message that has it."""
    assert {str(kind) for kind in Callback} - {str(key) for key in PRESSES} == {"@"}
