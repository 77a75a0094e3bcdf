"""The order of the tiles: by strength, with the true numbers kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets
from recordings import Make, of_maps

from actwidget.export.view_snapshot import snapshot_of
from actwidget.numerics.mosaic import mosaic_for
from actwidget.recording.layer import LayerMaps
from actwidget.view.tile_order import SORTS, tile_order


def entry_of(maps: np.ndarray) -> LayerMaps:
    return LayerMaps("a", "Conv2D", None, "maps", maps)


def strengths(values: list[float]) -> np.ndarray:
    """Maps of two images; in the second each channel has just this value at one place, else 0."""
    maps = np.zeros((2, 3, 3, len(values)), "f4")
    maps[1, 1, 2] = values
    return maps


UNITS = np.array([[1, -5, 3, 0, -0.0], [2, 2, -2, np.nan, np.inf]], "f4").reshape(2, 1, 1, 5)


def test_by_number_is_by_number() -> None:
    assert SORTS[:6] == ("number", "strongest", "mean", "zeros", "variance", "importance")
    assert SORTS[6:] == ("selectivity", "activity", "largest difference")
    assert tile_order(entry_of(strengths([1, 3, 2])), 0, "number") == [0, 1, 2]


def test_the_strongest_channel_comes_first_whatever_its_sign() -> None:
    assert tile_order(entry_of(strengths([1, -3, 2, 0])), 0, "strongest") == [1, 2, 0, 3]


def test_channels_are_as_strong_in_every_image() -> None:
    entry = entry_of(strengths([1, -3, 2, 0]))
    assert tile_order(entry, 1, "strongest") == tile_order(entry, 0, "strongest")


def test_as_strong_ones_stay_in_the_order_of_their_numbers() -> None:
    values = [float(n % 3) * (-1) ** n for n in range(40)]
    found = tile_order(entry_of(strengths(values)), 0, "strongest")
    assert found == sorted(range(40), key=lambda n: (-(n % 3), n))


@pytest.mark.parametrize(("image", "order"), [(0, [1, 2, 0, 3, 4]), (1, [0, 1, 2, 3, 4])])
def test_single_units_go_by_the_image_and_what_is_not_finite_comes_last(
    image: int, order: list[int]
) -> None:
    assert tile_order(entry_of(UNITS), image, "strongest") == order


def test_units_that_are_not_finite_do_not_make_a_channel_strong() -> None:
    maps = strengths([1, 3, 2])
    maps[0, 0, 0] = np.inf, np.nan, -np.inf
    assert tile_order(entry_of(maps), 0, "strongest") == [1, 2, 0]


def test_the_largest_mean_comes_first() -> None:
    assert tile_order(entry_of(strengths([1, -3, 2, 0])), 0, "mean") == [2, 0, 3, 1]
    assert tile_order(entry_of(UNITS), 0, "mean") == [2, 0, 3, 4, 1]


def test_the_channel_with_most_zeros_comes_first() -> None:
    maps = np.ones((2, 2, 2, 3), "f4")
    maps[0, 0, :, 2], maps[1, 0, 0, 1] = 0, -0.0
    assert tile_order(entry_of(maps), 0, "zeros") == [2, 1, 0]


def test_the_channel_that_varies_most_between_images_comes_first() -> None:
    maps = np.zeros((2, 2, 2, 4), "f4")
    maps[1, ..., 1], maps[1, 0, 0, 3], maps[:, ..., 2] = 3, 8, 100
    assert tile_order(entry_of(maps), 0, "variance") == [1, 3, 0, 2]
    assert tile_order(entry_of(maps[:1]), 0, "variance") == [0, 1, 2, 3]


def test_channels_are_sorted_by_their_likeness_to_another() -> None:
    ramp = np.arange(16, dtype="f4").reshape(1, 4, 4)
    other = ramp.swapaxes(1, 2)
    maps = np.stack([-ramp, ramp, other, 5 + 0 * ramp, 2 * ramp + 7], axis=-1)
    entry = entry_of(maps)
    assert tile_order(entry, 0, "like 1") == [1, 4, 2, 0, 3]
    assert tile_order(entry, 0, "like 0")[0] == 0
    # A channel that the layer does not have leaves the order as it is.
    assert tile_order(entry, 0, "like 9") == [0, 1, 2, 3, 4]


def test_dead_channels_can_be_left_out() -> None:
    maps = strengths([1, -3, 0, 2, 5])
    maps[..., 4] = np.nan
    entry = entry_of(maps)
    assert tile_order(entry, 0, "number", alive_only=True) == [0, 1, 3, 4]
    assert tile_order(entry, 0, "strongest", alive_only=True) == [1, 3, 0, 4]


def test_none_is_left_out_where_all_are_dead_or_where_that_is_not_known() -> None:
    assert tile_order(entry_of(strengths([0, 0])), 0, "number", alive_only=True) == [0, 1]
    assert tile_order(entry_of(UNITS), 0, "number", alive_only=True) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("sort", ["like", "like x", "like -1", "like 1 ", "Like 1", "like 1e3", 3])
def test_what_is_no_order_is_refused(make: Make, sort: Any) -> None:
    widget = make(of_maps(layer=strengths([1, 3, 2])))
    with pytest.raises(traitlets.TraitError):
        widget.sort = sort
    assert widget.sort == "number"
    widget.sort = "like 1"
    assert widget.view_state.sort == "like 1"


# In the widget


@pytest.mark.parametrize("sort_first", [True, False])
def test_tiles_are_permuted_and_keep_the_true_numbers(make: Make, sort_first: bool) -> None:
    values = [float((7 * n) % 12 + 1) for n in range(12)]
    recording = of_maps(layer=strengths(values))
    widget = make(recording, sort="strongest") if sort_first else make(recording)
    widget.image_index = 1
    widget.sort = "strongest"
    order = sorted(range(12), key=lambda n: -values[n])
    figure = widget.figure()
    mosaic = mosaic_for(12, 3, 3, columns=round(figure.layout.xaxis.range[1]))
    (trace,) = figure.data
    z = np.asarray(trace.z)
    for place, channel in enumerate(order):
        x, y = mosaic.unit_centre(place, 1, 2)
        column, row = round((x - trace.x0) / trace.dx), round((y - trace.y0) / trace.dy)
        assert z[row, column] == values[channel]
    assert [note.text for note in figure.layout.annotations[:12]] == [str(n) for n in order]


def test_a_channel_is_opened_by_its_true_number(make: Make) -> None:
    widget = make(of_maps(layer=strengths([1, 3, 2])), sort="strongest", image_index=1, channel=2)
    assert np.asarray(widget.figure().data[0].z)[1, 2] == 2
    assert "channel 2" in widget.figure().layout.title.text


def test_every_part_follows_the_order(make: Make) -> None:
    widget = make(of_maps(layer=strengths([1, 3, 2])))
    widget.sort = "strongest"
    assert widget.view_state.sort == "strongest"
    widget.set_state({"sort": "number"})
    assert widget.sort == widget.view_state.sort == "number"


def test_the_order_stays_when_layer_and_image_change(make: Make) -> None:
    widget = make(of_maps(one=strengths([1, 3, 2]), two=strengths([1, 2, 3])), sort="strongest")
    widget.layer, widget.image_index = "two", 1
    assert widget.sort == "strongest"
    assert np.nanmax(np.asarray(widget.figure().data[0].z)) == 3
    assert widget.figure().layout.annotations[0].text == "2"


def test_the_widget_leaves_out_dead_channels_on_request(make: Make) -> None:
    widget = make(of_maps(layer=strengths([1, 0, 2])), alive_only=True)
    assert snapshot_of(widget).tiles == [0, 2]
    widget.set_state({"alive_only": False})
    assert widget.alive_only is widget.view_state.alive_only is False


def test_what_is_neither_true_nor_false_is_refused(make: Make) -> None:
    with pytest.raises(traitlets.TraitError, match="alive_only is 'yes'; it takes True or False"):
        make(of_maps(layer=strengths([1, 0, 2])), alive_only="yes")


def test_an_unknown_order_changes_nothing(make: Make) -> None:
    widget = make(of_maps(layer=strengths([1, 3, 2])), sort="strongest")
    with pytest.raises(traitlets.TraitError, match=r"'strongst', .* did you mean 'strongest'"):
        widget.sort = "strongst"
    assert widget.sort == widget.view_state.sort == "strongest"


# The page's own


def test_the_vectors_that_the_page_is_checked_with_are_up_to_date(
    repository: Path, tmp_path: Path
) -> None:
    script = repository / "tests" / "shared" / "make_pictures.py"
    fresh = tmp_path / "vectors.json"
    subprocess.run([sys.executable, script, fresh], check=True)
    kept = json.loads((script.parent / "pictures.json").read_text("utf-8"))
    assert kept == json.loads(fresh.read_text("utf-8")), (
        f"run python {script.relative_to(repository)}"
    )
