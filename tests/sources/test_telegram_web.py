"""Preview pages: every kind of block, every state of a page."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LayoutChanged, ParseFailed
from bot.model import ParsedItem
from bot.sources.parsed import Landing, LandingKind
from bot.sources.telegram_addresses import channel_name, embed_url, is_private_link, page_url
from bot.sources.telegram_landing import is_missing_post, parse_landing
from bot.sources.telegram_web import parse_channel_page
from tests.support.pages import CHAT, WHEN, block, landing, page, post

NOW = WHEN + timedelta(hours=1)
NAME = "pskov_post"


def read(*posts: str) -> ParsedItem:
    """The one item on a page of these posts."""
    (item,) = parse_channel_page(page(NAME, posts), now=NOW).items
    return item


def test_a_page_of_posts() -> None:
    """Title, name, stable id, older posts: all a source needs."""
    posts = [post(NAME, 8, "Второй"), post(NAME, 7, "Первый пост")]
    found = parse_channel_page(page(NAME, posts, before=7), now=NOW)

    assert (found.title, found.username, found.before) == ("Pskov Post", NAME, 7)
    assert found.chat_id == -1_000_000_000_000 - CHAT
    assert [item.key for item in found.items] == ["7", "8"]
    assert found.items[0] == ParsedItem(
        key="7",
        text="Первый пост",
        url="https://t.me/pskov_post/7",
        published=WHEN,
        lang=found.items[0].lang,
    )
    assert (found.posts[0].views, found.empty, found.unread) == (12_500, False, 0)


def test_text_keeps_paragraphs_emoji_links_and_hashtags() -> None:
    """The words come as they were written, invisible markup left out."""
    item = read(
        post(
            NAME,
            7,
            """<tg-emoji emoji-id="1"><i class="emoji" style="background-image:url('//x/1.png')"
><b>⚡️</b></i></tg-emoji> Около <b>60</b> контрактников<br/><br/>отказались&nbsp;ехать&#33;<br>
<blockquote expandable>Цитата</blockquote><pre>код
 ещё</pre><a href="https://example.org/a?b=1&amp;c=2" onclick="return confirm('Open?

'+this.href);">ссылка<br/></a><a href="?q=%23%D0%BF%D1%81%D0%BA%D0%BE%D0%B2">#псков</a>
<a href="tg://resolve?domain=x">@x</a><tg-spoiler>скрыто</tg-spoiler>""",
        )
    )

    assert item.text == (
        "⚡️ Около 60 контрактников\nотказались ехать!\nЦитата\nкод\nещё\nссылка\n#псков @xскрыто"
    )
    assert item.links == ("https://example.org/a?b=1&c=2",)
    assert item.tags == ("псков",)
    assert item.has == ("link",)


def test_an_album_is_one_post_of_many_ids() -> None:
    """Four pictures and a caption are told once, the caption not twice."""
    found = parse_channel_page(page(NAME, [post(NAME, 7, "Подпись", album=4)]), now=NOW)

    assert [item.text for item in found.items] == ["Подпись"]
    assert found.items[0].has == ("photo",)
    assert found.ids == (7, 8, 9, 10)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ('href="https://t.me/radio_n/55"', ("https://t.me/radio_n/55", "Radio N")),
        ('href="https://t.me/radio_n/55?single"', ("https://t.me/radio_n/55", "Radio N")),
        ('href="https://t.me/radio_n"', ("", "Radio N")),
        ("", ("", "Radio N")),
    ],
)
def test_forwards(origin: str, expected: tuple[str, str]) -> None:
    """Where a post was taken from is known, also when it is only a name."""
    item = read(
        post(
            NAME,
            7,
            "Текст",
            inside='<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from'
            f'<a class="tgme_widget_message_forwarded_from_name" {origin}><span dir="auto">Radio N'
            "</span></a></div>",
        )
    )

    assert (item.forwarded_from, item.forward_name) == expected


def test_a_reply_is_not_its_quotation() -> None:
    """What is answered to is another's text."""
    quoted = (
        '<a class="tgme_widget_message_reply" href="https://t.me/pskov_post/3"><div'
        ' class="tgme_widget_message_author"><span class="tgme_widget_message_author_name">'
        'Pskov Post</span></div><div class="tgme_widget_message_text js-message_reply_text">'
        "Старый текст</div></a>"
    )
    found = parse_channel_page(page(NAME, [post(NAME, 7, "Ответ", inside=quoted)]), now=NOW)

    assert found.items[0].text == "Ответ"
    assert found.posts[0].reply_to == "https://t.me/pskov_post/3"


def test_polls_speak() -> None:
    """A poll's words are in its question and answers."""
    poll = (
        '<div class="tgme_widget_message_poll js-poll"><div'
        ' class="tgme_widget_message_poll_question">Поехали бы вы?</div>'
        '<div class="tgme_widget_message_poll_type">Anonymous poll</div>'
        '<a class="tgme_widget_message_poll_option"><div'
        ' class="tgme_widget_message_poll_option_text">Откажусь</div></a></div>'
    )
    item = read(post(NAME, 7, inside=poll))

    assert item.text == "Поехали бы вы?\nОткажусь"
    assert item.has == ("poll",)


def test_service_messages_are_no_news() -> None:
    """A new name of the channel alerts nobody, but its number is not a deleted post's."""
    renamed = post(NAME, 8, "Channel name was changed to «X»", classes="service_message")
    found = parse_channel_page(page(NAME, [post(NAME, 7, "Пост"), renamed]), now=NOW)

    assert [item.key for item in found.items] == ["7"]
    assert found.ids == (7, 8)


HIDDEN = (
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
    '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'
    "</div></div>"
)


def test_restricted_posts_are_known_as_such() -> None:
    """A post hidden from the web is no empty post."""
    found = parse_channel_page(page(NAME, [post(NAME, 7, inside=HIDDEN)]), now=NOW)

    assert found.posts[0].restricted
    assert found.items[0].has == ("restricted",)


def test_the_same_mark_beside_text_means_nothing() -> None:
    """A post whose media the web cannot show is still read."""
    cont = f'<div class="media_not_supported_cont">{HIDDEN}</div>'
    found = parse_channel_page(page(NAME, [post(NAME, 7, "Слова", inside=cont)]), now=NOW)

    assert (found.posts[0].restricted, found.items[0].text) == (False, "Слова")


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ('<a class="tgme_widget_message_photo_wrap" href="#"></a>', "photo"),
        ('<a class="tgme_widget_message_video_player js-message_video_player"></a>', "video"),
        ('<div class="tgme_widget_message_roundvideo_player"></div>', "video"),
        ('<a class="tgme_widget_message_voice_player"></a>', "audio"),
        ('<a class="tgme_widget_message_location_wrap"></a>', "location"),
        ('<div class="tgme_widget_message_sticker_wrap"></div>', "sticker"),
    ],
)
def test_media_without_words_is_read(inside: str, kind: str) -> None:
    """A picture alone is a post too: a caption may come later."""
    item = read(post(NAME, 7, inside=inside))

    assert (item.text, item.has) == ("", (kind,))


def test_a_document_alone_speaks_by_its_name() -> None:
    """«Приговор.pdf» says what it is."""
    document = (
        '<a class="tgme_widget_message_document_wrap"><div'
        ' class="tgme_widget_message_document_icon"></div>'
        '<div class="tgme_widget_message_document"><div'
        ' class="tgme_widget_message_document_title">Приговор по 337.pdf</div></div></a>'
    )
    item = read(post(NAME, 7, inside=document))

    assert (item.text, item.has) == ("Приговор по 337.pdf", ("document",))


PREVIEW = (
    '<a class="tgme_widget_message_link_preview" href="https://example.org/1"><div'
    ' class="link_preview_site_name">Example</div><div class="link_preview_title">'
    'Солдаты отказались</div><div class="link_preview_description">Около 60 человек.</div></a>'
)


def test_a_bare_link_speaks_by_its_preview() -> None:
    """Where a post is only a link, its preview is all a reader sees; else it is another's text."""
    link = '<a href="https://example.org/1">https://example.org/1</a>'
    bare = read(post(NAME, 7, link, inside=PREVIEW))
    told = read(post(NAME, 7, f"Подробный рассказ о том, что было {link}", inside=PREVIEW))

    assert bare.text.endswith("Солдаты отказались\nОколо 60 человек.")
    assert "Солдаты" not in told.text
    assert told.links == ("https://example.org/1",)


@pytest.mark.parametrize(
    ("meta", "edited", "author"),
    [
        ("edited &nbsp;", True, ""),
        ('<span class="tgme_widget_message_from_author">Анна П.</span>,&nbsp;', False, "Анна П."),
        (
            '<span class="tgme_widget_message_from_author">I edited it</span>, ',
            False,
            "I edited it",
        ),
        ('<span class="tgme_widget_message_from_author">А</span>, edited &nbsp;', True, "А"),
    ],
)
def test_signature_and_edits(meta: str, edited: bool, author: str) -> None:
    """An edit is told by the word itself, not by a signature that holds it."""
    item = read(post(NAME, 7, "Текст", meta=meta))

    assert (item.edited, item.author) == (edited, author)


@pytest.mark.parametrize("year", [1, 1970, 2099])
def test_impossible_dates_are_none(year: int) -> None:
    """A clock gone wrong does not date an alert."""
    assert read(post(NAME, 7, "Т", when=datetime(year, 1, 2, tzinfo=UTC))).published is None


def test_no_posts_is_no_proof_of_anything() -> None:
    """A throttled reader sees what a new channel shows: empty, not gone."""
    found = parse_channel_page(page(NAME, []), now=NOW)

    assert (found.empty, found.items, found.title) == (True, (), "Pskov Post")


@pytest.mark.parametrize(
    "body",
    [
        page(NAME, [post(NAME, 7, "Текст")]).replace(b"data-post", b"data-id"),
        page(NAME, [post(NAME, 7, "Текст")]).replace(b"js-message_text", b"text_2027"),
        page(NAME, [post(NAME, 7, "Текст")]).replace(b"tgme_widget_message ", b"message_2027 "),
        b"<html><title>Sign in</title><form></form></html>",
        b"",
    ],
)
def test_a_changed_layout_raises_an_alarm(body: bytes) -> None:
    """A page nobody can read any more is never taken for a channel without posts."""
    with pytest.raises(LayoutChanged):
        parse_channel_page(body, now=NOW)


def test_one_strange_block_does_not_hide_the_others() -> None:
    """Unreadable blocks are counted, the rest is read."""
    strange = block(NAME, 8, "<div class='new_2027'>?</div>")
    found = parse_channel_page(page(NAME, [post(NAME, 7, "Пост"), strange]), now=NOW)

    assert ([item.key for item in found.items], found.unread) == (["7"], 1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (landing("x", says="Contact"), LandingKind.MISSING),
        (landing("x", title="Анна", says="Contact"), LandingKind.PERSON),
        (landing("x", title="Chat", extra="16 674 members, 362 online"), LandingKind.GROUP),
        (landing("x", title="News", extra="12 345 subscribers"), LandingKind.CHANNEL),
        (landing("x", title="News", extra="1 subscriber"), LandingKind.CHANNEL),
    ],
)
def test_names_without_preview_are_told_apart(body: bytes, kind: LandingKind) -> None:
    """Missing, group, person, closed: each is answered with its own words."""
    assert parse_landing(body).kind is kind


def test_a_landing_page_nobody_knows() -> None:
    """What is not understood is not guessed."""
    with pytest.raises(LayoutChanged):
        parse_landing(b"<html><title>Welcome</title></html>")
    assert parse_landing(landing("x", title="Т", extra="2 members")) == Landing(
        LandingKind.GROUP, "Т"
    )


def test_deleted_posts() -> None:
    """The embed page of a deleted post refuses it; of another it shows it."""
    refused = b"<div class='tgme_widget_message err_message js-widget_message'></div>"

    assert is_missing_post(refused)
    assert not is_missing_post(post(NAME, 7, "Текст").encode())
    with pytest.raises(LayoutChanged):
        is_missing_post(b"<html></html>")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@pskov_post", "pskov_post"),
        ("t.me/pskov_post", "pskov_post"),
        ("https://t.me/pskov_post/123?single", "pskov_post"),
        ("https://t.me/s/pskov_post?before=9", "pskov_post"),
        ("http://www.telegram.me/pskov_post", "pskov_post"),
        ("telegram.dog/s/pskov_post", "pskov_post"),
        ("https://pskov-post.t.me/5", "pskov_post"),
        ("tg://resolve?domain=pskov_post&post=5", "pskov_post"),
        (" @Pskov ", "Pskov"),
        *(
            (text, None)
            for text in ("pskov_post", "@1abc", "@abc", "https://example.org/pskov_post")
        ),
        *(
            (text, None)
            for text in ("t.me/+AbCdEf", "t.me/joinchat/AbC", "t.me/c/123456/7", "t.me/")
        ),
        *((text, None) for text in ("t.me/addstickers/x", "", "http://[::1", "mailto:a@t.me")),
    ],
)
def test_names_of_channels(text: str, name: str | None) -> None:
    """Whatever form a person copies, it is the same channel; nothing else is one."""
    assert channel_name(text) == name


def test_private_links_and_addresses() -> None:
    """An invitation link is recognised; the pages' addresses are Telegram's."""
    assert all(map(is_private_link, ("https://t.me/+AbC", "t.me/joinchat/x", "t.me/c/12/3")))
    assert not is_private_link("t.me/pskov_post")
    assert page_url("https://t.me/", NAME, 900) == "https://t.me/s/pskov_post?before=900"
    assert embed_url("https://t.me", NAME, 9) == "https://t.me/pskov_post/9?embed=1&mode=tme"


PIECES = st.sampled_from(
    [
        *(
            '<div class="tgme_widget_message" data-post="abcd/',
            '1"',
            '99999999999999999"',
            ">",
            "</div>",
        ),
        *(
            '<div class="js-message_text">',
            "Слова",
            '<time datetime="',
            "2024-04-08T06:14:05+00:00",
            '">',
        ),
        *(
            'data-view="',
            "eyJjIjoxfQ",
            "eyJjIjp7fX0",
            '<a href="',
            "http://[",
            "?single",
            "\0",
            "\ud800",
        ),
        *(
            '<div class="tgme_channel_history">',
            '<span class="tgme_widget_message_views">',
            "9.9.9K",
        ),
        *(
            '<a class="tme_messages_more" data-before="',
            "²",
            "&#0;",
            "<pre>",
            "<br>",
            "<title>View @",
        ),
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=40))
def test_no_page_breaks_the_reader(pieces: list[str]) -> None:
    """Whatever comes, the answer is posts or ParseFailed."""
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    for parse in (lambda: parse_channel_page(body, now=NOW), lambda: parse_landing(body)):
        with contextlib.suppress(ParseFailed):
            parse()
