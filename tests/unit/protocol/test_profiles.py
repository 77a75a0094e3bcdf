"""Layers at a glance, as the page requests them."""

from __future__ import annotations

import json
import threading
from typing import Any

import numpy as np
import pytest
from recordings import Make, of_maps

from actwidget.protocol import profiles
from actwidget.protocol.profiles import ProfilesRequest, handle_profiles
from actwidget.recording.recording import Recording


@pytest.fixture
def maps() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    found = {f"conv{n}": random.normal(size=(1, 6, 6, 4)).astype("f4") for n in range(5)}
    found["conv2"][..., 1] = 0
    found["conv3"][0, 0, 0, 0] = np.nan
    return found


def recording_of(maps: dict[str, Any]) -> Recording:
    return of_maps(**maps)


def test_all_layers_come_with_what_is_silent_in_them(
    make: Make, maps: dict[str, np.ndarray]
) -> None:
    widget = make(recording_of(maps))
    request = ProfilesRequest(id=1, first=0)
    content, _ = handle_profiles(request, widget.shown, threading.Event())
    assert content["first"] == 0
    found = content["profiles"]
    assert len(found) == 6
    assert [profile["dead"] for profile in found[1:]] == [0, 0, 1, 0, 0]
    assert [profile["nonFinite"] for profile in found[1:]] == [0, 0, 0, 1, 0]
    assert found[1]["size"] == pytest.approx(np.abs(maps["conv0"]).mean())
    json.dumps(content, allow_nan=False)


def test_no_layers_statistics_are_computed_for_them(
    make: Make, maps: dict[str, np.ndarray]
) -> None:
    widget = make(recording_of(maps))
    known = [number for number in range(6) if number in widget.shown.scales]
    handle_profiles(ProfilesRequest(id=1, first=0), widget.shown, threading.Event())
    assert [number for number in range(6) if number in widget.shown.scales] == known
    assert "statistics" not in vars(widget.recording["conv4"])


def test_of_many_layers_the_first_come_at_once(
    make: Make, maps: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    widget = make(recording_of(maps))
    monkeypatch.setattr(profiles, "WORK", 0.0)
    content, _ = handle_profiles(ProfilesRequest(id=1, first=2), widget.shown, threading.Event())
    assert content["first"] == 2
    assert len(content["profiles"]) == 1


def test_a_layer_that_does_not_exist_is_an_error(make: Make, maps: dict[str, np.ndarray]) -> None:
    with pytest.raises(IndexError, match="layer is 9; there are layers 0 to 5"):
        handle_profiles(
            ProfilesRequest(id=1, first=9), make(recording_of(maps)).shown, threading.Event()
        )
