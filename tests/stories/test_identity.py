"""Copies meet under one key; texts that only look alike never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import ParsedItem, Source, SourceKind, SourceState, Transport
from bot.stories.identity import SHORTEST_TEXT, clean_text, identify, shared_urls, story_keys

STORY = "Около шестидесяти контрактников отказались ехать на полигон под Псковом."


def item(
    text: str = STORY, title: str = "", url: str = "", forwarded_from: str = "", key: str = "1"
) -> ParsedItem:
    return ParsedItem(key=key, title=title, text=text, url=url, forwarded_from=forwarded_from)


def meet(one: ParsedItem, other: ParsedItem) -> bool:
    return bool(set(story_keys(one)) & set(story_keys(other)))


@pytest.mark.parametrize(
    "copy",
    [
        STORY.upper(),
        STORY.replace(" ", "  \n"),
        f"❗️❗️ {STORY} 🪖",
        f"Переслано из Псков Пост\n{STORY}",
        f"Forwarded from Pskov Post\n\n{STORY}",
        f"{STORY}\n\n👉 Подписывайтесь на «Радио Н»",
        f"{STORY}\n\n🔴 Подписаться | Прислать новость",
        f"{STORY}\n\nПідписатися | Надіслати новину",
        f"{STORY}\nЧитать нас без VPN можно здесь: post.example/mirror",
        f"{STORY}\n\n#псков #армия\n@radio_n",
        f"{STORY}\nhttps://t.me/+AbCdEf123",
        f"{STORY}\n\n\nmax | t.me/radio_n | @radio_n",
        "ДАННОЕ СООБЩЕНИЕ (МАТЕРИАЛ) СОЗДАНО И (ИЛИ) РАСПРОСТРАНЕНО ИНОСТРАННЫМ СРЕДСТВОМ МАССОВОЙ"
        " ИНФОРМАЦИИ, ВЫПОЛНЯЮЩИМ ФУНКЦИИ ИНОСТРАННОГО АГЕНТА, И (ИЛИ) РОССИЙСКИМ ЮРИДИЧЕСКИМ"
        f" ЛИЦОМ, ВЫПОЛНЯЮЩИМ ФУНКЦИИ ИНОСТРАННОГО АГЕНТА.\n\n{STORY}",
        "НАСТОЯЩИЙ МАТЕРИАЛ (ИНФОРМАЦИЯ) ПРОИЗВЕДЕН И РАСПРОСТРАНЕН ИНОСТРАННЫМ АГЕНТОМ ПСКОВ ПОСТ"
        f" ЛИБО КАСАЕТСЯ ДЕЯТЕЛЬНОСТИ ИНОСТРАННОГО АГЕНТА ПСКОВ ПОСТ. 18+\n{STORY}",
        STORY.replace("Псковом", "Псковом (признан иноагентом Минюстом)"),
        f"{STORY}\n* признан в РФ иностранным агентом",
        "Около шестидесяти контра́ктников отказа́лись е\u00adхать на полиго\u200bн, под Псковом…",
    ],
)
def test_copy_has_the_key_of_its_text(copy: str) -> None:
    """A repost with its own trimmings is the same story."""
    assert meet(item(), item(copy))


def test_title_may_be_a_line_of_its_own_or_repeated() -> None:
    """A feed and a channel tell one story, each in its form."""
    feed = item("Командование молчит.", title=STORY)
    channel = item(f"{STORY}\n\nКомандование молчит.")
    repeated = item(f"{STORY}\n\nКомандование молчит.", title=STORY)

    assert meet(feed, channel)
    assert meet(channel, repeated)


def test_ukrainian_apostrophes_and_yo_are_one() -> None:
    """Keyboards differ, words do not."""
    one = "П'ять об’їждчиків із батальйону відмовилися виконувати наказ командира."
    other = "Пʼять об'їждчиків із батальйону відмовилися виконувати наказ командира!"

    assert meet(item(one), item(other))
    assert clean_text("Ещё пришёл") == clean_text("еще пришел")


@pytest.mark.parametrize(
    "other",
    [
        STORY.replace("шестидесяти", "семидесяти"),
        f"{STORY} Позже их отпустили.",
        f"{STORY}\nОб этом подписали рапорт сорок военных из пятой роты.",
        f"{STORY}\nhttps://post.example/news/13",
        "1️⃣ " + STORY.replace("Около", "Почти"),
    ],
)
def test_other_words_are_another_text(other: str) -> None:
    """Only what is no part of the story is cleaned away."""
    assert not meet(item(), item(other))


@pytest.mark.parametrize(
    "short",
    [
        "",
        "Фото дня",
        "🔥🔥🔥",
        "Отказались ехать",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21",
    ],
)
def test_short_captions_are_no_keys(short: str) -> None:
    """Two pictures with "Video of the day" are two stories."""
    assert story_keys(item(short)) == ()


def test_forty_letters_are_enough() -> None:
    """The limit is on letters, not on digits and spaces."""
    assert story_keys(item("а" * SHORTEST_TEXT)) != ()
    assert story_keys(item("а " * (SHORTEST_TEXT - 1) + "1234567890")) == ()


def test_forward_meets_its_origin_and_other_forwards() -> None:
    """Whoever forwards says where from: that is the story, whatever is written above it."""
    origin = item("", url="https://t.me/s/PskovPost/12")
    forward = item("Смотрите!", url="https://t.me/radio_n/7", forwarded_from="t.me/pskovpost/12")
    late = item("", url="https://t.me/other/1", forwarded_from="https://t.me/pskovpost/12?single")

    assert not meet(origin, forward)  # an origin without a scheme is none
    forward = item(
        "Смотрите!", url="https://t.me/radio_n/7", forwarded_from="https://t.me/pskovpost/12"
    )
    assert meet(origin, forward)
    assert meet(forward, late)


@pytest.mark.parametrize(
    "first",
    [
        "Переслано из Псков Пост (https://t.me/pskovpost/12)",
        "Forwarded from t.me/s/PskovPost/12",
        "🔁 Репост: https://telegram.me/pskovpost/12?single",
    ],
)
def test_forward_that_says_so_in_words_meets_its_origin(first: str) -> None:
    """Bridges give a forward as a line of text; a link further down is only a link."""
    origin = item("", url="https://t.me/pskovpost/12")

    assert meet(origin, item(f"{first}\n\nСмотрите!"))
    assert not meet(origin, item("Смотрите!\nИсточник: https://t.me/pskovpost/12"))


def test_links_inside_a_text_are_no_keys() -> None:
    """Two comments on one article are not that article."""
    one = ParsedItem(key="1", text="Важно", links=("https://post.example/news/12",))
    other = ParsedItem(key="2", text="https://post.example/news/12")

    assert story_keys(one) == ()
    assert story_keys(other) == ()


@pytest.mark.parametrize(
    "url", ["https://post.example/", "https://post.example/news", "https://t.me/pskovpost"]
)
def test_homepages_are_no_keys(url: str) -> None:
    """A careless feed does not become one endless story."""
    assert story_keys(item("", url=url)) == ()


@pytest.mark.parametrize("origin", ["https://t.me/pskovpost", "https://post.example/"])
def test_a_forward_of_a_whole_channel_names_no_report(origin: str) -> None:
    """A forward without its number says whose it is, not which: all of a channel is no story."""
    forward = ParsedItem(key="1", text="Смотрите!", forwarded_from=origin)
    source = Source(
        *(1, Transport.PREVIEW, "radio_n", "t.me/radio_n", "", SourceKind.MEDIA, "ru"),
        SourceState.ACTIVE,
    )

    assert story_keys(forward) == ()
    assert identify(forward, source).asked == ()


def test_address_of_many_entries_is_no_key() -> None:
    """A court's feed that links every entry to one list keeps its entries apart."""
    url = "https://court.example/modules.php?name=press"
    batch = [item("a", url=url, key="1"), item("b", url=url, key="2")]

    shared = shared_urls(batch)
    assert [story_keys(each, shared) for each in batch] == [(), ()]
    assert shared_urls([batch[0], batch[0]]) == frozenset()


def test_long_addresses_stay_keys() -> None:
    """No address is too long for the index."""
    long = "https://post.example/news/12?" + "&".join(f"p{n}=дело" for n in range(200))
    [key] = story_keys(item("", url=long))

    assert len(key) < 100
    assert meet(item("", url=long), item("", url=long + "&utm_source=x"))


@given(st.builds(item, st.text(), st.text(), st.text(), st.text()))
def test_any_item_has_storable_keys(strange: ParsedItem) -> None:
    """No text, however broken, stops the way of its item."""
    for key in story_keys(strange):
        key.encode()
        assert "\0" not in key
        assert len(key) < 600


@given(st.text(alphabet="аб вг\n.,!-", max_size=200))
def test_case_space_and_signs_do_not_count(text: str) -> None:
    """What a copyist changes without changing a word changes no key."""
    assert clean_text(text.upper().replace(" ", " \t")) == clean_text(text)
