"""Lists of sources as files, in and out."""

from __future__ import annotations

import pytest

from bot.chat.admin.source_texts import numbered
from bot.model import SourceKind
from bot.sources.opml import parse_opml
from bot.sources.opml_file import write_opml
from bot.sources.parsed import OutlineEntry
from bot.store import sources
from tests.support.feeds import Post, rss
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil


async def test_a_file_comes_in_and_goes_out(vigil: Vigil) -> None:
    """A line for each entry: added, there already, refused and why; then all of them as a file
    that other readers take, without what is secret."""
    vigil.server.put("/old.xml", rss("Old", [Post("1", title="News")]))
    await vigil.says(ROOT, f"/source add {vigil.server.url('/old.xml')}")
    vigil.server.put("/new.xml", rss("New one", [Post("1", title="News")]))
    listed = [
        OutlineEntry(vigil.server.url("/new.xml"), "Суд <Пскова>", "court", ("Суды/Псков",)),
        OutlineEntry(vigil.server.url("/old.xml/"), "Old", "", ("Старое",)),
        OutlineEntry("http://10.0.0.1/rss", "Inside"),
        OutlineEntry(vigil.server.url("/none.xml"), "None"),
    ]
    asked = len(vigil.server.requests)
    body = write_opml("x", listed, vigil.clock.now())
    lost = b'<outline type="rss" text="No &lt;address&gt;"/></body>'
    vigil.telegram.people.sends_file(ROOT, "my.opml", body.replace(b"</body>", lost))
    await vigil.settle()

    report = vigil.chat(ROOT)[-1].text.splitlines()
    assert report[0] == "1 added, 1 there already, 3 refused."
    by_sign = sorted(report[1:])
    assert by_sign[0] == "= 1 «Old» · Старое"
    assert by_sign[1] == "✓ 2 «Суд <Пскова>» · Суды/Псков"
    assert "private network" in next(each for each in report if "«Inside»" in each)
    assert "404" in next(each for each in report if "«None»" in each)
    assert "✗ «No <address>»: The file gives no address for it." in report
    # What is there already was not asked for again.
    paths = vigil.server.paths()[asked:]
    assert "/old.xml/" not in paths
    async with vigil.app.engine.store.read() as conn:
        added = await sources.get(conn, 2)
    assert added is not None
    assert added.kind is SourceKind.COURT

    await vigil.says(ROOT, "/source header 1 X-Key: hunter2")
    *_, sent = await vigil.says(ROOT, "/source export")
    assert sent.document is not None
    name, content = sent.document
    assert name.endswith(".opml")
    assert b"hunter2" not in content
    assert [(each.title, each.tags) for each in parse_opml(content)] == [
        ("Old", ("Старое",)),
        ("Суд <Пскова>", ("Суды/Псков",)),
    ]


async def test_tags_are_set_shown_and_asked_for(vigil: Vigil) -> None:
    """A list of two hundred sources is of use only by its parts."""
    for name in ("one", "two"):
        vigil.server.put(f"/{name}.xml", rss(name, [Post("1", title="News")]))
        await vigil.says(ROOT, f"/source add {vigil.server.url(f'/{name}.xml')}")
    [none] = await vigil.says(ROOT, "/source tag 1")
    [given] = await vigil.says(ROOT, "/source tag #1 Суды/Псков, Сибирь")
    [tagged] = await vigil.says(ROOT, "/source list псков")
    [every] = await vigil.says(ROOT, "/source list")
    [shown] = await vigil.says(ROOT, "/source 1")
    [unknown] = await vigil.says(ROOT, "/source list Чита")
    await vigil.says(ROOT, "/source tag 1 -")
    [gone] = await vigil.says(ROOT, "/source list")

    assert "has no tags" in none.text
    assert given.text == "1 «one»: Суды/Псков, Сибирь."
    assert tagged.text.startswith("1 source\n1 one · media · Суды/Псков, Сибирь")
    assert "two" not in tagged.text
    assert "Суды/Псков" in every.text
    assert "Tags: Суды/Псков, Сибирь" in shown.text
    assert unknown.text.endswith("Tags: Сибирь, Суды/Псков")
    assert "Сибирь" not in gone.text


@pytest.mark.parametrize("said", ["3", "#3", "№3", "# 3", "source 3", "source:3", "Источник #3"])
def test_a_source_by_its_number(said: str) -> None:
    """However people say it, also behind a command; an address is left alone."""
    assert numbered(said) == "3"
    assert numbered(f"kind {said} court") == "kind 3 court"
    assert numbered("add https://a.example/source 3") == "add https://a.example/source 3"


async def test_a_file_that_breaks_off_is_said_so(vigil: Vigil) -> None:
    """What came of it is added, and the admin knows that there was more."""
    listed = [OutlineEntry(f"http://10.0.0.1/{n}", "") for n in range(2)]
    body = write_opml("x", listed, vigil.clock.now())
    vigil.telegram.people.sends_file(ROOT, "my.opml", body[: body.index(b"</body>")])
    await vigil.settle()

    assert "breaks off" in vigil.chat(ROOT)[-1].text


async def test_long_reports_are_files_and_no_lists_are_said_so(vigil: Vigil) -> None:
    """Hundreds of lines do not flood the chat; a photo album is no list of sources; a
    subscriber's file does nothing."""
    many = [OutlineEntry(f"http://10.0.0.1/{n}", "") for n in range(70)]
    body = write_opml("x", many, vigil.clock.now())
    vigil.telegram.people.sends_file(ROOT, "a.txt", body, "/source import")
    await vigil.settle()
    report = vigil.chat(ROOT)[-1]
    vigil.telegram.people.sends_file(ROOT, "feeds.xml", b"<rss/>")
    await vigil.settle()
    no_list = vigil.chat(ROOT)[-1].text
    await vigil.subscriber(SUBSCRIBER)
    vigil.telegram.people.sends_file(SUBSCRIBER, "my.opml", body)
    await vigil.settle()

    assert report.text == "0 added, 0 there already, 70 refused."
    assert report.document is not None
    assert report.document[1].decode().count("✗") == 70
    assert no_list == "This is no list of sources (OPML)."
    assert vigil.chat(SUBSCRIBER)[-1].text == "I understand commands only. /help lists them."
