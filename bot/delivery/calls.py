"""Calls to Telegram that are under way: begun for a message, ended with an outcome.

Every call that is begun ends with exactly one outcome, also when it is broken off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.botapi.pacing import Permit
from bot.clock import Clock
from bot.delivery.outcome_recorder import OutcomeRecorder
from bot.delivery.outcomes import Outcome
from bot.delivery.preparation import digest_of
from bot.delivery.reach import Reach
from bot.delivery.sender import Sender
from bot.delivery.threads import Threads
from bot.errors import Rejected, Unknown
from bot.model import MessageKind
from bot.model.rendered import Rendered
from bot.model.views import AlertView, ReplyView
from bot.store import Store
from bot.store.message_rows import Message, Work
from bot.store.message_views import Content, MessageView

__all__ = ["Calls"]


class Calls:
    """`on_end` is called after each; `under_way` has the task of each with its message."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        clock: Clock,
        reach: Reach,
        recorder: OutcomeRecorder,
        *,
        on_end: Callable[[], None],
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._reach = reach
        self._recorder = recorder
        self._threads = Threads(store, sender, clock)
        self._on_end = on_end
        self.under_way: dict[asyncio.Task[None], tuple[Message, Work]] = {}

    def begin(
        self, view: MessageView, work: Work, permit: Permit | None, shown: Rendered | None
    ) -> None:
        """Send, edit or delete the message in a task of its own."""
        call = self._deliver(view, work, permit, shown)
        task = asyncio.get_running_loop().create_task(call)
        self.under_way[task] = (view.message, work)
        task.add_done_callback(self.ended)

    def ended(self, task: asyncio.Task[None]) -> None:
        """The task is over."""
        message, work = self.under_way.pop(task)
        if task.cancelled() or task.exception() is not None:
            # Broken off, perhaps before it began: nobody knows what Telegram took.
            self.settle(message, work, error=Unknown("It was broken off"))
        self._on_end()

    def settle(
        self,
        message: Message,
        work: Work,
        telegram_message_id: int | None = None,
        error: BaseException | None = None,
        shown: Rendered | None = None,
        *,
        thread: int = 0,
    ) -> None:
        """Have the outcome committed, of a call or of a claim for which none is made."""
        self._recorder.add(
            Outcome(
                message,
                work,
                message.wanted_version,
                self._clock.now(),
                telegram_message_id,
                error,
                self._store.epoch,
                "" if shown is None else digest_of(shown),
                thread,
            )
        )

    async def _deliver(
        self, view: MessageView, work: Work, permit: Permit | None, shown: Rendered | None
    ) -> None:
        message = view.message
        address, there = message.chat.address, message.telegram_message_id
        telegram_message_id: int | None = None
        thread = 0
        error: BaseException | None = None
        try:
            if work is Work.SEND:
                assert shown is not None
                telegram_message_id, thread = await self._threads.send(
                    view, shown, permit, _reply_to(view.content)
                )
            elif work is Work.EDIT:
                assert shown is not None
                assert there is not None
                await self._sender.edit(address, there, shown, permit=permit)
            else:
                assert there is not None
                await self._take_away(message, there)
        except Exception as err:  # noqa: BLE001 - every outcome is recorded
            error = err
        self._reach.note(error)
        self.settle(message, work, telegram_message_id, error, shown, thread=thread)

    async def _take_away(self, message: Message, there: int) -> None:
        """Delete a message; one too old for that is emptied, which Telegram allows longer."""
        address = message.chat.address
        if message.kind is MessageKind.THREAD:
            await self._sender.delete_thread(address, there)
            return
        try:
            await self._sender.delete(address, there)
        except Rejected as refused:
            try:
                picture = message.kind is MessageKind.CHART
                await self._sender.empty(address, there, picture=picture)
            except Rejected:
                raise refused from None


def _reply_to(content: Content) -> int | None:
    """Under which message of the chat it stands, if any."""
    if isinstance(content, ReplyView):
        return content.to
    return content.reply_to if isinstance(content, AlertView) else None
