"""Telegram's preview pages as its server writes them, for tests and nothing else.

page("pskov_post", [post("pskov_post", 7, "Отказались ехать")], before=1)
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

__all__ = ["block", "landing", "page", "post", "view"]

WHEN = datetime(2024, 4, 8, 6, 14, 5, tzinfo=UTC)
CHAT = 1234567890


def view(number: int | str, chat: int = CHAT) -> str:
    """The attribute data-view: base64 without padding of the channel's id and more."""
    raw = json.dumps({"c": -chat, "p": number, "t": 1712556845, "h": "5362c412117fff2eb1"})
    return base64.urlsafe_b64encode(raw.replace(" ", "").encode()).decode().rstrip("=")


def post(
    name: str,
    number: int,
    html: str = "",
    *,
    when: datetime = WHEN,
    inside: str = "",
    meta: str = "",
    classes: str = "",
    album: int = 0,
) -> str:
    """A block. `html` is the text, `inside` stands before it, `meta` before the date."""
    address = f"https://t.me/{name}/{number}"
    text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{html}</div>'
    if album:
        links = "".join(
            '<a class="tgme_widget_message_photo_wrap grouped_media_wrap js-message_photo"'
            f' href="https://t.me/{name}/{number + part}?single"></a>'
            for part in range(album)
        )
        inside += f'<div class="tgme_widget_message_grouped_wrap">{links}</div>'
        text = text.replace(html, text)
    return block(
        name,
        number,
        f"""{inside}{text if html else ""}
<div class="tgme_widget_message_footer compact js-message_footer">
  <div class="tgme_widget_message_info short js-message_info">
    <span class="tgme_widget_message_views">12.5K</span><span class="copyonly"> views</span><span
    class="tgme_widget_message_meta">{meta}<a class="tgme_widget_message_date" href="{address}"
    ><time datetime="{when.isoformat()}" class="time">06:14</time></a></span>
  </div>
</div>""",
        classes=classes,
        group="g" if album else "",
    )


def block(name: str, number: int, bubble: str, *, classes: str = "", group: str = "") -> str:
    data = view(f"{number}{group}" if group else number)
    return f"""<div class="tgme_widget_message_wrap js-widget_message_wrap"><div
class="tgme_widget_message text_not_supported_wrap {classes} js-widget_message"
data-post="{name}/{number}" data-view="{data}">
  <div class="tgme_widget_message_user"><a href="https://t.me/{name}"><i
  class="tgme_widget_message_user_photo bgcolor6" data-content="P"></i></a></div>
  <div class="tgme_widget_message_bubble">
    <div class="tgme_widget_message_author accent_color"><a
    class="tgme_widget_message_owner_name" href="https://t.me/{name}"><span
    dir="auto">Pskov Post</span></a></div>
{bubble}
  </div>
</div></div>"""


def page(
    name: str, posts: Iterable[str], *, before: int | None = None, title: str = "Pskov Post"
) -> bytes:
    """A page of posts; without any it says that there are none."""
    blocks = "".join(posts) or (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div'
        ' class="tgme_widget_message_centered"><div class="tme_no_messages_found">'
        "No posts found</div></div></div>"
    )
    older = f'<link rel="prev" href="/s/{name}?before={before}">' if before else ""
    more = (
        f'<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{name}'
        f'?before={before}" class="tme_messages_more js-messages_more" data-before="{before}">'
        "</a></div>"
        if before
        else ""
    )
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(title)} – Telegram</title>
<meta property="og:title" content="{escape(title)}">{older}
<link rel="canonical" href="/s/{name}?before=999999"></head>
<body class="widget_frame_base tgme_webpreview emoji_image thin_box_shadow tme_mode">
<div class="tgme_channel_info"><div class="tgme_channel_info_header">
  <div class="tgme_channel_info_header_title"><span dir="auto">{escape(title)}</span></div>
  <div class="tgme_channel_info_header_username"><a href="https://t.me/{name}">@{name}</a></div>
</div></div>
<main class="tgme_main" data-url="/{name}"><div class="tgme_container">
<section class="tgme_channel_history js-message_history">{more}{blocks}</section>
</div></main></body></html>""".encode()


def landing(name: str, *, title: str = "", extra: str = "", says: str = "View") -> bytes:
    """t.me/NAME: `extra` is "12 subscribers" or "5 members, 2 online"; "" with no title: nobody."""
    shown = f'<div class="tgme_page_title" dir="auto"><span dir="auto">{escape(title)}</span></div>'
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>Telegram: {says} @{name}</title></head><body class="no_transition">
<div class="tgme_page_wrap"><div class="tgme_body_wrap"><div class="tgme_page">
{shown if title else ""}{f'<div class="tgme_page_extra">{extra}</div>' if extra else ""}
<div class="tgme_page_action"><a class="tgme_action_button_new"
href="tg://resolve?domain={name}">View in Telegram</a></div>
</div></div></div></body></html>""".encode()
