"""Who is let in, and who waits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.lanes import SLOW, HostLane, Lanes
from tests.support.examples import examples

HOSTS = tuple(HostLane(name) for name in "abc")
CHANNELS = HostLane("t.me", width=1, dedicated=True)


def test_a_host_with_many_sources_holds_up_nobody():
    """One slow site must not make others late."""
    lanes = Lanes(4)
    lanes.line_up([*((n, HOSTS[0]) for n in range(50)), (50, HOSTS[1]), (51, HOSTS[2])])

    assert lanes.enter() == [0, 1, 50, 51]


def test_channels_take_no_place_of_feeds():
    """Telegram's pages are read with pauses: two hundred of them are ten minutes' work."""
    lanes = Lanes(2)
    lanes.line_up([*((n, CHANNELS) for n in range(200)), (200, HOSTS[0]), (201, HOSTS[1])])

    assert lanes.enter() == [0, 200, 201]


def test_slow_hosts_leave_half_of_the_places():
    """Fifty sites that answer after twenty seconds do not fill all places in turns."""
    lanes = Lanes(4)
    slow = [HostLane(f"slow{n}") for n in range(4)]
    lanes.line_up(list(enumerate(slow)))
    for each in lanes.enter():
        lanes.leave(each, SLOW + 1)
    lanes.line_up([*((n, slow[n % 4]) for n in range(8)), (8, HOSTS[0]), (9, HOSTS[1])])

    assert lanes.enter() == [0, 1, 8, 9]


@settings(max_examples=examples(60), deadline=None)
@given(
    waiting=st.lists(st.sampled_from([*HOSTS, CHANNELS]), max_size=30),
    at_once=st.integers(1, 4),
    seconds=st.lists(st.sampled_from([0.1, SLOW * 2]), min_size=1, max_size=5),
)
def test_all_are_let_in_once_in_the_order_of_their_lane(waiting, at_once, seconds):
    """Nobody starves, nobody is read twice at once, and no limit is broken."""
    lanes = Lanes(at_once)
    due = list(enumerate(waiting))
    lanes.line_up(due)
    inside: list[int] = []
    order: list[int] = []
    turns = 0
    while lanes.waiting or inside:
        let_in = lanes.enter()
        inside += let_in
        order += let_in
        assert inside
        for lane in {*HOSTS, CHANNELS}:
            assert sum(waiting[each] == lane for each in inside) <= lane.width
        assert sum(not waiting[each].dedicated for each in inside) <= at_once
        turns += 1
        if turns % 3 == 0:
            lanes.line_up([pair for pair in due if pair[0] not in order])
        lanes.leave(inside.pop(0), seconds[turns % len(seconds)])

    assert sorted(order) == list(range(len(waiting)))
    for lane in {*HOSTS, CHANNELS}:
        ours = [each for each in order if waiting[each] == lane]
        assert ours == sorted(ours)
