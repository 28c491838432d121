"""A chat as a phone shows it: what people wrote, what the bot answered, its buttons. HTML."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.i18n import translator, zone
from tests.support.telegram_world import Posted

__all__ = ["SLOT", "Shot", "Wrote", "chat", "lock_screen", "sheet"]

SLOT = (390, 1560)
"""Width and greatest height of a phone, in CSS pixels."""

_COLUMNS = 8
_STYLE = """
* { box-sizing: border-box; margin: 0 }
body { background: #ff00ff; /* cut away */ font: 15px/1.36 Inter, Roboto, 'Noto Sans', sans-serif }
.slot { position: absolute; width: 390px }
.phone { background: #dfe7ea; padding-bottom: 14px; min-height: 420px }
header { background: #fff; padding: 12px 16px; display: flex; gap: 12px; align-items: center;
  border-bottom: 1px solid #d5dade; margin-bottom: 10px }
header i { width: 38px; height: 38px; border-radius: 50%; background: #2f6ea5; color: #fff;
  font: 600 17px/38px Inter, sans-serif; text-align: center; display: block }
header b { display: block; font-size: 16px } header span { color: #7d8790; font-size: 13px }
.tabs { background: #fff; margin-top: -10px; padding: 0 14px; margin-bottom: 10px; display: flex;
  gap: 18px; border-bottom: 1px solid #d5dade } .tabs span { padding: 8px 0 7px; color: #7d8790;
  font-weight: 500 } .tabs span:last-child { color: #2f6ea5; border-bottom: 2px solid #2f6ea5 }
.said { margin: 7px 10px; display: flex; flex-direction: column; align-items: flex-start }
.own { align-items: flex-end }
.bubble { background: #fff; border-radius: 12px; padding: 7px 11px 5px; max-width: 342px;
  min-width: 74px; white-space: pre-wrap; overflow-wrap: anywhere;
  box-shadow: 0 1px 1px #0002 }
.own .bubble { background: #e3f8d3 }
.wide { width: 342px }
.picture { padding: 3px; width: 342px } .picture img { width: 336px; display: block;
  border-radius: 10px } .picture .words { padding: 4px 8px 0 }
.file { display: flex; gap: 10px; align-items: center } .file i { width: 40px; height: 40px;
  border-radius: 50%; background: #3390ec; color: #fff; text-align: center; line-height: 40px;
  font-style: normal }
time { float: right; margin: 6px 0 0 8px; font-size: 11px; color: #8b959e; line-height: 15px }
a { color: #2b7cc4; text-decoration: none } code { color: #b3447b; font: 14px 'Noto Sans Mono',
  'DejaVu Sans Mono', monospace }
blockquote { border-left: 3px solid #3d8fd1; background: #eaf3fb; border-radius: 5px;
  padding: 3px 9px; margin: 3px 0 }
blockquote.folds { position: relative; display: -webkit-box; -webkit-line-clamp: 3;
  -webkit-box-orient: vertical; overflow: hidden; padding-right: 22px }
blockquote.folds::after { content: '⌄'; position: absolute; right: 6px; bottom: 2px;
  color: #3d8fd1; font-size: 15px; background: #eaf3fb }
.reply { border-left: 3px solid #3d8fd1; padding: 0 8px; margin-bottom: 4px; font-size: 13px;
  color: #5c6a75; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.row { display: flex; gap: 4px; margin-top: 4px; width: 342px }
.row span { flex: 1 1 0; min-width: 0; background: #8ba0ad; color: #fff; border-radius: 8px;
  font-weight: 500; font-size: 13.5px; line-height: 35px; text-align: center; padding: 0 5px;
  white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.lock { background: linear-gradient(#22303f, #50708a); color: #fff; padding: 46px 12px 60px;
  min-height: 560px; text-align: center }
.lock h1 { font: 300 76px/1 Inter, sans-serif } .lock p { margin: 6px 0 60px; font-size: 17px }
.notice { background: #f4f6f8ee; color: #111; border-radius: 18px; padding: 12px 16px;
  text-align: left; white-space: pre-wrap } .notice b { display: flex;
  justify-content: space-between } .notice small { color: #777; font-weight: 400 }
.notice div { display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical;
  overflow: hidden }
"""


@dataclass(frozen=True, slots=True)
class Wrote:
    """What a person sent."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to be: its file's name and the HTML of the phone."""

    name: str
    body: str


def chat(
    said: Iterable[Wrote | Posted], tz: str, subtitle: str, threads: Sequence[str] = ()
) -> str:
    """The phone with these messages, oldest first; the last of the `threads` is open."""
    listed = list(said)
    texts = {each.message_id: each.text for each in listed if isinstance(each, Posted)}
    shown = "".join(
        _message(each, tz, texts) if isinstance(each, Posted) else _own(each, tz) for each in listed
    )
    head = f"<header><i>V</i><div><b>Vigil</b><span>{html.escape(subtitle)}</span></div></header>"
    tabs = "".join(f"<span>{html.escape(each)}</span>" for each in threads)
    if tabs:
        head += f'<nav class="tabs">{tabs}</nav>'
    return f'<div class="phone">{head}{shown}</div>'


def lock_screen(posted: Posted, lang: str, tz: str) -> str:
    """What a locked phone tells of a message."""
    t, at = translator(lang), posted.at.astimezone(zone(tz))
    words = html.escape(posted.text)
    notice = f"<b>Vigil <small>{at:%H:%M}</small></b><div>{words}</div>"
    day = f"{t.weekday(at.weekday())}, {t.day(posted.at, tz)}"
    return (
        f'<div class="lock"><h1>{at:%H:%M}</h1><p>{day}</p><div class="notice">{notice}</div></div>'
    )


def sheet(shots: Sequence[Shot]) -> tuple[str, tuple[int, int], list[tuple[int, int]]]:
    """One page with all phones; its size; where each phone begins. CSS pixels."""
    width, height = SLOT
    at = [(n % _COLUMNS * width, n // _COLUMNS * height) for n in range(len(shots))]
    slots = "".join(
        f'<div class="slot" style="left:{x}px;top:{y}px">{shot.body}</div>'
        for shot, (x, y) in zip(shots, at, strict=True)
    )
    rows = -(-len(shots) // _COLUMNS)
    page = f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{slots}'
    return page, (width * min(len(shots), _COLUMNS), height * rows), at


def _own(each: Wrote, tz: str) -> str:
    clock = f"<time>{each.at.astimezone(zone(tz)):%H:%M}</time>"
    return f'<div class="said own"><div class="bubble">{html.escape(each.text)}{clock}</div></div>'


def _message(each: Posted, tz: str, texts: dict[int, str]) -> str:
    clock = f"<time>{each.at.astimezone(zone(tz)):%H:%M}</time>"
    to = texts.get(each.reply_to or 0, "")
    reply = f'<div class="reply">{html.escape(to.partition(chr(10))[0])}</div>' if to else ""
    words = _words(each)
    kind = "bubble wide" if each.buttons else "bubble"
    if each.photo is not None:
        source = base64.b64encode(each.photo[1]).decode()
        picture = f'<img src="data:image/png;base64,{source}">'
        inner = f'{picture}<div class="words">{words}{clock}</div>'
        kind = "bubble picture"
    elif each.document is not None:
        inner = (
            f'<div class="file"><i>↓</i><b>{html.escape(each.document[0])}</b></div>{words}{clock}'
        )
    else:
        inner = f"{reply}{words}{clock}"
    rows = "".join(
        '<div class="row">'
        + "".join(f"<span>{html.escape(button['text'])}</span>" for button in row)
        + "</div>"
        for row in each.buttons
    )
    return f'<div class="said"><div class="{kind}">{inner}</div>{rows}</div>'


def _words(each: Posted) -> str:
    """The text with its marks. Sent without markup it equals what is shown."""
    marked = html.escape(each.text) if each.html == each.text else each.html
    marked = marked.replace("127.0.0.1", "pskov.example")  # whose part the loopback plays
    marked = marked.replace("<blockquote expandable>", '<blockquote class="folds">')
    # A quotation stands on lines of its own: Telegram shows no empty ones around it.
    return re.sub(r"\n?(<blockquote[^>]*>)|(</blockquote>)\n?", r"\1\2", marked)
