"""Articles: title, date, main text."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseFailed
from bot.sources.article import parse_article
from bot.sources.markup import html_to_text
from bot.sources.offers import feeds_on_page
from bot.sources.text import guess_language

NOW = datetime(2024, 4, 9, tzinfo=UTC)
URL = "https://example.org/news/1"
PARAGRAPH = "Военный суд признал контрактника виновным в самовольном оставлении части. " * 3
PAGE = f"""<!DOCTYPE html><html lang="ru"><head><title>Суд — Псков Пост</title>
<meta property="og:title" content="Суд &amp;amp; приговор">
<meta property="og:site_name" content="Псков Пост">
<link rel="canonical" href="/news/1-sud"><script type="application/ld+json">
{{"@context": "https://schema.org", "@graph": [{{"@type": "WebPage"}}, {{"@type": "NewsArticle",
"headline": "Суд", "datePublished": "2024-04-08T09:14:00+03:00",
"author": [{{"name": "Анна П."}}]}}]}}
</script></head><body><nav><a href="/">Главная</a><a href="/a">О проекте</a></nav>
<article><h1>Суд &amp; приговор</h1><p>{PARAGRAPH}</p><p>Он вину не признал.</p></article>
<footer>Все права защищены</footer></body></html>"""


def test_a_news_page() -> None:
    """The story, without the site around it."""
    article = parse_article(PAGE.encode(), url=URL, now=NOW)

    assert article.title == "Суд & приговор"
    assert article.text == f"{PARAGRAPH.strip()}\nОн вину не признал."
    assert article.url == "https://example.org/news/1-sud"
    assert article.published == datetime(2024, 4, 8, 6, 14, tzinfo=UTC)
    assert (article.lang, article.site, article.author) == ("ru", "Псков Пост", "Анна П.")


def test_a_page_of_few_words_is_kept_whole() -> None:
    """A short note is not thrown away as navigation."""
    body = "<html><body><div><div>Солдаты отказались ехать.</div></div></body></html>"

    assert "Солдаты отказались ехать." in parse_article(body.encode(), url=URL, now=NOW).text


@pytest.mark.parametrize("content_type", ["", "text/plain; charset=utf-8"])
def test_plain_text(content_type: str) -> None:
    """A text file is its own article; its first line is a title only before more lines."""
    two = parse_article(
        "Заголовок\n\nТекст a < b.".encode(), url="", now=NOW, content_type=content_type
    )
    one = parse_article(b"They refused to go.", url="", now=NOW, content_type=content_type)

    assert (two.title, two.text) == ("Заголовок", "Текст a < b.")
    assert (one.title, one.text, one.lang) == ("", "They refused to go.", "en")


def test_a_page_without_words() -> None:
    """An empty page is an error, not an empty article."""
    with pytest.raises(ParseFailed):
        parse_article(b"<html><body><img src='x'></body></html>", url=URL, now=NOW)


def test_an_impossible_date_is_none() -> None:
    """A page's wish is not believed."""
    page = PAGE.replace("2024-04-08T09:14:00+03:00", "2094-01-01")

    assert parse_article(page.encode(), url=URL, now=NOW).published is None


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Солдаты отказались ехать, объяснив это усталостью", "ru"),
        ("Військові відмовилися їхати на фронт", "uk"),
        ("They refused to go", "en"),
        ("Отказ ехать", ""),
        ("!!! 123", ""),
    ],
)
def test_language_by_letters(text: str, lang: str) -> None:
    """Only letters that tell are believed."""
    assert guess_language(text) == lang


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a  b\n\nc", "a b\nc"),
        ("<p>a<p>b", "a\nb"),
        ("a<br><br>b", "a\nb"),
        ("<ul><li>a<li>b</ul>c", "• a\n• b\nc"),
        ("<ol><li><p>a</p>\n<p>b<li>1. c</ol>", "• a\nb\n1. c"),
        ("<ul><li> <li><b>a</b><ul><li>b</ul></ul><p>c", "• a\n• b\nc"),
        ("<table><tr><td>09:40</td> <td>a<tr><td>1.<td><p>b</table>", "09:40 a\n1. b"),
        ("a<b>b</b>c <i> d</i>", "abc d"),
        ("<style>x</style>a<script>y</script><!-- z -->", "a"),
        ("&lt;b&gt; &amp; &laquo;c&raquo;&nbsp;d", "<b> & «c» d"),
        ("<table><tr><td>a<td>b</table>", "a\nb"),
        ("", ""),
    ],
)
def test_text_of_html(html: str, text: str) -> None:
    """What a reader sees, paragraph by paragraph."""
    assert html_to_text(html) == text


@given(
    st.text(max_size=200) | st.lists(st.sampled_from(["<p>", "</p>", "<pre>", "<b", "a", "&#0;"]))
)
def test_any_html_gives_clean_text(pieces: str | list[str]) -> None:
    """No control characters, no empty lines, whatever comes."""
    text = html_to_text("".join(pieces))

    assert text == "" or all(line == line.strip(" ") and line for line in text.split("\n"))
    assert not any(ord(char) < 32 and char != "\n" for char in text)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    """Whatever comes, the answer is an article or ParseFailed; pages offer feeds or none."""
    with contextlib.suppress(ParseFailed):
        parse_article(body, url=URL, now=NOW)
    assert all(link.url.startswith("http") for link in feeds_on_page(body, url=URL))


# --- what stands beside the article, and what stands in it

STRANGER = "Рота под Угледаром отказалась ехать на передовую"
TEXT = "".join(
    f"<p>Городские власти сообщили о ремонте дороги номер {n}. Работы продлятся до весны, движение"
    " будет ограничено, автобусы пойдут в объезд.</p>"
    for n in range(6)
)
LINK = f'<a href="/2">{STRANGER}</a>'
BESIDE = {
    "section": f'<section class="read-more"><h3>Читайте также</h3><div>{LINK}</div></section>',
    "most read": f'<div class="most-read"><ol><li>{LINK}</li><li>{LINK}</li></ol></div>',
    "comments": f'<div id="comments"><div class="comment"><p>{STRANGER}, пишут.</p></div></div>',
    "next article": f"<article><h2>{STRANGER}</h2><p>{STRANGER}, сообщили жёны.</p></article>",
    "aside": f"<aside><p>{STRANGER}.</p></aside>",
    "list of links": f"<ul><li>{LINK}</li><li>{LINK}</li></ul>",
    "no class": f"<h4>Новости по теме</h4><div>{LINK}</div>",
    "ukrainian": f"<h3>Читайте також:</h3><p>{LINK}</p>",
    "footer": f"<footer><p>{STRANGER}</p></footer>",
    "nav": f"<nav>{LINK}</nav>",
    "sidebar": f'<div class="col sidebar"><p>{STRANGER}.</p></div>',
    "popup": f'<div class="cookie-popup">{STRANGER}</div>',
    "column": f'<table><tr><td>Ещё</td><td class="side">{LINK}<br>{LINK}</td></tr></table>',
    "cards": '<div class="cards">' + 2 * f'<div class="card">{LINK}</div>' + "</div>",
    "feed": f"<h3>Лента новостей</h3><div><div>09:10 {LINK}</div><div>09:20 {LINK}</div></div>",
    "ticker": f'<div class="ticker">{LINK} {LINK}</div>',
}
LAYOUTS = {
    "main": "<main><article>{text}</article></main>{beside}",
    "divs": '<div class="content"><div class="text">{text}</div></div>{beside}',
    "inside": '<div class="page"><article>{text}{beside}</article></div>',
    "wrapped": '<div class="has-sidebar"><article>{text}</article>{beside}</div>',
    "table": "<table><tr><td>{text}</td><td>{beside}</td></tr></table>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("beside", BESIDE)
def test_what_stands_beside_is_not_the_article(layout: str, beside: str) -> None:
    """A related headline is no text of this article: it would be a false alert."""
    if layout == "inside" and beside in ("aside", "footer"):
        return  # these are words of an article when they stand in it
    body = LAYOUTS[layout].format(text=TEXT, beside=BESIDE[beside])
    page = f"<html><body><h1>Ремонт</h1>{body}</body></html>"
    text = parse_article(page.encode(), url=URL, now=NOW).text

    assert STRANGER not in text
    assert all(f"дороги номер {n}." in text for n in range(6))


@pytest.mark.parametrize(
    "part",
    [
        f"<ul><li>{STRANGER}.</li></ul>",
        f"<ol><li>Одно.</li><li>{STRANGER}.</li></ol>",
        f'<figure><img src="a.jpg"><figcaption>{STRANGER}.</figcaption></figure>',
        f"<aside>{STRANGER}.</aside>",
        f"<footer>{STRANGER}.</footer>",
        f"<blockquote>{STRANGER}.</blockquote>",
        f'<blockquote class="twitter-tweet"><p>{STRANGER}.</p></blockquote>',
        f"<h2>{STRANGER}</h2>",
        f"<p>Читайте: {STRANGER}, сообщили жёны, и власти этого не отрицают.</p>",
        f"<dl><dt>Что</dt><dd>{STRANGER}.</dd></dl>",
    ],
)
@pytest.mark.parametrize(
    ("container", "named"),
    [
        ("article", ""),
        ("main", ""),
        ("div", ' class="text"'),
        ("div", ""),
        ("section", ' id="s1"'),
    ],
)
def test_what_stands_in_the_article_is_kept(part: str, container: str, named: str) -> None:
    """Lists, captions, asides and quotations are its words."""
    for text in (f"{TEXT}{part}", TEXT.replace("</p>", f"</p>{part}", 1)):
        page = f"<html><body><{container}{named}>{text}</{container}></body></html>"
        assert STRANGER in parse_article(page.encode(), url=URL, now=NOW).text


@pytest.mark.parametrize(
    "part",
    [
        "<aside><p>Подробности: {words}.</p></aside>",
        '<aside class="box"><h4>Справка</h4><p>{words}, сказано в сводке.</p></aside>',
        "<footer><p>Дополнено: {words}.</p></footer>",
        '<footer class="note">{words}.</footer>',
    ],
)
def test_asides_among_the_paragraphs_of_plain_elements(part: str) -> None:
    """Where no element says that it is an article, its paragraphs do; the page's own is beside."""
    part = part.format(words=STRANGER)
    head, foot = "<header><a href='/'>Псков Пост</a></header>", "<footer>© Псков Пост</footer>"
    inside = f'<div class="wrap"><div class="c7">{TEXT}{part}</div></div>'
    table = f"<table><tr><td>{TEXT}{part}</td><td><a href='/2'>Ещё</a></td></tr></table>"
    for body in (inside, table, f"<div><section>{part}{TEXT}</section></div>"):
        page = f"<html><body>{head}<h1>Ремонт</h1>{body}{foot}</body></html>"
        text = parse_article(page.encode(), url=URL, now=NOW).text
        assert STRANGER in text
        assert "©" not in text
    for body in (f"<div>{TEXT}</div>{part}", f"<div><div>{TEXT}</div>{part}</div>"):
        page = f"<html><body>{head}<h1>Ремонт</h1>{body}{foot}</body></html>"
        assert STRANGER not in parse_article(page.encode(), url=URL, now=NOW).text


def test_the_body_that_the_page_describes() -> None:
    """`articleBody` of JSON-LD counts, also where a script would have shown it."""
    body = f"{STRANGER}. " * 3 + "Подробности выясняются. " * 10
    data = json.dumps({"@type": "NewsArticle", "headline": "Ремонт", "articleBody": body})
    script = f'<script type="application/ld+json">{data}</script>'

    for shown in ("", "<article><p>Читайте в приложении.</p></article>", f"<main>{TEXT}</main>"):
        page = f"<html><head>{script}</head><body>{shown}</body></html>"
        assert STRANGER in parse_article(page.encode(), url=URL, now=NOW).text
