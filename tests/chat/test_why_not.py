"""Why a post did not come: a forwarded post, a link or a text, asked by anybody with a role."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model import ItemMatch
from bot.store import item_matches, item_pages, schema
from tests.chat.test_subscriber import REFUSAL
from tests.support.feeds import Post
from tests.support.readers import only_possible
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

LINK = "https://news.example/{n}"
NEAR = "Самоволка отменяется: школьники второй смены сегодня пойдут на уроки, решил директор."


def from_channel(name: str, number: int) -> dict[str, Any]:
    chat = {"id": -1005555, "type": "channel", "title": "Radio N", "username": name}
    return {"type": "channel", "date": 1, "chat": chat, "message_id": number}


async def reading(vigil: Vigil, *topics: str, **more: Any) -> None:
    await vigil.add_source("a", title="Pskov Post")
    await vigil.subscriber(SUBSCRIBER, *topics, lang="en", **more)


async def publish(vigil: Vigil, n: int, text: str = REFUSAL) -> str:
    link = LINK.format(n=n)
    await vigil.publish("a", Post(str(n), text=text, link=link))
    return link


async def why(vigil: Vigil, said: str, who: int = SUBSCRIBER, **more: Any) -> str:
    answers = await vigil.says(who, said, **more)
    return "\n".join(each.text for each in answers)


async def test_told_here(vigil: Vigil) -> None:
    """What came is not asked about as missed: it says when it came, from which source."""
    await reading(vigil, "refusal")
    link = await publish(vigil, 1)
    [answer] = await vigil.says(SUBSCRIBER, link)

    assert "from «Pskov Post»" in answer.text
    assert "Matched: Refusal" in answer.text
    assert "The alert came here" in answer.text
    assert answer.labels() == []


async def test_a_post_that_is_only_possible(vigil: Vigil) -> None:
    """Neither /why nor /filter test promises an alert for what only a digest mentions."""
    await reading(vigil, "desertion")
    text = only_possible()
    link = await publish(vigil, 1, text)
    stored = await why(vigil, link)
    typed = await why(vigil, f"/why {text}")
    [tested] = await vigil.says(ROOT, f"/filter test {text}")

    assert "Desertion: not sure enough for an alert" in stored
    assert "another country" not in stored + typed
    assert "An alert would come" not in stored + typed + tested.text
    assert tested.text.startswith("Not sure enough for an alert, only for digests: Desertion.")


async def test_what_only_grammar_found_names_no_filter(vigil: Vigil) -> None:
    """To admins neither why it was told nor what readers said of it names a key to look up."""
    await reading(vigil, "refusal")
    await vigil.subscriber(ROOT)
    link = await publish(vigil, 1)
    async with vigil.app.engine.store.write() as conn:
        [item] = await item_pages.last_of_source(conn, 1, 1)
        await conn.execute(sa.delete(schema.matches))
        found = ItemMatch("refusal", "score/refusal", (), ("text", 0, 60))
        await item_matches.insert_matches(conn, item.id, item.revision, [found])
    await vigil.press(SUBSCRIBER, "✗")
    [said] = await vigil.says(ROOT, "/feedback")
    why_told = await why(vigil, f"/why {link}", ROOT)
    [last] = await vigil.says(ROOT, "/last refusal")

    assert "Refusal, no filter found it: noise 1, of 1 alert" in said.text
    assert "no filter found it" in why_told
    assert not [text for text in (said.text, why_told) if "score/" in text or "/filter" in text]
    assert REFUSAL[:30] in last.text


async def test_a_topic_not_followed(vigil: Vigil) -> None:
    """The topic it belongs to is named, so that it can be chosen; also as a pasted text."""
    await reading(vigil, "draft-evasion")
    await publish(vigil, 1)

    assert "You do not follow Refusal: /topics" in await why(vigil, REFUSAL)


async def test_narrowed_away(vigil: Vigil) -> None:
    """Words of one's own choice that left it out stand in the answer."""
    await reading(vigil, "refusal", narrowing="Магадан")
    link = await publish(vigil, 1)

    answer = await why(vigil, f"/why {link}")

    assert "what you narrowed it by left this out: Магадан" in answer


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/cap 1", "Held: the day's number of alerts is used up."),
        ("/pause", "Held while you are paused"),
        ("/hours 0-23", "Held for your quiet hours"),
        ("/digest", "The alert came here"),
    ],
)
async def test_held(vigil: Vigil, command: str, said: str) -> None:
    """By what it is held, and when it comes."""
    await reading(vigil, "refusal")
    await publish(vigil, 1, REFUSAL.replace("60", "70"))
    await vigil.says(SUBSCRIBER, command)
    if command == "/pause":
        await vigil.press(SUBSCRIBER, "Until /resume")
    other = "Десантники из Улан-Удэ отказались возвращаться на войну и записали обращение."
    link = await publish(vigil, 2, other)

    assert said in await why(vigil, link)


async def test_not_matched_names_what_was_missing(vigil: Vigil) -> None:
    """A post we read that no filter wants: what was found in it, what was not beside it."""
    await reading(vigil, "refusal")
    link = await publish(vigil, 1, NEAR)
    [answer] = await vigil.says(SUBSCRIBER, link)

    assert "Read " in answer.text
    assert "Not matched." in answer.text
    assert "Found: «" in answer.text
    assert "There is none of: «солдат…», «военнослуж…»" in answer.text
    assert "/" not in answer.text.split("Nearest: ")[1].split("\n")[0]  # no key of a filter


async def test_a_source_that_is_not_read(vigil: Vigil) -> None:
    """A forwarded channel's post: not read; its text is read all the same; admins add it."""
    await reading(vigil, "refusal")
    post = from_channel("radio_n", 7)
    [answer] = await vigil.says(SUBSCRIBER, REFUSAL, forward_origin=post)
    assert "Not read here: Radio N is not among the sources." in answer.text
    [told] = [line for line in answer.text.splitlines() if "An alert would come" in line]
    assert {"Pressure", "Refusal"} <= set(re.findall(r"\w+", told))
    assert answer.labels() == ["Report as missed"]

    await vigil.says(ROOT, "/start")
    await vigil.press(ROOT, "Normal")
    *_, answer = await vigil.says(ROOT, REFUSAL, forward_origin=post)

    assert "Add source" in answer.labels()


async def test_a_site_that_is_read_but_had_it_not(vigil: Vigil) -> None:
    """A link of a site we read, which its feed never listed."""
    await reading(vigil, "refusal")
    site = vigil.server.url("/never.html")

    answer = await why(vigil, f"/why {site}")

    assert "«Pskov Post» was read" in answer
    assert "had not this post" in answer


async def test_small_talk_and_strangers_get_nothing(vigil: Vigil) -> None:
    """A short word is no post; whoever has no role is told nothing of what is read."""
    await reading(vigil, "refusal")
    link = await publish(vigil, 1)

    assert "/help" in await why(vigil, "спасибо")
    assert "Pskov" not in await why(vigil, link, who=4_004)
    assert "Forward me a post" in await why(vigil, "/why")
