"""Every feature is found by /help, a menu, a command given bare, or a button: the way to each.

A way is a command that /help names (and that answers bare with the words behind it), then buttons.
"""

from __future__ import annotations

import pytest

from bot.chat.menu import _ADMIN, _SUBSCRIBER
from tests.chat.test_matrix import handled
from tests.chat.test_subscriber import OTHER, REFUSAL
from tests.support.feeds import Post
from tests.support.vigil import ROOT, SUBSCRIBER, Vigil

# The feature; the command that /help names; what its bare answer says, or a button it shows.
SUBSCRIBERS = (
    ("topics with their volume", "/topics", "How many alerts each brings"),
    ("army and stages of all topics", "/topics", "[Army, stages ›]"),
    ("narrowing one topic", "/topics", "[how ›]"),
    ("words of one's own", "/watch", "/watch Zaitseve"),
    ("search in the archive", "/search", "90d Чита"),
    ("the newest of a topic", "/last", ""),
    ("why a post did not come", "/why", "Forward me a post"),
    ("statistics", "/stats", ""),
    ("the list of mutes", "/mutes", "Under an alert: More, Mute"),
    ("pause", "/pause", "[2 hours]"),
    ("several digest times", "/digest", "[18:00]"),
    ("quiet hours by a tap", "/hours", "[22–7]"),
    ("quiet hours on weekdays", "/hours", "mon-fri"),
    ("a cap", "/cap", "[✓ 10]"),
    ("vanishing messages", "/vanish", "[24 h]"),
    ("replies or edits only", "/settings", "[Edits only]"),
    ("language", "/lang", "[Українська]"),
    ("time zone", "/tz", "/tz +3"),
    ("undo", "/undo", ""),
    ("Quiet", "/quiet", "[Go quiet]"),
    ("privacy", "/privacy", "no name or phone"),
    ("deleting one's data", "/forget", "[Delete]"),
    ("exceptions", "/help", "-Бурятия"),
    ("what a reply does", "/help", "/snooze 3d"),
    ("groups", "/help", "Add me to a group or channel"),
    ("a channel from here", "/help", "/digest @channel"),
)
ADMINS = (
    ("sources", "/source", "/source add"),
    ("OPML", "/source", "/source export"),
    *((f"filter {verb}", "/filter", f"/filter {verb}")
      for verb in ("add", "edit", "show", "list", "off", "on", "remove", "history", "revert",
                   "test")),
    ("backtest", "/filter", "/backtest"),
    ("backtest of days", "/backtest", "30d"),
    ("many filters by file", "/import", "CSV"),
    ("a topic of one's own", "/topic", "/topic add"),
    ("urgency of a topic", "/topic", "/topic urgency"),
    ("a topic off", "/topic", "/topic off"),
    *((f"entity {verb}", "/entity", f"/entity {verb}")
      for verb in ("add", "edit", "list", "show", "test", "alias", "forms", "off", "remove",
                   "export")),
    *((f"group {verb}", "/group", f"/group {verb}") for verb in ("add", "edit", "show", "list")),
    ("review", "/review", ""),
    ("precision", "/precision", ""),
    ("noise", "/feedback", ""),
    ("health", "/health", "Sources:"),
    ("status", "/status", ""),
    ("inviting", "/invite", "[Make a link]"),
    ("open invitations", "/invites", "/invite"),
    ("admins", "/admins", "/admin add"),
    ("revoking", "/revoke", "Whom?"),
    ("audit", "/audit", ""),
    ("export", "/export", ""),
)  # fmt: skip
# Under an alert, after these presses stands that button.
BUTTONS = (
    ((), "Why?"), ((), "Follow"), ((), "✓"), ((), "✗"), ((), "More"),
    (("More",), "Mute source"), (("More",), "Mute story"), (("More",), "Not for a day"),
    (("More",), "Until Monday"), (("More",), "Similar"), (("More",), "Copy kept"),
    (("More",), "Wrong army"), (("More",), "Split"), (("More",), "Less"),
)  # fmt: skip


async def bare(vigil: Vigil, user: int, commands: set[str]) -> dict[str, str]:
    found = {}
    for command in sorted(commands):
        vigil.telegram.people.started(user)
        before = len(vigil.chat(user))
        vigil.telegram.people.says(user, command)
        await handled(vigil)
        new = vigil.chat(user)[before:]
        found[command] = "\n".join(
            [m.text for m in new] + [f"[{label}]" for m in new for label in m.labels()]
        )
    return found


@pytest.mark.parametrize(
    ("user", "features"), [(SUBSCRIBER, SUBSCRIBERS), (ROOT, ADMINS)], ids=["subscriber", "admin"]
)
async def test_every_feature_is_found_from_help(
    vigil: Vigil, user: int, features: tuple[tuple[str, str, str], ...]
) -> None:
    """/help and the menu name the command; bare it says, or shows as a button, what it does."""
    await vigil.subscriber(SUBSCRIBER, "refusal")
    answers = await bare(vigil, user, {"/help"} | {command for _, command, _ in features})
    menu = {f"/{name}" for name, _ in (*_SUBSCRIBER, *(_ADMIN if user == ROOT else ()))}

    lost = [
        f"{feature}: {command}"
        for feature, command, says in features
        if f"\n{command} " not in f"\n{answers['/help']}"
        or command not in menu
        or not answers[command]
        or says not in answers[command]
    ]
    assert lost == []


async def test_what_is_done_under_an_alert_has_a_button(vigil: Vigil) -> None:
    """All that the list of features has there, with a text that joined for Split."""
    for name in ("a", "b"):
        await vigil.add_source(name)
    await vigil.subscriber(SUBSCRIBER, "refusal")
    await vigil.publish("a", Post("1", text=REFUSAL.replace("Около 60", "Около 60 российских")))
    await vigil.publish("b", Post("2", text=REFUSAL.replace("Около", "Почти") + " " + OTHER[:9]))
    alert = vigil.chat(SUBSCRIBER)[0]
    missing = [label for presses, label in BUTTONS if not presses and label not in alert.labels()]
    await vigil.press(SUBSCRIBER, "More", message_id=alert.message_id)
    shown = vigil.chat(SUBSCRIBER)[0].labels()
    missing += [label for presses, label in BUTTONS if presses and label not in shown]

    assert missing == []
