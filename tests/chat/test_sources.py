"""/source: read before it is added, said plainly when it cannot be."""

from __future__ import annotations

from bot.chat.admin.starter import starter_list
from bot.model import Source, SourceKind, SourceState, Transport
from bot.sources.web_addresses import check_url
from bot.store import sources
from tests.support.feeds import Post, rss
from tests.support.pages import page, post
from tests.support.vigil import ROOT, Vigil

NEWS = [
    Post(
        str(n), title=f"Новость {n}: рабочие & учёные пришли на площадь, 5 < 7", text="Подробности"
    )
    for n in range(1, 6)
]


async def stored(vigil: Vigil) -> list[Source]:
    async with vigil.app.engine.store.read() as conn:
        return await sources.list_all(conn)


def serve(vigil: Vigil, path: str = "/news.xml", title: str = "Pskov Post") -> str:
    vigil.server.put(path, rss(title, NEWS), content_type="application/rss+xml")
    return vigil.server.url(path)


async def test_feed_is_added_with_what_it_says(vigil: Vigil) -> None:
    """Title, form, language, three headlines; one button says what it is."""
    *_, answer = await vigil.says(ROOT, f"/source add {serve(vigil)}")

    assert answer.text.startswith("Added: 1 «Pskov Post»")
    assert "RSS · in Russian" in answer.text
    assert answer.text.count("\n· ") == 3
    assert "рабочие & учёные пришли на площадь, 5 < 7" in answer.text
    [source] = await stored(vigil)
    assert (source.transport, source.kind) == (Transport.FEED, SourceKind.MEDIA)

    await vigil.press(ROOT, "court")
    assert (await stored(vigil))[0].kind is SourceKind.COURT
    assert "✓ court" in answer.labels()


async def test_address_alone_is_an_addition(vigil: Vigil) -> None:
    """`/source <address>` means what it looks like."""
    await vigil.says(ROOT, f"/source {serve(vigil)}")

    assert len(await stored(vigil)) == 1


async def test_same_source_is_not_added_twice(vigil: Vigil) -> None:
    """What is there is named with its number."""
    url = serve(vigil)
    await vigil.says(ROOT, f"/source add {url}")
    *_, answer = await vigil.says(ROOT, f"/source add {url}/")
    *_, again = await vigil.says(ROOT, f"/source add {url}")

    assert "It is there already: 1 Pskov Post" in again.text
    assert len(await stored(vigil)) == 1
    assert answer.text


async def test_channel_page_is_added(vigil: Vigil) -> None:
    """A public channel by its name; what it is must be said by a person."""
    vigil.server.put("/s/pskov_live", page("pskov_live", [post("pskov_live", 7, "Новости")]))
    *_, answer = await vigil.says(ROOT, "/source add @pskov_live")

    [source] = await stored(vigil)
    assert (source.transport, source.kind) == (Transport.PREVIEW, SourceKind.ANONYMOUS)
    assert "channel, by its public page" in answer.text


async def test_feed_of_a_web_page_is_offered(vigil: Vigil) -> None:
    """The address of a site is enough: its feed is one tap away."""
    serve(vigil, "/feed.xml")
    vigil.server.put(
        "/",
        '<html><head><link rel="alternate" type="application/rss+xml" title="All news"'
        ' href="/feed.xml"></head><body>Pskov Post</body></html>',
    )
    *_, asked = await vigil.says(ROOT, f"/source add {vigil.server.url('/')}")
    assert "is a web page" in asked.text
    assert asked.labels() == ["Add"]
    assert await stored(vigil) == []
    await vigil.press(ROOT, "Add")

    [source] = await stored(vigil)
    assert source.address.endswith("/feed.xml")


async def test_what_is_wrong_is_said(vigil: Vigil) -> None:
    """An address that cannot be read is not added, and the answer says why."""
    for address, says in (
        ("not-an-address", "neither a web address nor a channel"),
        ("http://10.0.0.1/feed", "private network"),
        ("https://t.me/+AbCdEfGh12345678", "private channel"),
        ("ftp://example.org/feed", "web address"),
    ):
        *_, answer = await vigil.says(ROOT, f"/source add {address}")
        assert says in answer.text
    assert await stored(vigil) == []


async def test_missing_page_and_broken_feed(vigil: Vigil) -> None:
    """Errors come in the admin's language."""
    await vigil.says(ROOT, "/lang ru")
    vigil.server.put("/empty", "", content_type="application/rss+xml")
    *_, missing = await vigil.says(ROOT, f"/source add {vigil.server.url('/nothing.xml')}")
    *_, empty = await vigil.says(ROOT, f"/source add {vigil.server.url('/empty')}")

    assert "404" in missing.text
    assert "отвечает ошибкой" in missing.text
    assert empty.text == "Ответ пуст."


async def test_several_addresses_get_a_line_each(vigil: Vigil) -> None:
    """One bad address stops no other."""
    good = serve(vigil)
    bad = vigil.server.url("/nothing.xml")
    *_, answer = await vigil.says(ROOT, f"/source add {good}\n{bad}")

    assert answer.text.startswith("1 added.")
    assert "✓ 1 «Pskov Post»" in answer.text
    assert "✗ " in answer.text
    assert len(await stored(vigil)) == 1


async def test_list_show_pause_resume_remove(vigil: Vigil) -> None:
    """A source is found by its number; each answer names the way back."""
    url = serve(vigil)
    await vigil.says(ROOT, f"/source add {url}")
    await vigil.read()
    [listed] = await vigil.says(ROOT, "/source list")
    assert "1 Pskov Post · media" in listed.text
    [shown] = await vigil.says(ROOT, "/source 1")
    assert "Новость 1" in shown.text
    assert shown.labels() == ["Pause", "Remove", "Copy the address"]

    [paused] = await vigil.says(ROOT, "/source pause 1")
    assert "/source resume 1" in paused.text
    assert (await stored(vigil))[0].state is SourceState.PAUSED
    await vigil.says(ROOT, "/source resume #1")
    assert (await stored(vigil))[0].state is SourceState.ACTIVE
    await vigil.says(ROOT, "/source kind 1 rights")
    assert (await stored(vigil))[0].kind is SourceKind.RIGHTS
    [removed] = await vigil.says(ROOT, "/source remove 1")
    assert len(await stored(vigil)) == 1
    await vigil.press(ROOT, "Remove")
    assert f"/source add {url}" in removed.text
    assert await stored(vigil) == []


async def test_unknown_number_is_asked_for(vigil: Vigil) -> None:
    """A slip changes nothing."""
    for said in ("pause", "pause 99", "remove x", "show 1e9", "kind"):
        [answer] = await vigil.says(ROOT, f"/source {said}")
        assert answer.text == "Which source? Its number, from /source list.", said


async def test_health_names_what_fails(vigil: Vigil) -> None:
    """An admin sees at a glance what is unread, and why; a first failure is a hitch.
    Everywhere by one rule."""
    await vigil.says(ROOT, f"/source add {serve(vigil)}")
    vigil.server.pages.clear()
    await vigil.read()
    [once] = await vigil.says(ROOT, "/health")
    [listed] = await vigil.says(ROOT, "/source list")
    assert "Sources: 1 read, 0 unread" in once.text
    assert "Failed at the last visit:\n1 Pskov Post: " in once.text
    assert "404" in once.text
    assert "unread" not in listed.text

    for _ in range(9):
        await vigil.read()
    [often] = await vigil.says(ROOT, "/health")
    [listed] = await vigil.says(ROOT, "/source list")
    assert "Sources: 0 read, 1 unread" in often.text
    assert often.text.startswith("Unread:\n1 Pskov Post")
    assert "Failed at the last visit" not in often.text
    assert "unread" in listed.text


async def test_starter_list_is_offered_before_anything_is_read(vigil: Vigil) -> None:
    """An admin sees whose voices these are, and decides."""
    [offer] = await vigil.says(ROOT, "/source starter")
    count = len(starter_list())
    assert offer.text.startswith(f"{count} sources to begin with")
    assert offer.labels() == ["Add all"]
    assert await stored(vigil) == []


def test_starter_list_is_well_formed() -> None:
    """Each source has an address that can be asked, a title and a kind, and stands once."""
    entries = starter_list()

    assert len({entry.address for entry in entries}) == len(entries) >= 20
    for entry in entries:
        assert check_url(entry.address).scheme == "https"
        assert entry.title
        assert entry.kind is not None


async def test_of_too_many_addresses_the_rest_is_named(vigil: Vigil) -> None:
    """Thirty are added; a command to copy holds the others."""
    addresses = [vigil.server.url(f"/many{n}.xml") for n in range(33)]
    first, *_ = await vigil.says(ROOT, f"/source add {' '.join(addresses)}")

    assert first.text.startswith("The first 30 are added now.")
    assert first.text.endswith("/source add " + " ".join(addresses[30:]))
    assert addresses[29] not in first.text
