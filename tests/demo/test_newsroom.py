"""The newsroom serves what a real one would, in its true forms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network

import pytest

from bot.demo.newsroom import Newsroom
from bot.demo.script import LASTS, OUTLETS, SCRIPT, Form, Post
from bot.model import ParsedItem
from bot.sources.exchange import FetchRequest, FetchResponse
from bot.sources.feeds import parse_feed
from bot.sources.http import Fetcher, FetchSettings
from bot.sources.telegram_addresses import page_url
from bot.sources.telegram_web import parse_channel_page
from filters.document import Document
from tests.support.clock import ManualClock
from tests.support.readers import shipped_reader

RSS, ATOM, JSON = "severny_kurier", "eastern_dispatch", "pravova_varta"
CHANNEL, OTHER_CHANNEL = "zarechye24", "kamyanopil_live"


class Reader:
    """Reads the newsroom as Vigil would."""

    def __init__(self, room: Newsroom, fetcher: Fetcher, clock: ManualClock) -> None:
        self.room = room
        self._fetcher = fetcher
        self._clock = clock

    async def get(self, path: str, etag: str = "") -> FetchResponse:
        return await self._fetcher.fetch(
            FetchRequest(f"{self.room.base}{path}", etag=etag, follow=False)
        )

    async def items(self, name: str) -> dict[str, ParsedItem]:
        """Items by key, as our parsers read them."""
        outlet, now = OUTLETS[name], self._clock.now()
        if outlet.form is Form.CHANNEL:
            page = await self._fetcher.fetch(FetchRequest(page_url(self.room.base, name)))
            return {item.key: item for item in parse_channel_page(page.body, now=now).items}
        answer = await self.get(f"/{name}")
        feed = parse_feed(answer.body, url=answer.url, now=now, content_type=answer.content_type)
        assert (feed.format, feed.title, feed.lang) == (outlet.form, outlet.title, outlet.lang)
        return {item.url.rpartition("/")[2]: item for item in feed.items}


@pytest.fixture
async def reader(clock: ManualClock) -> AsyncIterator[Reader]:
    settings = FetchSettings(allowed_networks=(ip_network("127.0.0.0/8"),), solo_hosts=frozenset())
    async with Newsroom(clock) as room, Fetcher(settings, clock) as fetcher:
        room.begin(clock.now())
        yield Reader(room, fetcher, clock)


@pytest.mark.parametrize("name", list(OUTLETS))
async def test_each_outlet_is_read_by_the_real_parsers(
    reader: Reader, clock: ManualClock, name: str
) -> None:
    """Every post of the minute arrives: its words, time and own address."""
    clock.advance(LASTS)
    items = await reader.items(name)

    expected = {str(post.number): post for post in SCRIPT if post.outlet == name}
    assert set(items) == set(expected)
    for number, post in expected.items():
        item = items[number]
        assert " ".join(item.text.split()) == " ".join((post.edited_text or post.text).split())
        assert item.title == post.title
        assert item.published is not None
        assert item.published <= clock.now()
        assert item.url.endswith(f"/{number}")


async def test_only_the_archive_stands_before_the_beginning(clock: ManualClock) -> None:
    """However long the start takes, no news is taken for archive."""
    async with Newsroom(clock) as room:
        clock.advance(3600)

        assert [post.number for post in room.posts(OUTLETS[RSS], clock.now())] == [1, 2, 3]


async def test_posts_come_when_their_time_has_come(reader: Reader, clock: ManualClock) -> None:
    before = await reader.items(RSS)
    clock.advance(2)
    after = await reader.items(RSS)

    assert set(after) - set(before) == {"4"}


async def test_edit_changes_the_text_and_not_the_post(reader: Reader, clock: ManualClock) -> None:
    clock.advance(20)
    first = (await reader.items(RSS))["4"]
    clock.advance(10)
    second = (await reader.items(RSS))["4"]

    assert second.text != first.text
    assert (second.key, second.published) == (first.key, first.published)


async def test_forward_names_its_origin(reader: Reader, clock: ManualClock) -> None:
    clock.advance(LASTS)

    forward = (await reader.items(CHANNEL))["405"]

    assert forward.forwarded_from == f"https://t.me/{OTHER_CHANNEL}/79"
    assert forward.forward_name == OUTLETS[OTHER_CHANNEL].title


async def test_unchanged_feed_is_not_sent_again(reader: Reader, clock: ManualClock) -> None:
    first = await reader.get(f"/{ATOM}")
    again = await reader.get(f"/{ATOM}", etag=first.etag)
    clock.advance(LASTS)
    changed = await reader.get(f"/{ATOM}", etag=first.etag)

    assert (first.status, again.status, changed.status) == (200, 304, 200)


async def test_names_without_a_preview_are_sent_away(reader: Reader) -> None:
    """As t.me does for groups and for names nobody has."""
    answer = await reader.get("/s/nobody_here")

    assert (answer.status, answer.location) == (302, "https://t.me/nobody_here")


async def test_long_channel_is_paged(clock: ManualClock) -> None:
    posts = [Post(CHANNEL, number, number - 100, f"№ {number}") for number in range(1, 46)]
    settings = FetchSettings(allowed_networks=(ip_network("127.0.0.0/8"),), solo_hosts=frozenset())
    numbers: list[list[int]] = []
    async with (
        Newsroom(clock, script=posts) as room,
        Fetcher(settings, clock) as fetcher,
    ):
        before: int | None = None
        while True:
            answer = await fetcher.fetch(FetchRequest(page_url(room.base, CHANNEL, before)))
            page = parse_channel_page(answer.body, now=clock.now())
            numbers.append([int(item.key) for item in page.items])
            if (before := page.before) is None:
                break

    assert numbers == [[*range(26, 46)], [*range(6, 26)], [*range(1, 6)]]


async def test_speed_shortens_the_minute(clock: ManualClock) -> None:
    async with Newsroom(clock, speed=10) as room:
        ends = room.begin(clock.now())
        clock.advance(LASTS / 10)

        assert ends == clock.now()
        assert len(room.posts(OUTLETS[RSS], clock.now())) == 7


def test_news_is_news_and_noise_is_noise() -> None:
    """The minute shows every core topic in three languages, and traps that must not match."""
    reader = shipped_reader()
    topics: dict[tuple[str, int], tuple[str, ...]] = {}
    langs: dict[str, set[str]] = {}
    for post in SCRIPT:
        reading = reader.read(Document(text=post.text, title=post.title))
        topics[post.outlet, post.number] = reading.topics
        for topic in reading.topics:
            langs.setdefault(topic, set()).add(OUTLETS[post.outlet].lang)

    assert set(langs) == {"refusal", "desertion", "self-harm", "pressure"}
    assert langs["refusal"] == {"ru", "uk", "en"}
    for trap in ((OTHER_CHANNEL, 78), (RSS, 5), (RSS, 6), (ATOM, 4)):
        assert topics[trap] == ()


def test_archive_holds_something_that_would_match() -> None:
    """Else the demo could not show that a first fetch tells nobody."""
    reader = shipped_reader()
    archive = [post for post in SCRIPT if post.at < 0]

    assert any(reader.read(Document(text=post.text)).topics for post in archive)
    assert min(post.at for post in archive) > -timedelta(days=7).total_seconds()
