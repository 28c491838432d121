"""Articles: title, date, main text."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ParseFailed
from bot.sources.article import parse_article
from bot.sources.offers import feeds_on_page
from bot.sources.text import guess_language, html_to_text

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
        ("<ul><li>a<li>b</ul>c", "a\nb\nc"),
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
