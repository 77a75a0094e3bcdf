"""Where nothing is finite there is no range and no mean, and everything says so."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recordings import Make

from actwidget import Recording
from actwidget.export.preview import _lines
from actwidget.export.view_snapshot import snapshot_of
from actwidget.recording.layer import LayerMaps

SAID = "no finite value"


def made(maps: np.ndarray, **fields: Any) -> Recording:
    """A recording of a layer of these maps, whose images are as many."""
    kind = "units" if maps.shape[1:3] == (1, 1) else "maps"
    image = np.ones((len(maps), 8, 9, 1), "f4")
    entries = [
        LayerMaps("first", "Conv2D", None, "maps", image, inputs=("input",)),
        LayerMaps(
            "bad", "Lambda", None, **{"kind": kind, "maps": maps, "inputs": ("first",)} | fields
        ),
    ]
    return Recording(entries, model_name="net", inputs=image, images=image)


def full(value: float, *shape: int) -> np.ndarray:
    return np.full(shape, value, "f4")


BAD: dict[str, Callable[[], Recording]] = {
    "NaN": lambda: made(full(np.nan, 2, 6, 5, 3)),
    "infinity": lambda: made(full(np.inf, 2, 6, 5, 3)),
    "both": lambda: made(
        np.where(np.arange(60).reshape(1, 6, 5, 2) % 2, np.nan, -np.inf).astype("f4")
    ),
    "units": lambda: made(full(np.nan, 1, 1, 1, 7)),
    "one unit": lambda: made(full(np.nan, 1, 1, 1, 1)),
    "sequence": lambda: made(full(np.nan, 1, 9, 4, 1), kind="sequence"),
    "volume": lambda: made(full(np.nan, 1, 12, 4, 2), depth=3),
    "blocks": lambda: made(full(np.nan, 1, 300, 290, 8)),
}


@pytest.fixture(params=list(BAD))
def bad(request: pytest.FixtureRequest) -> Recording:
    return BAD[request.param]()


def assert_says_so(recording: Recording) -> None:
    entry = recording["bad"]
    assert all(math.isnan(each) for each in (entry.summary.minimum, entry.summary.mean))
    assert math.isnan(entry.summary.maximum)
    assert entry.summary.zeros == 0
    statistics = entry.statistics
    assert math.isnan(statistics.layer_minimum + statistics.layer_mean + statistics.layer_maximum)
    assert not statistics.finite.any()
    row = next(line for line in repr(recording).splitlines() if line.startswith("bad "))
    assert re.search(rf"{SAID}\s+0.0%$", row)
    assert f">{SAID}</td><td></td><td></td><td>0.0%</td>" in recording._repr_html_()


def test_table_summary_and_statistics_say_so(bad: Recording) -> None:
    assert_says_so(bad)


def test_so_do_those_of_a_recording_that_was_saved(bad: Recording, tmp_path: Path) -> None:
    bad.save(tmp_path / "bad.zarr")
    loaded = Recording.load(tmp_path / "bad.zarr")
    assert_says_so(loaded)
    assert "NaN" not in (tmp_path / "bad.zarr" / "zarr.json").read_text("utf-8")
    loaded.close()


def test_xarray_says_so(bad: Recording) -> None:
    assert bad.to_xarray("bad").attrs["finite"] == "none"
    assert bad.to_xarray("first").attrs["finite"] == "all"
    assert bad.to_xarray()["bad"].attrs["finite"] == "none"
    some = made(np.where(np.arange(6).reshape(1, 1, 6, 1) > 3, np.nan, 1).astype("f4"))
    assert some.to_xarray("bad").attrs["finite"] == "some"


def test_page_figure_and_picture_say_so(make: Make, bad: Recording, tmp_path: Path) -> None:
    widget = make(bad, layer="bad")
    number = widget.layer_index
    message = widget.shown.overview(number, 0, 0, with_input=False)
    assert (message["minimum"], message["mean"], message["maximum"]) == (None, None, None)
    assert message["blank"] == list(range(bad["bad"].tiles))
    for channel in (None, 0):
        widget.channel = channel
        assert SAID in widget.figure().layout.title.text
        assert SAID in _lines(snapshot_of(widget), 600)[0][0]
    widget.to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    match = re.search(r'id="actwidget-state-0">(.*?)</script>', page, re.DOTALL)
    assert match
    layer = json.loads(match[1])["archive"]["index"]["layers"][number]
    assert (layer["minimum"], layer["mean"], layer["maximum"]) == (None, None, None)
    assert layer["blank"][0][0] == list(range(bad["bad"].tiles))


def test_health_says_so(bad: Recording) -> None:
    row = next(row for row in bad.health() if row.layer == "bad")
    assert (row.dead, row.flat, row.non_finite) == (0, 0, bad["bad"].maps.size)


# A channel, an image, a slice


def blank(make: Make, maps: np.ndarray, image: int = 0, slice: int = 0, **fields: Any) -> list[int]:
    widget = make(made(maps, **fields), layer="bad", image_index=image)
    found: list[int] = widget.shown.overview(widget.layer_index, image, slice, with_input=False)[
        "blank"
    ]
    return found


def test_a_channel_says_so(make: Make) -> None:
    maps = full(1, 1, 6, 5, 3)
    maps[..., 1] = np.nan
    assert blank(make, maps) == [1]
    widget = make(made(maps), layer="bad", channel=1)
    assert SAID in widget.figure().layout.title.text
    widget.channel = 0
    assert SAID not in widget.figure().layout.title.text


def test_an_image_says_so(make: Make) -> None:
    maps = full(1, 2, 6, 5, 3)
    maps[1] = np.inf
    assert [blank(make, maps, image) for image in (0, 1)] == [[], [0, 1, 2]]
    widget = make(made(maps), layer="bad", image_index=1)
    assert SAID in widget.figure().layout.title.text


def test_a_slice_says_so(make: Make) -> None:
    maps = full(1, 1, 12, 5, 2)
    maps[:, 4:8] = np.nan
    assert [blank(make, maps, 0, number, depth=3) for number in range(3)] == [[], [0, 1], []]
    widget = make(made(maps, depth=3), layer="bad", slice=1)
    assert SAID in widget.figure().layout.title.text


def test_one_finite_unit_is_enough(make: Make) -> None:
    maps = full(np.nan, 1, 300, 290, 8)
    maps[0, 299, 289, 5] = -2
    assert blank(make, maps) == [0, 1, 2, 3, 4, 6, 7]
    summary = made(maps)["bad"].summary
    assert (summary.minimum, summary.mean, summary.maximum) == (-2, -2, -2)


# No units at all


@pytest.mark.parametrize("shape", [(2, 0, 5, 3), (2, 6, 0, 3), (2, 6, 5, 0)])
def test_a_layer_without_units_is_not_shown_and_the_reason_is_said(
    make: Make, shape: tuple[int, ...]
) -> None:
    recording = made(np.zeros(shape, "f4"))
    assert list(recording) == ["input", "first"]
    reason = "has no units: its output is " + " × ".join(map(str, shape[1:]))
    assert recording.not_shown == {"bad": reason}
    make(recording)
    entry = LayerMaps("bad", "Lambda", "sigmoid", "maps", np.zeros(shape, "f4"))
    assert entry.summary.nothing_finite
    assert math.isnan(entry.summary.zeros)
    assert math.isnan(entry.statistics.layer_mean)


# What a model computed


def test_a_model_whose_layer_gives_nothing_finite(make: Make) -> None:
    import keras
    from keras import layers

    from actwidget import record

    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, name="conv"),
            layers.Lambda(lambda x: x * np.nan, name="nan"),
            layers.Flatten(name="flat"),
            layers.Dense(3, name="dense"),
        ]
    )
    recording = record(model, np.ones((8, 8)))
    for path in ("nan", "flat", "dense"):
        row = next(line for line in repr(recording).splitlines() if line.startswith(path))
        assert SAID in row
        assert recording.first_non_finite(path) == "nan"
    assert recording.first_non_finite("conv") is None
    assert SAID in make(recording, layer="nan").figure().layout.title.text
