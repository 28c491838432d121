"""`vigil try`: any text, page, feed or channel page, explained to a person."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from bot.cli.near_misses import near_misses
from bot.cli.texts import read_bytes
from bot.cli.try_ import show
from bot.errors import ParseFailed
from filters.document import Document
from filters.reading import Reader
from tests.cli.vigil import vigil
from tests.support.loopback import Request
from tests.support.loopback_http import Answer, Loopback
from tests.support.readers import only_possible, shipped_reader, unfiltered

NOW = datetime(2024, 4, 8, 6, 0, tzinfo=UTC)
REFUSED = "Около сорока российских контрактников отказались ехать на фронт, рассказали их родные."
WEATHER = "В выходные ожидаются дожди."

RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Край</title>
<item><guid>1</guid><title>Погода</title><description>{WEATHER}</description></item>
<item><guid>2</guid><title>Новости</title><description>{REFUSED}</description></item>
</channel></rss>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Край",
        "items": [{"id": "1", "content_text": REFUSED}],
    },
    ensure_ascii=False,
)
POSTS = "".join(
    json.dumps({"id": n, "text": text}) + "\n" for n, text in [(1, WEATHER), (2, REFUSED)]
)
PAGE = f"""<!doctype html><html><head><title>Край: новости</title></head><body>
<nav><a href="/">Главная</a></nav><article><h1>Новости</h1><p>{REFUSED}</p></article>
</body></html>"""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shipped_reader()


@pytest.mark.parametrize(
    ("body", "form", "count"),
    [
        (RSS, "a feed (rss)", 2),
        (JSON_FEED, "a feed (json)", 1),
        (POSTS, "posts, one a line", 2),
        (PAGE, "a web page", 1),
        (REFUSED, "a text", 1),
        ("\ufeff" + RSS, "a feed (rss)", 2),
    ],
)
def test_bytes_are_told_apart_by_what_they_are(body: str, form: str, count: int) -> None:
    """A person points at something; Vigil sees what it is, whatever its name."""
    texts = read_bytes(body.encode(), "name", NOW)

    assert (texts.form, len(texts.documents)) == (form, count)
    assert any(REFUSED in f"{each.title} {each.text}" for each in texts.documents)


@pytest.mark.parametrize("body", [b"", b"  \n", b"%PDF-1.7\0\0\0"])
def test_what_has_no_words_is_said_to_have_none(body: bytes) -> None:
    with pytest.raises(ParseFailed):
        read_bytes(body, "name", NOW)


def shown(reader: Reader, text: str) -> str:
    """What a person sees of these bytes."""
    out = StringIO()
    show(Console(file=out, width=100, highlight=False), reader, read_bytes(text.encode(), "x", NOW))
    return out.getvalue()


def test_match_is_shown_with_words_filter_and_facets(reader: Reader) -> None:
    out = shown(reader, REFUSED)

    for words in ("Refusal", f"«{REFUSED[:40]}", "refusal/", "Army", "Russian"):
        assert words in out


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (lambda: REFUSED, "sure (0."),
        (only_possible, "possible (0."),
        (unfiltered, "no filter: the grammar"),
        (lambda: "Солдат отказался от интервью о дезертирстве.", "No topic is asserted."),
    ],
    ids=["sure", "possible", "without a filter", "filters alone"],
)
def test_what_becomes_of_a_text_is_said(
    reader: Reader, chosen: Callable[[], str], words: str
) -> None:
    """Whoever tries a text learns whether it would be pushed, also where no filter matched."""
    text = chosen()
    reading = reader.read(Document(text=text))
    out = shown(reader, text)

    assert words in out
    assert ("pushed to those" in out) == bool(reading.topics)
    assert ("waits in the digest" in out) == bool(reading.possible)
    assert "Nothing matched" not in out


def test_feed_shows_what_matched_and_counts_the_rest(reader: Reader) -> None:
    out = shown(reader, RSS)

    assert "1 of 2 texts match" in out
    assert WEATHER not in out


def test_nothing_found_says_what_was_missing(reader: Reader) -> None:
    """UX: found «самоволка», but no military word."""
    out = shown(reader, "Он ушёл в самоволку, пишет автор романа.")

    assert "Nothing matched" in out
    assert "«самоволку»" in out
    assert "missing" in out


async def test_address_is_fetched() -> None:
    async def answer(request: Request) -> Answer:
        return Answer(200, PAGE.encode(), "text/html; charset=utf-8")

    server = Loopback(answer)
    await server.start()
    try:
        ran = await asyncio.to_thread(
            vigil,
            "try",
            f"http://127.0.0.1:{server.port}/news",
            VIGIL_ALLOW_PRIVATE_ADDRESSES="127.0.0.0/8",
        )
    finally:
        await server.stop()

    assert ran.code == 0
    assert "a web page" in ran.out
    assert "Refusal" in ran.out


def test_private_address_is_refused_plainly() -> None:
    """What is public on one's own machine is nobody's source unless allowed."""
    ran = vigil("try", "http://127.0.0.1:9/")

    assert ran.code == 1
    assert "private" in ran.err
    assert "Traceback" not in ran.err


def test_missing_file_is_said_plainly() -> None:
    ran = vigil("try", "/nowhere/text.txt")

    assert ran.code == 2
    assert ran.err == "vigil: /nowhere/text.txt cannot be read: No such file or directory\n"


def test_word_that_every_filter_knows_is_no_near_miss(reader: Reader) -> None:
    """«Солдат» alone says nothing about any topic."""
    assert near_misses(reader, Document(text="Солдат смотрел на реку.")) == ()


def test_telling_word_without_its_company_is_a_near_miss(reader: Reader) -> None:
    first = near_misses(reader, Document(text="Он ушёл в самоволку, пишет автор романа."))[0]

    assert first.key.startswith("desertion/")
    assert first.found == ("самоволку",)
    assert first.wanting


def test_found_words_too_far_apart_are_told_as_such(reader: Reader) -> None:
    from filters.query import parse

    reader.add_filter("own/1", "own", parse("дожди NEAR/2 ветер"))
    misses = near_misses(reader, Document(text="Дожди шли три дня, потом поднялся ветер."))
    reader.remove_filter("own/1")

    own = next(miss for miss in misses if miss.key == "own/1")
    assert own.found == ("Дожди", "ветер")
    assert own.wanting == ("both within 2 words",)


def test_excluding_word_is_named_as_such(reader: Reader) -> None:
    """A researcher must see why all the words were there and nothing came."""
    from filters.query import parse

    reader.add_filter("own/1", "own", parse("дожди ветер -бокс*"))
    misses = near_misses(reader, Document(text="Дожди и ветер, а боксёр бегал."))
    reader.remove_filter("own/1")

    own = next(miss for miss in misses if miss.key == "own/1")
    assert (own.found, own.wanting, own.excluded) == (("Дожди", "ветер"), (), ("боксёр",))


def test_a_language_that_no_filter_reads_is_named(reader: Reader) -> None:
    """Else a German report that matches nothing looks like a miss."""
    german = "Die Soldaten weigerten sich, an die Front zu gehen, berichteten ihre Angehörigen."

    assert "The text is German." in shown(reader, german)
    assert "The text is" not in shown(reader, "Сегодня в Пскове пройдёт дождь, сообщили синоптики.")


def test_signs_are_explained_where_they_stand(reader: Reader) -> None:
    """A doubt is shown once, and said in words."""
    said = shown(reader, "Военный суд осудил рядового за дезертирство, ст. 338.")

    assert "ru:338?" in said
    assert "??" not in said
    assert "?  the text does not name the code" in said
    assert "no past year or war is named" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("In 1917 French soldiers refused to attack.", "and chose other armies and past wars"),
        ("Israeli soldiers refused to go back to Gaza.", "and chose other armies"),
        (REFUSED, "pushed to those who follow the topic\n"),
    ],
)
def test_who_is_told_of_a_sure_topic_is_said(reader: Reader, text: str, words: str) -> None:
    """Other armies and past wars reach only those who chose them."""
    told = StringIO()
    console = Console(file=told, width=200)

    show(console, reader, read_bytes(text.encode(), "text", NOW))

    assert words in told.getvalue()
    assert "your filter says so" not in told.getvalue()
