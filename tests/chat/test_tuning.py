"""How a source is read is chosen in chat; what is secret in it stays so."""

from __future__ import annotations

from bot.model import Priority, Role, Source
from bot.store import people, sources
from tests.support.feeds import Post, rss
from tests.support.loopback import Request
from tests.support.socks import SocksProxy
from tests.support.source_server import Page, SourceServer
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def first(vigil: Vigil) -> Source:
    async with vigil.app.engine.store.read() as conn:
        source = await sources.get(conn, 1)
    assert source is not None
    return source


async def test_proxy_and_headers_are_of_root_admins_and_not_shown(vigil: Vigil) -> None:
    """A header and a proxy's password are used, and never said again; an admin sets neither."""
    await vigil.add_source("a", title="Pskov Post")
    said = await vigil.says(ROOT, "/source header 1 X-Key: hunter2")
    assert "X-Key" in said[-1].text
    await vigil.read()
    assert vigil.server.requests[-1].headers["x-key"] == "hunter2"
    await vigil.says(ROOT, "/source proxy 1 http://me:hunter2@127.0.0.1:9")
    *_, shown = await vigil.says(ROOT, "/source 1")

    assert "Proxy: http://127.0.0.1:9" in shown.text
    assert "Headers of its own: X-Key" in shown.text
    assert not any("hunter2" in each.text for each in vigil.chat(ROOT))
    assert "hunter2" not in str(vigil.telegram.place(ROOT).received)
    assert "hunter2" not in repr(await first(vigil))
    assert (await first(vigil)).failures == 1  # nobody listens there
    await vigil.says(ROOT, "/source header 1 x-key:")
    await vigil.says(ROOT, "/source proxy 1 off")
    assert (await first(vigil)).headers == {}

    async with vigil.app.engine.store.write() as conn:
        await people.appoint(conn, SUBSCRIBER, Role.ADMIN, None, vigil.clock.now())
    for word in (
        "proxy 1 tor",
        "header 1 A: b",
        "add http://a.onion/ via tor",
        "add http://a.example/ header A: b",
    ):
        *_, answer = await vigil.says(SUBSCRIBER, f"/source {word}")
        assert answer.text == "Only a root admin can do that."
    assert (await first(vigil)).proxy == ""


def shut(seen: Request) -> Page:
    """A feed for those who have the key, 403 to others."""
    if seen.headers.get("x-key") != "hunter2":
        return Page(status=403)
    return Page(rss("Members", [Post("1", title="News")]), "application/rss+xml")


async def test_a_source_that_answers_only_to_a_header(vigil: Vigil) -> None:
    """It is added and read with it; the secret goes to its server alone and is not repeated.
    Who tries without hears how."""
    vigil.server.pages["/feed"] = shut
    vigil.server.put(
        "/site", b'<html><link rel="alternate" type="application/rss+xml" href="/feed">'
    )
    url = vigil.server.url("/feed")
    *_, refused = await vigil.says(ROOT, f"/source add {url}")
    assert f"/source add {url} header Cookie: …" in refused.text

    said = (
        f"/source add {vigil.server.url('/site')} header X-Key: hunter2\nheader X-More: two words"
    )
    await vigil.says(ROOT, said)
    *_, answer = await vigil.press(ROOT, "Add")
    assert answer.text.startswith("Added: 1 «Members»")
    await vigil.read()
    source = await first(vigil)
    assert (source.failures, source.archived_at is None) == (0, False)
    assert source.headers == {"X-Key": "hunter2", "X-More": "two words"}
    assert not any("hunter2" in each.text for each in vigil.chat(ROOT))
    assert "hunter2" not in str(vigil.telegram.place(ROOT).received)

    async with SourceServer() as other:
        other.put("/elsewhere", rss("Elsewhere", [Post("1", title="News")]))
        vigil.server.put("/moved", status=302, headers={"Location": other.url("/elsewhere")})
        moved = vigil.server.url("/moved")
        await vigil.says(ROOT, f"/source add {moved} header X-Key: hunter2")
        assert ["x-key" in seen.headers for seen in other.requests] == [False] * len(other.requests)
        assert other.requests


async def test_a_source_that_only_tor_leads_to(vigil: Vigil) -> None:
    """It is added, read and shown by its proxy from the first request on."""
    vigil.server.put("/feed", rss("Hidden", [Post("1", title="News")]))
    async with SocksProxy(vigil.server.port) as proxy:
        way = f"socks5://127.0.0.1:{proxy.port}"
        *_, answer = await vigil.says(ROOT, f"/source add http://abc.onion/feed via {way}")
        await vigil.read()

        assert answer.text.startswith("Added: 1 «Hidden»")
        assert set(proxy.asked) == {("abc.onion", 80)}
    source = await first(vigil)
    assert (source.proxy, source.failures, source.archived_at is None) == (way, 0, False)


async def test_priority(vigil: Vigil) -> None:
    """Said in one word; anything else is explained."""
    await vigil.add_source("a")
    await vigil.says(ROOT, "/source priority 1 high")
    *_, shown = await vigil.says(ROOT, "/source 1")
    *_, asked = await vigil.says(ROOT, "/source priority 1 urgent")

    assert (await first(vigil)).priority is Priority.HIGH
    assert "asked twice as often" in shown.text
    assert asked.text == "Write /source priority 1 high, normal or low."
