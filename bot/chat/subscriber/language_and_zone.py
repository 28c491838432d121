"""/lang and /tz."""

from __future__ import annotations

from datetime import UTC

from bot.chat import keyboards, menu
from bot.chat.context import Context
from bot.chat.subscriber import start
from bot.chat.text import code, esc
from bot.chat.zones import find_zone, nearest_places
from bot.commands import chats
from bot.errors import DeliveryError
from bot.i18n import LANGUAGES, language, translator
from bot.model import Chat
from bot.store import chats as stored

__all__ = ["lang", "lang_pressed", "tz"]

_MOST_CHANNELS = 20  # that Telegram is asked about
_NAMES = {
    "english": "en",
    "английский": "en",
    "англійська": "en",
    "анг": "en",
    "russian": "ru",
    "русский": "ru",
    "рус": "ru",
    "російська": "ru",
    "рос": "ru",
    "ukrainian": "uk",
    "українська": "uk",
    "укр": "uk",
    "украинский": "uk",
    "ua": "uk",
}


async def lang(ctx: Context) -> None:
    """`/lang`, `/lang uk`, `/lang українська`; of a channel: `/lang @channel uk`."""
    typed = ctx.args.lower().strip()
    code_ = _NAMES.get(typed, typed.partition("-")[0])
    if code_ not in LANGUAGES:
        there = ctx.chat.lang if ctx.chat and ctx.elsewhere else ctx.t.lang
        await ctx.say("Language · Язык · Мова", keyboards.languages(there))
        return
    await ctx.say(await _set(ctx, code_))
    await _menu(ctx)


async def lang_pressed(ctx: Context, value: str) -> None:
    """A language was pressed."""
    chosen, _, then = value.partition(":")
    if chosen not in LANGUAGES or then not in ("", "start"):
        await ctx.out_of_date()
        return
    text = await _set(ctx, chosen)
    await ctx.toast()
    if then:
        await start.spoken(ctx)
    else:
        await ctx.change(text)
    await _menu(ctx)


async def _set(ctx: Context, value: str) -> str:
    """Keep it; the answer. Of a channel: the person's own language stays."""
    await ctx.ensure_chat()
    done = await chats.set_language(ctx.backend, ctx.call(), language(value))
    if isinstance(done, Chat):
        ctx.chat = done
    if ctx.elsewhere is not None:
        return ctx.t("Language of the channel: {name}.", name=LANGUAGES[value])
    ctx.t = translator(value)
    return ctx.t("Language: English.")


async def _menu(ctx: Context) -> None:
    """Change the language of the menu of commands too; nobody waits for that."""
    if ctx.place.private and ctx.elsewhere is None:
        await menu.show(ctx.services.client, ctx.user_id, ctx.role, ctx.t)


async def tz(ctx: Context) -> None:
    """`/tz Київ`, `/tz +3`; alone it shows the zone."""
    t = ctx.t
    if not ctx.args:
        await ctx.say(
            "\n".join(
                [
                    _now(ctx, ctx.tz),
                    t(
                        "To change it: /tz and a city or an offset, as in {city} or {offset}.",
                        city=code("/tz Kyiv"),
                        offset=code("/tz +3"),
                    ),
                ]
            )
        )
        return
    zone = find_zone(ctx.args)
    if zone is None:
        lines = [
            t(
                "I do not know “{place}”. Write the nearest large city, or /tz +3.",
                place=esc(ctx.args, 60),
            )
        ]
        if near := nearest_places(ctx.args):
            lines.append(t("Perhaps: {places}", places=", ".join(code(f"/tz {n}") for n in near)))
        await ctx.say("\n".join(lines))
        return
    await ctx.ensure_chat()
    done = await chats.set_zone(ctx.backend, ctx.call(), zone)
    if isinstance(done, Chat):
        ctx.chat = done
    await ctx.say(_now(ctx, zone))
    if ctx.place.private and ctx.elsewhere is None:
        await _tell_channels(ctx, zone)


async def _tell_channels(ctx: Context, zone: str) -> None:
    """A channel that was linked before its administrator chose a zone has that zone now.

    Who linked it is not stored: Telegram is asked who administers it.
    """
    async with ctx.services.store.read() as conn:
        found = await stored.channels_without_zone(conn, _MOST_CHANNELS)
    for chat in found:
        try:
            status = await ctx.services.client.member_status(chat.address.chat_id, ctx.user_id)
        except DeliveryError:
            continue
        if status in ("creator", "administrator"):
            await chats.set_zone(ctx.backend, ctx.call(chat), zone)


def _now(ctx: Context, zone: str) -> str:
    now = ctx.services.clock.now().astimezone(UTC)
    return ctx.t(
        "Times are shown as in {place}: it is {time} there.",
        place=esc(ctx.t.city(zone)),
        time=ctx.t.clock(now, zone),
    )
