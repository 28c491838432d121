"""/forget and /stop: delete all that is stored of somebody, and the messages that still can be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from bot.callbacks import Callback
from bot.chat import menu
from bot.chat.context import Context
from bot.commands import chats
from bot.errors import DeliveryError, MessageGone, RetryLater
from bot.model import Role
from bot.model.rendered import Button

__all__ = ["forget", "forget_pressed"]

log = structlog.get_logger(__name__)


_WAITS = 5


async def forget(ctx: Context) -> None:
    """`/forget`, `/stop`: ask once, since it cannot be undone; `/stop @channel` of a channel."""
    t = ctx.t
    if ctx.args:
        await ctx.say(t("Write /stop alone for this chat, or /stop @channel for a channel."))
        return
    if ctx.elsewhere is not None:
        body = t("End all alerts in that channel and delete its subscriptions and records?")
    elif ctx.place.private:
        body = t(
            "Delete your subscriptions, settings, role and delivery records? You will get nothing"
            " more."
        )
        if not ctx.services.open and ctx.user_id not in ctx.services.roots:
            body += " " + t("To come back you will need a new invitation.")
    else:
        body = t("End all alerts here and delete this chat's subscriptions and records?")
    token = await ctx.draft("forget", {"thread": ctx.place.thread_id})
    yes = Button(t("Delete"), data=f"{Callback.FORGET}:yes:{token}")
    await ctx.say(body, ((yes, Button(t("Keep"), data=f"{Callback.FORGET}:no:{token}")),))


async def forget_pressed(ctx: Context, value: str) -> None:
    """Delete or Keep was pressed."""
    action, _, token = value.partition(":")
    asked = await ctx.take(token, "forget")
    if asked is None or asked.get("thread", 0) != ctx.place.thread_id:
        await ctx.out_of_date()
        return
    await ctx.toast()
    if action != "yes":
        await ctx.change(ctx.t("Kept. Nothing was changed."))
        return
    answered = asyncio.Event()
    unsure = False
    if ctx.elsewhere is not None:
        await chats.forget(ctx.backend, ctx.call())  # nothing of the person who asks
    else:
        unsure = await _forget(ctx, answered)
    if ctx.place.within:
        # The question goes with its thread: the answer stands outside.
        ctx.place, ctx.message = replace(ctx.place, within=0), None
    if not await ctx.services.store.scrub():
        log.info("chat.scrub_later")
    if ctx.elsewhere is not None:
        await ctx.change(ctx.t("Deleted. No more alerts come to that channel."))
    elif ctx.place.private:
        await menu.show(ctx.services.client, ctx.user_id, Role.STRANGER, ctx.t)
        await ctx.change(_forgotten(ctx, thread_left=unsure))
    else:
        await ctx.change(ctx.t("Deleted. No more alerts come here."))
    answered.set()


def _forgotten(ctx: Context, *, thread_left: bool) -> str:
    text = ctx.t("Deleted. What Telegram still shows, delete with the chat (Delete chat).")
    return f"{text} {ctx.t('A thread may be left here too.')}" if thread_left else text


async def _forget(ctx: Context, answered: asyncio.Event) -> bool:
    """Delete the place's rows; in private the person's too, and what can still be unsent.

    Whether a thread may be left of which nothing is known.
    """
    done = await chats.forget(ctx.backend, ctx.call())
    ctx.chat = None
    ctx.services.edits.drop(ctx.place.chat_id)
    if done.shown or done.threads:
        ctx.services.jobs.start_beside("unsend", _unsend(ctx, done, answered))
    return done.unsure


async def _unsend(ctx: Context, done: chats.Forgotten, answered: asyncio.Event) -> None:
    """Threads, alerts, and in a Quiet chat all else; the question itself becomes the answer,
    which says in the end whether a thread is left.
    """
    last = ctx.message.message_id if ctx.message else None
    client, address = ctx.services.client, ctx.place.address
    left = done.unsure
    for thread in done.threads:
        left |= not await _patiently(ctx, partial(client.delete_thread, address, thread))
    for number in done.shown:
        if number != last:
            await _patiently(ctx, partial(client.delete, address, number))
    if left and not done.unsure:
        await answered.wait()
        await ctx.change(_forgotten(ctx, thread_left=True))


async def _patiently(ctx: Context, delete: Callable[[], Awaitable[None]]) -> bool:
    """Whether it does not stand there any more."""
    clock = ctx.services.clock
    for _ in range(_WAITS):
        try:
            await delete()
        except RetryLater as error:
            await clock.sleep_until(clock.now() + timedelta(seconds=error.seconds))
        except MessageGone:
            return True
        except DeliveryError as error:
            log.info("chat.unsend_failed", error=type(error).__name__)
            return False
        else:
            return True
    return False
