"""One command or button press: who, where, in which language, and how to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
import telegram

from bot.callbacks import Callback
from bot.chat.quiet import names_topic, titles_of
from bot.chat.services import Services
from bot.chat.subscriber.forecast import Forecast
from bot.chat.text import Buttons, cut, esc, message, plain
from bot.commands import chats, drafts, screens
from bot.commands.alerts import REVEALED
from bot.commands.calls import Actor, Backend, Call, Place
from bot.errors import DeliveryError, NotSent, RetryLater, StoreError, Unreachable
from bot.i18n import Translator
from bot.model import Chat, ChatMode, ChatType, Role
from bot.model.rendered import Aside, Button, Chart, Rendered

__all__ = ["ANONYMOUS", "BEGUN", "Context", "Place"]

log = structlog.get_logger(__name__)

ANONYMOUS = 1087968824
"""GroupAnonymousBot: in whose name Telegram shows administrators who hide who they are."""

BEGUN = "begun"
"""Of what kind the note of work that was begun is."""
_MAX_TRIES = 3
_UNREACHED_SECONDS = 1.0  # between two tries where Telegram could not be reached
_SLOW_ANSWER_AFTER = timedelta(seconds=2)
T = TypeVar("T")


class HasPercent(Protocol):
    """How far some work has come."""

    @property
    def percent(self) -> int: ...


@dataclass(slots=True)
class Context:
    """`chat` is what is stored of the place, None before it was first noted; or of the channel or
    group `elsewhere` that is spoken of here: then commands act on that.

    `message` is the command's message, or the one under which a button was
    pressed, unless that is too old; `query_id`, and the number `under` which it was
    pressed, are set for a button only.
    """

    services: Services
    user_id: int
    role: Role
    place: Place
    t: Translator
    now: datetime
    forecast: Forecast
    chat: Chat | None = None
    elsewhere: Place | None = None
    args: str = ""
    command: str = ""  # its name, where one was typed,
    said: str = ""  # and all that stood behind it but a channel's name
    message: telegram.Message | None = None
    query_id: str = ""
    under: int | None = None
    answered: bool = False
    promoted: bool = False  # by this very /start
    topical: bool = False  # the answer quotes posts or words that are watched for
    hidden: bool = False  # an administrator of the group who posts as the group
    manages: bool = False  # the router found that the person may decide for the place
    _here: Chat | None = None  # what is stored of the place, while another is spoken of

    @property
    def is_admin(self) -> bool:
        return self.role in (Role.ADMIN, Role.ROOT)

    @property
    def tz(self) -> str:
        return self.chat.tz if self.chat else "UTC"

    @property
    def screen(self) -> Chat | None:
        """What is stored of the place where the answer stands: whether it is Quiet, how long
        messages live there."""
        return self.chat if self.elsewhere is None else self._here

    @property
    def discreet(self) -> bool:
        """Whether nothing that names a topic may stand where the answer stands."""
        return self.screen is not None and self.screen.mode is ChatMode.QUIET

    # acting

    def speak_of(self, chat: Chat, title: str) -> None:
        """From here on commands act on that chat, which the person administers."""
        at = chat.address
        self._here, self.chat = self.screen, chat
        self.elsewhere = Place(at.chat_id, chat.type, at.thread_id, title)

    @property
    def backend(self) -> Backend:
        """What commands act on."""
        return self.services.backend

    def call(self, of: Chat | None = None) -> Call:
        """This person's use of a command now, at the place that is meant; or `of` a chat they
        administer."""
        actor = Actor(self.user_id, self.role)
        here = Call(actor, self.place, self.services.clock.now(), self.manages)
        if of is not None:
            return here.of(of)
        return here if self.elsewhere is None else here.at(self.elsewhere)

    # answering

    async def say(self, body: str, buttons: Buttons = (), *, reply: bool = False) -> int | None:
        """Answer with ready HTML; the message's number, None if it could not be sent.

        In a Quiet chat it fades with the rest, and what names a topic stands behind Show
        unless a button asked for it. Answers are not repeated when Telegram may have taken
        them: whoever gets none asks again.
        """
        body, buttons = self._addressed(body, buttons)
        if not self.query_id and self._betrays(body, buttons):
            return await self._say_veiled([(body, buttons)])
        return await self._say(body, buttons, reply=reply)

    async def _say(self, body: str, buttons: Buttons, *, reply: bool = False) -> int | None:
        """As `say`, whatever it names."""
        rendered = message(body, buttons, silent=True)
        replied_to = self.message.message_id if self.message else self.under
        to = replied_to if reply else None
        sent = await self._deliver(rendered, to, self._aside(buttons))
        if sent:
            await self.fade(sent, soon=self._betrays(body, buttons))
        return sent

    def _aside(self, buttons: Buttons) -> Aside | None:
        """In a group an answer is for whoever asked, if that is known and nothing in it is to be
        pressed: Telegram lets only common messages be edited as before."""
        group = self.place.type not in (ChatType.PRIVATE, ChatType.CHANNEL)
        known = self.user_id != ANONYMOUS and not self.hidden
        if not (group and known) or any(each.data for row in buttons for each in row):
            return None
        return Aside(self.user_id, self.query_id)

    async def say_all(self, bodies: list[str], buttons: Buttons = ()) -> None:
        """Several messages in order, the buttons under the last."""
        if not self.query_id and self._betrays("\n".join(bodies), buttons):
            veiled = [*((body, ()) for body in bodies[:-1]), (bodies[-1], buttons)]
            await self._say_veiled([self._addressed(*each) for each in veiled])
            return
        for body in bodies[:-1]:
            await self.say(body)
        await self.say(bodies[-1], buttons)

    async def show_chart(self, chart: Chart, caption: str) -> None:
        """A picture with a caption of ready HTML (1,024 letters). Never in a Quiet chat."""
        body, _ = self._addressed(caption, ())
        picture = Rendered(body, plain(body), silent=True, chart=chart)
        sent = await self._deliver(picture, None)
        if sent is not None:
            await self.fade(sent)

    async def send_file(
        self, name: str, content: bytes, caption: str, *, soon: bool = False
    ) -> None:
        """A file with a plain caption; says so where it cannot be sent. `soon` as in `fade`."""
        caption_text = plain(self._addressed(esc(caption), ())[0])
        try:
            sent = await self.services.client.send_document(
                self.place.screen, name, content, caption=caption_text
            )
        except DeliveryError as error:
            log.warning("chat.file_failed", error=type(error).__name__)
            await self.say(self.t("The file could not be sent: try again."))
            return
        await self.fade(sent, soon=soon)

    async def change(self, body: str, buttons: Buttons = ()) -> None:
        """Make the message whose button was pressed show this; a new one if it is gone."""
        if self.message is None or not self.query_id:
            await self.say(body, buttons)
            return
        await self.change_message(self.message.message_id, body, buttons)
        if self._betrays(body, buttons):
            await self.fade(self.message.message_id, soon=True)

    async def change_message(self, message_id: int, body: str, buttons: Buttons = ()) -> None:
        """Have an own message show this, soon; a new one says it if that is gone.

        Nobody waits for it: the press is answered, and the next one may come.
        """

        async def instead() -> None:
            await self.say(body, buttons)

        shown = message(*self._addressed(body, buttons), silent=True)
        self.services.edits.show(self.place.address, message_id, shown, instead)

    async def vanish(self) -> None:
        """Delete the message whose button was pressed."""
        if self.message is not None:
            await self._remove(self.message.message_id)

    async def _remove(self, message_id: int) -> None:
        self.services.edits.drop(self.place.chat_id, message_id)
        try:
            await self.services.client.delete(self.place.address, message_id)
        except DeliveryError as error:
            log.info("chat.delete_failed", error=type(error).__name__)

    async def toast(self, text: str = "", *, alert: bool = False) -> None:
        """End the button's spinner, with a line at most 200 letters long. Once a press."""
        if not self.query_id or self.answered:
            return
        self.answered = True
        try:
            await self.services.client.answer(self.query_id, cut(text, 200), alert=alert)
        except DeliveryError as error:
            log.info("chat.toast_failed", error=type(error).__name__)

    async def out_of_date(self) -> None:
        """The one answer to a button that is old, used, forged or another's."""
        await self.toast(self.t("This button no longer works."))

    # long work

    async def start_job(self, name: str, work: Any) -> None:
        """Let `work` answer when it is done; refuses while the person's last is not.

        That it was begun is kept until then: a start that finds it says that it was lost.
        """
        if self.services.jobs.works_for(self.user_id):
            work.close()
            await self.say(self.t("One moment: your last request is still being worked on."))
            return
        command_text = (self.message.text or "").partition(" ")[0] if self.message else ""
        asked = {
            "said": command_text if command_text.startswith("/") and not self.query_id else "",
            "thread": self.place.screen.thread_id,
            "lang": self.t.lang,
        }
        call = replace(self.call(), place=self.place)
        token = await drafts.put(self.backend, call, BEGUN, asked, timedelta(days=1))
        if not self.services.jobs.start(self.user_id, name, self._begun(work, call, token)):
            work.close()
            await drafts.take(self.backend, call, token, BEGUN)
            await self.say(self.t("One moment: your last request is still being worked on."))

    async def _begun(self, work: Coroutine[Any, Any, object], call: Call, token: str) -> None:
        """The work itself; an error is one line to the person, and its caller logs it."""
        try:
            await work
        except Exception:
            with suppress(StoreError):
                await drafts.take(self.backend, call, token, BEGUN)
            await self.say(
                self.t("Something went wrong here, not with you. Try again in a minute.")
            )
            raise
        await drafts.take(self.backend, call, token, BEGUN)

    async def patiently(
        self, work: Awaitable[T], meanwhile: str, progress: HasPercent | None = None
    ) -> T:
        """The result of `work`; says `meanwhile` if it takes longer than two seconds.

        With `progress` that message goes on to say how far it is, and is deleted at the end. A
        group's few messages a minute are left to its alerts: there it says each tenth.
        """
        task = asyncio.ensure_future(work)
        sent: int | None = None
        shown = ""
        try:
            while not await self._done_soon(task):
                text = meanwhile
                if progress is not None:
                    step = 1 if self.place.private else 10
                    if percent := progress.percent // step * step:
                        text += " " + self.t("{n} %", n=self.t.number(percent))
                if sent is None:
                    sent = await self.say(text)
                elif text != shown:
                    await self.change_message(sent, text)
                shown = text
                if progress is None:
                    break
            return await task
        finally:
            task.cancel()
            if sent is not None and progress is not None:
                await self._remove(sent)

    async def _done_soon(self, task: asyncio.Future[Any]) -> bool:
        """Whether it ends within two seconds."""
        clock = self.services.clock
        nap = asyncio.ensure_future(clock.sleep(_SLOW_ANSWER_AFTER.total_seconds()))
        try:
            await asyncio.wait({task, nap}, return_when=asyncio.FIRST_COMPLETED)
            return task.done()
        finally:
            nap.cancel()

    # what is stored

    async def ensure_chat(self, mode: ChatMode | None = None) -> Chat:
        """The place that is meant as a chat of ours, noted if it is new; Quiet first in private."""
        if self.elsewhere is not None and self.chat is not None:
            return self.chat
        first = ChatMode.QUIET if self.place.private else ChatMode.NORMAL
        self.chat = await chats.ensure(
            self.backend, self.call(), lang=self.t.lang, mode=mode or first
        )
        return self.chat

    async def draft(self, kind: str, payload: Mapping[str, Any], hours: float = 1) -> str:
        """A token for buttons of this person in this chat; used up by the first press."""
        return await drafts.put(self.backend, self.call(), kind, payload, timedelta(hours=hours))

    async def take(self, token: str, kind: str) -> Mapping[str, Any] | None:
        """What the token stands for, once; None for any other person, place, time or kind.

        What an administrator asked for as the group, any administrator of it may answer. A draft
        that names the channel it is `of` was kept before the buttons did: taken here, it would
        act on the place where it is pressed, so it is None too.
        """
        call = self.call()
        found = await drafts.take(self.backend, call, token, kind)
        if found is None and self.manages and not self.place.private:
            hidden = replace(call, actor=Actor(ANONYMOUS, call.actor.role))
            found = await drafts.take(self.backend, hidden, token, kind)
        return None if found is None or found.get("of") else found

    async def expect(self, kind: str, asked: Mapping[str, Any], minutes: float = 10) -> None:
        """Remember what this person's next text here answers; a restart keeps it, another
        question or command ends it."""
        of = str(self.chat.id) if self.elsewhere and self.chat else ""
        call, payload = replace(self.call(), place=self.place), {**asked, "of": of}
        await drafts.expect(self.backend, call, kind, payload, timedelta(minutes=minutes))

    async def expected(self, kind: str) -> Mapping[str, Any] | None:
        """What was asked last, and of which channel (`of`); once, None if nothing or long ago."""
        call = replace(self.call(), place=self.place)
        return await drafts.take_expected(self.backend, call, kind)

    async def expect_nothing(self) -> None:
        """This person goes on to something else: their next text here answers no question."""
        await drafts.forget_expected(self.backend, replace(self.call(), place=self.place))

    async def take_last(self, kind: str) -> Mapping[str, Any] | None:
        """The last draft of the kind in this chat, for a tap that carries no token; once."""
        return await drafts.take_last(self.backend, self.call(), kind)

    async def fade(self, message_id: int, *, theirs: bool = False, soon: bool = False) -> None:
        """Note a message of the chat, so that Quiet can remove it; have it deleted in time.

        `theirs`: a person wrote it. That can be deleted in private chats only. `soon`: it
        names what is watched for in a Quiet chat. Nothing is noted of strangers.
        """
        private = self.place.private
        if (theirs and not private) or self.role is Role.STRANGER:
            return
        screen = self.screen
        life = None if screen is None else REVEALED if soon else screen.life
        if life is None and not private:
            return
        at = self.services.clock.now()
        fades = (screen.id, at + life) if screen and life else None
        await screens.note_shown(self.backend, self.place, message_id, at, fades)

    # inside

    def _addressed(self, body: str, buttons: Buttons) -> tuple[str, Buttons]:
        """With the name of the channel or group that is spoken of, which its buttons carry too."""
        if self.elsewhere is None or self.chat is None:
            return body, buttons
        mark = f"{Callback.ELSEWHERE}:{self.chat.id}:"
        marked = tuple(
            tuple(replace(b, data=f"{mark}{b.data}") if b.data else b for b in row)
            for row in buttons
        )
        title = self.elsewhere.title
        return (f"<b>«{esc(title, 60)}»</b>\n{body}" if title else body), marked

    def _betrays(self, body: str, buttons: Buttons) -> bool:
        """Whether it says in a Quiet chat what is watched for."""
        if not self.discreet or not self.place.private:
            return False
        return self.topical or names_topic(titles_of(self.services.reader.topics), body, buttons)

    async def _say_veiled(self, pages: list[tuple[str, Buttons]]) -> int | None:
        token = self.services.veils.put(self.place.chat_id, pages, self.services.clock.now())
        show = Button(self.t("Show"), data=f"{Callback.UNVEIL}:{token}")
        return await self._say(self.t("The answer is ready. Show it for ten minutes?"), ((show,),))

    async def _deliver(
        self, rendered: Rendered, reply_to: int | None, aside: Aside | None = None
    ) -> int | None:
        for left in reversed(range(_MAX_TRIES)):
            try:
                return await self.services.client.send(
                    self.place.screen, rendered, reply_to=reply_to, aside=aside
                )
            except (RetryLater, NotSent) as error:
                # The gate waits out what Telegram asked for before the next try.
                if not left:
                    log.warning("chat.answer_failed", error=type(error).__name__)
                elif isinstance(error, NotSent):
                    await self.services.clock.sleep(_UNREACHED_SECONDS)
            except Unreachable:
                log.info("chat.answer_unreachable")
                return None
            except DeliveryError as error:
                log.warning("chat.answer_failed", error=type(error).__name__)
                return None
        return None
