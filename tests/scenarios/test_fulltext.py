"""Feeds that say little: the article is fetched once and read like the rest."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa

from bot.model import FullText
from bot.store import evidence, items, sources
from bot.store import schema as s
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

ARTICLE = """<html><head><title>Вести района</title></head><body><nav>Главная</nav><article>
<h1>Вести района</h1><p>В посёлке открыли новую школу, рассказали в администрации района.
На открытие приехали гости из соседних областей и учителя, проработавшие там тридцать лет.</p>
<p>Под Псковом около шестидесяти контрактников отказались ехать на войну, сообщили родные.
Командование части пригрозило им уголовными делами, рассказывают жёны военнослужащих.</p>
</article></body></html>"""


async def ready(vigil: Vigil) -> None:
    source = await vigil.add_source("a", title="Вести")
    await vigil.subscriber(SUBSCRIBER, "refusal", lang="ru")
    [answer] = await vigil.says(ROOT, f"/source fulltext {source.id} auto")
    assert "articles are fetched where the feed has little text" in answer.text


async def test_an_article_behind_a_headline_is_told_once(vigil: Vigil) -> None:
    """What only the article says is found; the feed's next visits change nothing, and
    the page is kept as it came."""
    await ready(vigil)
    vigil.server.put("/1.html", ARTICLE)
    link = vigil.server.url("/1.html")
    await vigil.publish("a", Post("1", title="Вести района", text="Коротко.", link=link))

    [alert] = vigil.chat(SUBSCRIBER)
    assert "отказались ехать" in alert.text
    await vigil.publish("a", Post("2", title="Погода", text="Дожди."))
    await vigil.edit("a", "1", text="Коротко о главном.")
    assert vigil.server.count()["/1.html"] == 1
    assert len(vigil.chat(SUBSCRIBER)) == 1
    async with vigil.app.engine.store.read() as conn:
        item = await items.get(conn, 1)
        kept = await evidence.capture(conn, sha256(ARTICLE.encode()).hexdigest())
    assert item is not None
    assert item.text.startswith("Коротко о главном.\n")
    assert "отказались ехать" in item.text
    assert kept == ARTICLE.encode()
    *_, shown = await vigil.says(ROOT, "/source 1")
    assert "Articles in 7 days: 1 read, 0 not, 0 waiting" in shown.text


async def test_an_article_read_after_the_gap_is_told(vigil: Vigil) -> None:
    """The item was news when it was seen; its article took an hour that made a day full."""
    await ready(vigil)
    when = vigil.clock.now() - timedelta(hours=23, minutes=30)
    link = vigil.server.url("/1.html")
    await vigil.publish("a", Post("1", title="Вести района", link=link, published=when))
    assert vigil.chat(SUBSCRIBER) == []
    vigil.server.put("/1.html", ARTICLE)
    vigil.clock.advance(hours=1)
    await vigil.settle()

    [alert] = vigil.chat(SUBSCRIBER)
    assert "отказались ехать" in alert.text


async def test_an_article_that_tells_a_known_story_joins_it(vigil: Vigil) -> None:
    """A headline whose article came later is no second alert of what was told."""
    await ready(vigil)
    await vigil.add_source("b", title="Другие")
    told = "Под Псковом около шестидесяти контрактников отказались ехать на войну, сообщили родные."
    await vigil.publish("b", Post("1", title="Отказ", text=told))
    assert len(vigil.chat(SUBSCRIBER)) == 1
    vigil.server.put("/1.html", f"<article><p>{told}</p></article>")
    link = vigil.server.url("/1.html")
    await vigil.publish("a", Post("1", title="Вести района", text="", link=link))

    alerts = [each for each in vigil.chat(SUBSCRIBER) if each.reply_to is None]
    assert len(alerts) == 1


async def test_an_article_that_fails_is_tried_again_and_given_up(vigil: Vigil) -> None:
    """It may be written later than its feed; what is refused for good is asked once. The item
    itself is told whatever becomes of its article."""
    await ready(vigil)
    refused = Post("2", title="Контрактники отказались ехать на войну", link="http://10.0.0.1/a")
    late = Post("1", title="Вести", link=vigil.server.url("/1.html"))
    await vigil.publish("a", late, refused)
    assert len(vigil.chat(SUBSCRIBER)) == 1
    vigil.server.put("/1.html", ARTICLE)
    for _ in range(3):
        await vigil.read()

    assert len(vigil.chat(SUBSCRIBER)) == 2
    async with vigil.app.engine.store.read() as conn:
        rows = (await conn.execute(sa.select(s.articles).order_by(s.articles.c.item_id))).all()
        [source] = await sources.list_all(conn)
    states = {row.url: (row.state, row.attempts, row.next_try) for row in rows}
    assert states["http://10.0.0.1/a"] == ("failed", 1, None)
    assert states[late.link][:2] == ("read", 1)
    assert source.fulltext is FullText.AUTO
    await vigil.says(ROOT, "/source fulltext 1 off")
    await vigil.publish("a", Post("3", title="Ещё", link=vigil.server.url("/3.html")))
    assert "/3.html" not in vigil.server.paths()
