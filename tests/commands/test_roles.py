"""Who may do what, where: one table, held by every command."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.commands.calls import Actor, Call, Place
from bot.commands.roles import RANK, RULES, Command, Where, may, require
from bot.errors import NotAllowed
from bot.model import ChatType, Role
from tests.commands.people import ADMIN_CHAT
from tests.support.clock import ManualClock

GROUP = Place(-5, ChatType.SUPERGROUP)
ALONE = Place(7, ChatType.PRIVATE)
ADMINS = Place(ADMIN_CHAT, ChatType.SUPERGROUP)


def test_every_command_has_its_rule():
    """A command without a rule could be done by nobody, or by a mistake by everybody."""
    assert set(RULES) == set(Command)


@pytest.mark.parametrize("command", Command)
def test_a_stranger_may_only_open_and_join(command: Command, clock: ManualClock):
    """Whatever the place, and whether they administer it."""
    for place in (GROUP, ALONE, ADMINS):
        call = Call(Actor(7, Role.STRANGER), place, clock.now(), manages=True)

        assert may(call, command, ADMIN_CHAT) is (command in (Command.OPEN, Command.JOIN))


@pytest.mark.parametrize("command", Command)
def test_more_rights_never_take_any_away(command: Command, clock: ManualClock):
    """Whoever may do a thing may do it with a higher role, or as the place's administrator."""
    by_rank = sorted(Role, key=RANK.__getitem__)
    for place in (GROUP, ALONE, ADMINS):
        for lower, higher in pairwise(by_rank):
            call = Call(Actor(7, lower), place, clock.now())
            more = replace(call, actor=Actor(7, higher))

            assert may(call, command, ADMIN_CHAT) <= may(more, command, ADMIN_CHAT)
            assert may(call, command, ADMIN_CHAT) <= may(
                replace(call, manages=True), command, ADMIN_CHAT
            )


@pytest.mark.parametrize("command", Command)
def test_admins_act_in_private_or_in_their_chat(command: Command, clock: ManualClock):
    """In any other group even a root admin changes nothing of the installation."""
    call = Call(Actor(7, Role.ROOT), GROUP, clock.now(), manages=True)
    where = RULES[command].where

    shared = (Where.ANY, Where.MANAGED, Where.MANAGED_OR_ADMINS)
    assert may(call, command, ADMIN_CHAT) is (where in shared)
    assert may(replace(call, place=ADMINS), command, ADMIN_CHAT) is (where is not Where.PRIVATE)
    assert may(replace(call, place=ALONE), command, ADMIN_CHAT)


@pytest.mark.parametrize(
    ("role", "manages", "place", "allowed"),
    [
        (Role.SUBSCRIBER, True, GROUP, True),
        (Role.SUBSCRIBER, False, GROUP, False),
        (Role.SUBSCRIBER, False, ADMINS, False),  # a guest in the admins' chat
        (Role.ADMIN, False, ADMINS, True),
        (Role.ROOT, False, ADMINS, True),
        (Role.ADMIN, False, GROUP, False),  # a member of somebody's group
    ],
)
def test_who_sees_and_undoes_changes_where(
    role: Role, manages: bool, place: Place, allowed: bool, clock: ManualClock
):
    """Whoever decides for a place there; admins in their chat too, and nobody else in it."""
    call = Call(Actor(7, role), place, clock.now(), manages=manages)
    shared = [each for each in Command if RULES[each].where is Where.MANAGED_OR_ADMINS]

    assert {may(call, each, ADMIN_CHAT) for each in shared} == {allowed}
    assert Command.UNDO in shared


@pytest.mark.parametrize(
    ("command", "least"),
    [
        (Command.OPEN, Role.STRANGER),
        (Command.SUBSCRIBE, Role.SUBSCRIBER),
        (Command.FILTER_ADD, Role.ADMIN),
        (Command.INVITE, Role.ADMIN),
        (Command.SOURCE_PROXY, Role.ROOT),
        (Command.INVITE_ADMIN, Role.ROOT),
        (Command.REVOKE_ADMIN, Role.ROOT),
    ],
)
def test_what_each_role_may_do_alone_with_the_bot(
    command: Command, least: Role, clock: ManualClock
):
    """From the least role on; whoever may not is told who may."""
    order = [Role.STRANGER, Role.SUBSCRIBER, Role.ADMIN, Role.ROOT]
    for role in order:
        call = Call(Actor(7, role), ALONE, clock.now(), manages=True)
        if order.index(role) >= order.index(least):
            require(call, command)
            continue
        with pytest.raises(NotAllowed) as refused:
            require(call, command)
        assert ("root admin" in str(refused.value)) is (least is Role.ROOT)
