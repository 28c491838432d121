"""The true forms: RSS 2.0, Atom, JSON Feed 1.1, and a channel's preview page.

`data-view` of a post is base64 of JSON whose `c` is the channel's id; the page's newest
posts stand last; links in a channel's page lead to t.me whoever serves it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Final

from bot.demo.script import OUTLETS, Form, Outlet

__all__ = ["PAGE_SIZE", "Shown", "page", "permalink"]

PAGE_SIZE: Final = 20
"""Posts on a channel's page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A post as it stands now."""

    number: int
    title: str
    text: str
    published: datetime
    edited: datetime | None = None
    forwards: tuple[str, int] | None = None


def permalink(outlet: Outlet, number: int) -> str:
    """The public address of a post."""
    if outlet.form is Form.CHANNEL:
        return f"https://t.me/{outlet.name}/{number}"
    return f"{outlet.site}/news/{number}"


def page(outlet: Outlet, posts: Sequence[Shown], before: int | None = None) -> tuple[str, str]:
    """The outlet's page with these posts, oldest first, and its content type.

    `before` pages back in a channel: posts with smaller numbers.
    """
    match outlet.form:
        case Form.RSS:
            return _rss(outlet, posts), "application/rss+xml; charset=utf-8"
        case Form.ATOM:
            return _atom(outlet, posts), "application/atom+xml; charset=utf-8"
        case Form.JSON:
            return _json(outlet, posts), "application/feed+json; charset=utf-8"
        case Form.CHANNEL:
            return _channel(outlet, posts, before), "text/html; charset=utf-8"


def _rss(outlet: Outlet, posts: Sequence[Shown]) -> str:
    items = "".join(
        f"""
    <item>
      <title>{escape(post.title)}</title>
      <link>{permalink(outlet, post.number)}</link>
      <guid isPermaLink="true">{permalink(outlet, post.number)}</guid>
      <pubDate>{format_datetime(post.published)}</pubDate>
      <description><![CDATA[<p>{escape(post.text)}</p>]]></description>
    </item>"""
        for post in reversed(posts)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
  <channel>
    <title>{escape(outlet.title)}</title>
    <link>{outlet.site}/</link>
    <description>{escape(outlet.title)}</description>
    <language>{outlet.lang}</language>{items}
  </channel>
</rss>
"""


def _atom(outlet: Outlet, posts: Sequence[Shown]) -> str:
    entries = "".join(
        f"""
  <entry>
    <id>{permalink(outlet, post.number)}</id>
    <title>{escape(post.title)}</title>
    <link rel="alternate" type="text/html" href="{permalink(outlet, post.number)}"/>
    <published>{post.published.isoformat()}</published>
    <updated>{(post.edited or post.published).isoformat()}</updated>
    <summary type="html">{escape(f"<p>{escape(post.text)}</p>")}</summary>
  </entry>"""
        for post in reversed(posts)
    )
    updated = max((post.edited or post.published for post in posts), default=None)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.lang}">
  <id>{outlet.site}/</id>
  <title>{escape(outlet.title)}</title>
  <link rel="alternate" href="{outlet.site}/"/>
  <updated>{updated.isoformat() if updated else ""}</updated>
  <author><name>{escape(outlet.title)}</name></author>{entries}
</feed>
"""


def _json(outlet: Outlet, posts: Sequence[Shown]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.title,
        "home_page_url": f"{outlet.site}/",
        "language": outlet.lang,
        "items": [
            {
                "id": permalink(outlet, post.number),
                "url": permalink(outlet, post.number),
                "title": post.title,
                "content_html": f"<p>{escape(post.text)}</p>",
                "date_published": post.published.isoformat(),
            }
            for post in reversed(posts)
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _channel(outlet: Outlet, posts: Sequence[Shown], before: int | None) -> str:
    older = [post for post in posts if before is None or post.number < before]
    shown = older[-PAGE_SIZE:]
    first = shown[0].number if len(older) > len(shown) else None
    title = escape(outlet.title)
    link = f'<link rel="prev" href="/s/{outlet.name}?before={first}">' if first else ""
    more = (
        '<div class="tgme_widget_message_centered js-messages_more_wrap">'
        f'<a href="/s/{outlet.name}?before={first}" class="tme_messages_more js-messages_more"'
        f' data-before="{first}"></a></div>'
        if first
        else ""
    )
    blocks = "".join(_block(outlet, post) for post in shown)
    empty = "" if shown else '<div class="tme_no_messages_found">No posts found</div>'
    return f"""<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8">
    <title>{title} – Telegram</title>
    <meta property="og:title" content="{title}">
    <meta property="og:site_name" content="Telegram">
    {link}
    <link rel="canonical" href="/s/{outlet.name}">
  </head>
  <body class="widget_frame_base tgme_webpreview emoji_image thin_box_shadow no_transitions">
    <div class="tgme_channel_info">
      <div class="tgme_channel_info_header">
        <div class="tgme_channel_info_header_title_wrap">
          <div class="tgme_channel_info_header_title"><span dir="auto">{title}</span></div>
        </div>
        <div class="tgme_channel_info_header_username"><a
          href="https://t.me/{outlet.name}">@{outlet.name}</a></div>
      </div>
    </div>
    <main class="tgme_main" data-url="/{outlet.name}">
      <div class="tgme_container">
        <section class="tgme_channel_history js-message_history">{more}{blocks}{empty}</section>
      </div>
    </main>
  </body>
</html>
"""


def _block(outlet: Outlet, post: Shown) -> str:
    link = permalink(outlet, post.number)
    edited = "edited &nbsp;" if post.edited else ""
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap">
<div class="tgme_widget_message text_not_supported_wrap js-widget_message"
  data-post="{outlet.name}/{post.number}" data-view="{_view(outlet, post)}">
  <div class="tgme_widget_message_bubble">
    <div class="tgme_widget_message_author accent_color"><a
      class="tgme_widget_message_owner_name" href="https://t.me/{outlet.name}"><span
      dir="auto">{escape(outlet.title)}</span></a></div>{_forward(post)}
    <div class="tgme_widget_message_text js-message_text" dir="auto">{_html(post.text)}</div>
    <div class="tgme_widget_message_footer compact js-message_footer">
      <div class="tgme_widget_message_info short js-message_info">
        <span class="tgme_widget_message_views">1.2K</span><span class="copyonly"> views</span><span
        class="tgme_widget_message_meta">{edited}<a class="tgme_widget_message_date"
        href="{link}"><time datetime="{post.published.isoformat(timespec="seconds")}"
        class="time">{post.published:%H:%M}</time></a></span>
      </div>
    </div>
  </div>
</div></div>"""


def _forward(post: Shown) -> str:
    if post.forwards is None:
        return ""
    name, number = post.forwards
    source = OUTLETS[name]
    return (
        '\n    <div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;<a'
        ' class="tgme_widget_message_forwarded_from_name"'
        f' href="{permalink(source, number)}"><span dir="auto">{escape(source.title)}</span></a>'
        "</div>"
    )


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _view(outlet: Outlet, post: Shown) -> str:
    """Signed by Telegram in earnest; only the channel's id is read."""
    channel = -1_900_000_000 - list(OUTLETS).index(outlet.name)
    value = {"c": channel, "p": post.number, "t": int(post.published.timestamp()), "h": "0" * 18}
    packed = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")
