"""Frames are shown when they are due, by a clock that the tests move."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
from played import Clock, all_frames, numbered, reel_of

from actwidget.live.paced import LONGEST_SILENCE, PacedPlayer
from actwidget.live.reel import Frame, Reel, SourceEnded


@pytest.fixture
def clock() -> Clock:
    return Clock()


def shown(player: PacedPlayer) -> int:
    return int(player.next_frame()[0, 0])


def test_the_first_frame_comes_at_once_and_each_other_one_when_it_is_due(clock: Clock) -> None:
    player = clock.play(reel_of(4, fps=4))

    assert [shown(player) for _ in range(4)] == [0, 1, 2, 3]
    assert clock.waited == [0.25, 0.25, 0.25]
    assert player.skipped == 0


def test_a_frame_whose_time_has_come_is_not_waited_for(clock: Clock) -> None:
    player = clock.play(reel_of(4, fps=4))
    shown(player)
    clock.now += 0.3

    assert shown(player) == 1
    assert clock.waited == []


def test_late_frames_are_skipped_and_counted_and_not_converted(clock: Clock) -> None:
    converted = []

    def convert(number: int) -> np.ndarray:
        converted.append(number)
        return numbered(number)

    def play() -> Iterator[Frame]:
        for number in range(20):
            yield Frame(partial(convert, number), number / 10, 0.1)

    player = clock.play(Reel("numbers", play, 10))
    shown(player)
    clock.now += 0.75

    assert shown(player) == 7
    assert player.skipped == 6
    assert converted == [0, 7]


def test_the_last_frame_is_shown_however_late_it_is(clock: Clock) -> None:
    player = clock.play(reel_of(5, fps=10))
    shown(player)
    clock.now += 3

    assert shown(player) == 4
    assert player.skipped == 3
    with pytest.raises(SourceEnded, match="numbers has ended"):
        player.next_frame()
    with pytest.raises(SourceEnded):
        player.next_frame()


def test_another_pace_replaces_the_frames_own_times(clock: Clock) -> None:
    player = clock.play(reel_of(3, fps=10), fps=2)

    assert player.fps == 2
    assert [shown(player) for _ in range(3)] == [0, 1, 2]
    assert clock.waited == [0.5, 0.5]


def test_frames_without_a_pace_come_as_fast_as_they_are_asked(clock: Clock) -> None:
    reel = Reel("numbers", lambda: (Frame(partial(numbered, at)) for at in range(5)))
    player = clock.play(reel)
    shown(player)
    clock.now += 60

    assert player.fps is None
    assert [shown(player) for _ in range(4)] == [1, 2, 3, 4]
    assert clock.waited == []
    assert player.skipped == 0


def test_a_loop_goes_on_at_the_pace_of_the_reel(clock: Clock) -> None:
    player = clock.play(reel_of(3, fps=4), loop=True)

    assert [shown(player) for _ in range(7)] == [0, 1, 2, 0, 1, 2, 0]
    assert clock.waited == [0.25] * 6


def test_late_frames_are_skipped_across_the_end_of_a_loop(clock: Clock) -> None:
    player = clock.play(reel_of(3, fps=10), loop=True)
    shown(player)
    clock.now += 0.72

    assert shown(player) == 1
    assert player.skipped == 6


def test_rewinding_begins_again_at_once(clock: Clock) -> None:
    player = clock.play(reel_of(3, fps=4))
    assert len(all_frames(player)) == 3
    clock.now += 1

    player.rewind()
    waited = len(clock.waited)

    assert shown(player) == 0
    assert len(clock.waited) == waited
    assert shown(player) == 1
    assert clock.waited[waited:] == [0.25]


def test_what_can_be_played_once_goes_on_where_it_is(clock: Clock) -> None:
    frames = (Frame(partial(numbered, at)) for at in range(3))
    player = clock.play(Reel("numbers", lambda: frames, rewinds=False))
    shown(player)

    player.rewind()

    assert shown(player) == 1


def test_the_clock_stands_still_while_it_is_paused(clock: Clock) -> None:
    player = clock.play(reel_of(20, fps=10))
    shown(player)
    clock.now += 0.04
    player.pause()
    clock.now += 1000

    assert shown(player) == 1
    assert player.skipped == 0
    np.testing.assert_allclose(clock.waited, [0.06])


def test_the_clock_stands_still_if_nobody_asks_for_long(clock: Clock) -> None:
    player = clock.play(reel_of(1000, fps=10))
    shown(player)
    clock.now += LONGEST_SILENCE + 1

    assert shown(player) == 1
    assert player.skipped == 0


def test_a_reel_that_is_slower_than_its_pace_sets_the_pace(clock: Clock) -> None:
    def take(number: int) -> None:
        clock.now += 0.3 if number else 0

    player = clock.play(reel_of(20, fps=10, before=take))

    frames = [shown(player) for _ in range(5)]

    # Two of three for ever would be skipped, and more at each step.
    assert frames[-1] <= 9
    assert clock.now - 100 <= 3


def test_a_reel_that_breaks_says_what_broke_it(clock: Clock) -> None:
    def fail(number: int) -> None:
        if number == 2:
            raise RuntimeError("no signal")

    player = clock.play(reel_of(5, fps=10, before=fail))

    assert [shown(player), shown(player)] == [0, 1]
    with pytest.raises(RuntimeError, match="no signal"):
        player.next_frame()


def test_closing_wakes_whoever_waits() -> None:
    waits = threading.Event()

    def wait(event: threading.Event, seconds: float) -> None:
        waits.set()
        event.wait(seconds)

    player = PacedPlayer(reel_of(2, fps=0.001), wait=wait)
    player.next_frame()
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            player.next_frame()
        except SourceEnded as error:
            raised.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert waits.wait(60)
    player.close()
    asking.join(60)

    assert not asking.is_alive()
    assert "is closed" in str(raised[0])


def test_rewinding_wakes_whoever_waits() -> None:
    waits = threading.Event()

    def wait(event: threading.Event, seconds: float) -> None:
        waits.set()
        event.wait(seconds)

    player = PacedPlayer(reel_of(2, fps=0.001), wait=wait)
    player.next_frame()
    frames: list[int] = []
    asking = threading.Thread(target=lambda: frames.append(shown(player)))
    asking.start()
    assert waits.wait(60)
    player.rewind()
    asking.join(60)

    assert frames == [0]


def test_a_reel_is_closed_by_the_thread_that_reads_it() -> None:
    reads, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def play() -> Iterator[Frame]:
        try:
            yield Frame(lambda: numbered(0))
            reads.set()
            go_on.wait(60)
            yield Frame(lambda: numbered(1))
        finally:
            ended.set()

    player = PacedPlayer(Reel("numbers", play))
    player.next_frame()
    asking = threading.Thread(target=player.next_frame)
    asking.start()
    assert reads.wait(60)

    player.close()
    assert not ended.is_set()
    go_on.set()
    asking.join(60)

    assert ended.is_set()


def test_nothing_comes_of_a_closed_player(clock: Clock) -> None:
    player = clock.play(reel_of(5, fps=10), loop=True)
    player.next_frame()
    player.close()
    player.close()

    with pytest.raises(SourceEnded, match="numbers is closed"):
        player.next_frame()


@pytest.mark.parametrize("loop", [False, True])
def test_a_reel_without_frames_is_an_error(clock: Clock, loop: bool) -> None:
    player = clock.play(reel_of(0, fps=10), loop=loop)

    with pytest.raises(ValueError, match="ended before its first frame"):
        player.next_frame()
