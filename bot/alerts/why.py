"""The answer to Why?: for which reasons a chat got an alert. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.alerts import words
from bot.alerts.body import Body, clean
from bot.alerts.buttons import copy_buttons, pressed_button, wrong_army_button
from bot.alerts.lines import add_roundup, found_words, short
from bot.alerts.small_words import telling
from bot.callbacks import Callback
from bot.i18n import Translator, translator
from bot.model import SCORED, Subscription, is_private
from bot.model.rendered import Rendered
from bot.model.views import AlertView

__all__ = ["render_why"]


def render_why(
    view: AlertView,
    subscriptions: Sequence[Subscription],
    lang: str,
    *,
    channel: bool = False,
    keys: bool = False,
) -> Rendered:
    """The answer to Why?: the reasons for which a chat with these subscriptions got the alert.

    Its beginning says most: a popup shows 200 characters. `keys`: show the filters'
    names, since the reader can change them.
    """
    t = translator(lang)
    body = Body().text(t("You follow: {topics}.", topics=_followed(t, view, subscriptions)))
    found, together = found_words(view)
    if found:
        listed = ", ".join(f"«{word}»" for word in found)
        body.text("\n")
        body.text(
            t("Found in one sentence: {words}.", words=listed)
            if together
            else t("Found: {words}.", words=listed)
        )
    if weighed := _weighed(view):
        listed = ", ".join(f"«{word}»" for word in weighed)
        values = {"share": t.number(round(100 * view.score)), "words": listed}
        body.text("\n")
        body.text(
            t("Likelihood {share} %, enough for an alert. Weighs most: {words}.", **values)
            if view.certainty == "sure"
            else t("Likelihood {share} %, too little for an alert. Weighs most: {words}.", **values)
        )
    _add_facets(body, t, view)
    add_roundup(body, t, view)
    by_filter = bool(view.filter_key) and not view.filter_key.startswith(SCORED)
    if by_filter and keys and not is_private(view.topic):
        body.text("\n" + t("Filter: {filter}.", filter=short(view.filter_key, 80)))
    if view.gone is not None:
        body.text("\n" + t("Copy of what was removed: sha256 {sha256}", sha256=view.gone.sha256))
    copies = copy_buttons(t, view)
    if channel:
        return body.rendered(*copies)
    noise = f"{Callback.NOISE}:{view.notice_id}"
    row = [pressed_button(t("Noise"), noise, "noise" in view.marks)]
    if view.army != "unknown":
        row.append(wrong_army_button(t, view))
    return body.rendered(tuple(row), *copies)


def _add_facets(body: Body, t: Translator, view: AlertView) -> None:
    """The army and the stage, with the words by which they were told."""
    for name, label in (
        ("army", words.army_alone(t, view.army)),
        ("stage", words.stage(t, view.stage)),
    ):
        evidence = [short(word, 40) for word in view.evidence.get(name, ())[:2]]
        if label and evidence:
            listed = ", ".join(f"«{word}»" for word in evidence)
            body.text("\n")
            body.text(
                t("Army: {army}, going by {words}.", army=label, words=listed)
                if name == "army"
                else t("Stage: {stage}, going by {words}.", stage=label, words=listed)
            )


def _weighed(view: AlertView) -> list[str]:
    """The words that weighed most for the topic, as they stand in the item."""
    fields = {"title": view.title, "text": view.text}
    found = (short(fields.get(field, "")[start:end], 40) for field, start, end in view.words)
    return telling(dict.fromkeys(filter(None, found)))


def _followed(t: Translator, view: AlertView, subscriptions: Sequence[Subscription]) -> str:
    """The topic, narrowed to the armies the chat chose."""
    of_topic = [s for s in subscriptions if s.topic == view.topic]
    chosen = {army for s in of_topic for army in s.armies}
    if not of_topic or not all(s.armies for s in of_topic) or len(chosen) > len(words.LANDS):
        chosen = set()
    armies = [words.army(t, army) for army in sorted(chosen)]
    return ", ".join(filter(None, (clean(words.topic(t, view.topic)), *armies)))
