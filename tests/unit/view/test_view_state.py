"""The state of what is shown, by itself: total, consistent, the same in Python and in the page."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actwidget.view.choices import Choices, LayerChoice
from actwidget.view.tile_order import SORTS
from actwidget.view.view_state import ViewState

Limits = tuple[float, float]

numbers = st.integers(-2, 50)
changes = st.fixed_dictionaries(
    {},
    optional={
        "layer": st.sampled_from(["a", "b", "c", "missing"]),
        "channel": st.none() | numbers,
        "normalization": st.sampled_from(["raw", "symmetric", "missing"]),
        "image_index": numbers,
        "slice": numbers,
        "sort": st.sampled_from([*SORTS, "missing"]),
        "hold_scale": st.booleans(),
        "limits": st.none() | st.just((-0.5, 7.0)),
    },
)
layers = st.tuples(
    *(
        st.builds(LayerChoice, st.just(path), st.integers(1, 40), st.integers(1, 12))
        for path in "abc"
    )
)


@given(layers, st.integers(1, 4), st.lists(changes, max_size=6))
def test_whatever_is_asked_for_what_is_shown_exists(
    layers: tuple[LayerChoice, ...], images: int, moves: list[dict[str, Any]]
) -> None:
    choices = Choices(layers, images, ["raw", "symmetric"])
    state = ViewState("a", limits=(0.0, 1.0), limits_are_due=False).moved(choices)
    for move in moves:
        state = state.moved(choices, **move)
        layer = choices[state.layer]
        assert state.channel is None or 0 <= state.channel < layer.channels
        assert state.normalization in choices.normalizations
        assert 0 <= state.image_index < images
        assert 0 <= state.slice < choices.slices(layer)
        assert 0 <= state.slice_shown(layer) < layer.depth
        assert state.sort in SORTS
        assert state.limits is not None


@given(layers, changes)
def test_a_move_to_where_it_stands_changes_nothing(
    layers: tuple[LayerChoice, ...], move: dict[str, Any]
) -> None:
    choices = Choices(layers, 2, ["raw", "symmetric"])
    state = ViewState("a", limits=(0.0, 1.0), limits_are_due=False).moved(choices, **move)
    assert state.moved(choices) == state


HELD = ViewState("a", hold_scale=True, limits=(-0.5, 7.0), limits_are_due=False)
CHOICES = Choices([LayerChoice("a", 4), LayerChoice("b", 4)], 2, ["raw", "symmetric"])


@pytest.mark.parametrize(
    ("move", "hold", "due"),
    [
        ({"layer": "b"}, True, False),
        ({"image_index": 1}, True, False),
        ({"normalization": "symmetric"}, True, True),
        ({"hold_scale": False}, False, True),
        ({"limits": None}, False, True),
        ({"normalization": "symmetric", "limits": (0.0, 1.0)}, True, False),
    ],
    ids=str,
)
def test_held_limits_survive_all_but_another_normalization(
    move: dict[str, Any], hold: bool, due: bool
) -> None:
    state = HELD.moved(CHOICES, **move)
    assert (state.hold_scale, state.limits_are_due) == (hold, due)


def test_the_vectors_that_the_page_is_checked_with_are_up_to_date(
    repository: Path, tmp_path: Path
) -> None:
    script = repository / "tests" / "shared" / "make_view_state.py"
    fresh = tmp_path / "vectors.json"
    subprocess.run([sys.executable, script, fresh], check=True)
    stored = (script.parent / "view_state.json").read_text("utf-8")
    assert json.loads(stored) == json.loads(fresh.read_text("utf-8")), (
        f"run python {script.relative_to(repository)}"
    )
