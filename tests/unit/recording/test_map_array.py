"""A further source of maps is one class: here the difference of two recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from recordings import recorded

from actwidget import ActivationWidget, Recording
from actwidget.numerics.block_reduce import block_extremes
from actwidget.recording.array_maps import ArrayMaps, as_map_array
from actwidget.recording.layer import LayerMaps
from actwidget.recording.map_array import MapArray, Maps
from actwidget.recording.scratch import ScratchFiles

LAYERS: dict[str, Any] = {"conv": (20, 21, 6), "wide": (400, 391, 3), "dense": (1, 1, 9)}


class Difference(MapArray):
    """How the maps of one recording differ from another's, computed when they are indexed."""

    def __init__(self, first: Maps, second: Maps) -> None:
        super().__init__(first.shape)
        self._first, self._second = first, second
        self.keys: list[tuple[Any, ...]] = []

    def read(self, key: tuple[Any, ...]) -> NDArray[np.float32]:
        self.keys.append(key)
        return np.asarray(self._first[key] - self._second[key])


def difference(first: Recording, second: Recording, *, lazily: bool) -> Recording:
    def maps(path: str) -> Maps:
        one, other = first[path].maps, second[path].maps
        return Difference(one, other) if lazily else np.asarray(one) - np.asarray(other)

    return Recording(
        [
            LayerMaps(path, entry.layer_type, None, entry.kind, maps(path))
            for path, entry in first.items()
        ],
        model_name="difference",
        inputs=first.inputs,
        images=first.images,
    )


@pytest.fixture(scope="module")
def pair() -> tuple[Recording, Recording]:
    """A recording of differences, and the same with its maps in memory."""
    first, second = recorded(**LAYERS), recorded(**LAYERS)
    for entry in second.values():
        entry.maps[...] = entry.maps[..., ::-1]
    return difference(first, second, lazily=True), difference(first, second, lazily=False)


def test_its_maps_are_used_like_an_array(pair: tuple[Recording, Recording]) -> None:
    lazy, expected = (each["conv"].maps for each in pair)
    assert isinstance(lazy, Difference)
    assert lazy.dtype == np.float32
    assert (lazy.shape, lazy.nbytes) == (expected.shape, expected.nbytes)
    np.testing.assert_array_equal(lazy, expected)
    np.testing.assert_array_equal(lazy[1, ..., [2, 0]], expected[1, ..., [2, 0]])
    np.testing.assert_array_equal(2 * lazy.mean(axis=0), 2 * expected.mean(axis=0))
    assert lazy[0, 3, 4, 5] == expected[0, 3, 4, 5]


def test_its_numbers_are_those_of_the_same_maps_in_memory(
    pair: tuple[Recording, Recording],
) -> None:
    lazy, expected = pair
    for path in LAYERS:
        found, known = lazy[path].statistics, expected[path].statistics
        np.testing.assert_equal(vars(found), vars(known))
        assert lazy[path].summary.minimum == expected[path].summary.minimum
        assert lazy[path].summary.mean == pytest.approx(expected[path].summary.mean)
        assert lazy[path].all_finite
    assert repr(lazy.health()) == repr(expected.health())
    assert repr(lazy) == repr(expected)
    assert lazy.to_xarray().equals(expected.to_xarray())


def test_the_widget_and_the_page_show_it(pair: tuple[Recording, Recording], tmp_path: Path) -> None:
    figures: list[list[str]] = []
    for recording in pair:
        widget = ActivationWidget(recording)
        shown = []
        for layer in LAYERS:
            widget.layer = layer
            shown.append(widget.figure().to_json())
        widget.to_html(tmp_path / f"{len(figures)}.html")
        widget.close()
        figures.append(shown)
    assert figures[0] == figures[1]
    sizes = [file.stat().st_size for file in tmp_path.iterdir()]
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-3)


def test_it_is_saved_and_opened_again(pair: tuple[Recording, Recording], tmp_path: Path) -> None:
    lazy, expected = pair
    lazy.save(tmp_path / "difference.zarr")
    loaded = Recording.load(tmp_path / "difference.zarr")
    for path in LAYERS:
        np.testing.assert_array_equal(loaded[path].maps, expected[path].maps)
        np.testing.assert_equal(vars(loaded[path].statistics), vars(expected[path].statistics))


def test_only_the_image_that_is_shown_is_read() -> None:
    maps = Difference(*(recorded(conv=(30, 31, 4))["conv"].maps for _ in range(2)))
    found = maps.block_extremes(1, 3)
    assert maps.keys == [(1,)]
    np.testing.assert_array_equal(found, np.zeros((10, 11, 4)))


@pytest.mark.parametrize("source", ["memory", "scratch file", "lazy"])
def test_every_source_answers_the_same(source: str, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    volume = generator.standard_normal((3, 4 * 50, 41, 20)).astype("f4")
    maps: Maps = volume
    if source == "scratch file":
        maps = ScratchFiles(str(tmp_path)).store(volume)
    elif source == "lazy":
        maps = Difference(volume, np.zeros_like(volume))
    array = as_map_array(maps)
    assert type(array) is (Difference if source == "lazy" else ArrayMaps)
    blocks = list(array.blocks())
    assert len(blocks) > 1
    np.testing.assert_array_equal(np.concatenate(blocks), volume.reshape(-1, 20))
    np.testing.assert_array_equal(array.block_extremes(2, 4), block_extremes(volume[2], 4))
    # Of a volume's slices the numbers are their own, though they are not contiguous.
    part = as_map_array(array.slice(3, 4))
    assert part.shape == (3, 50, 41, 20)
    rows = volume[:, 150:]
    np.testing.assert_array_equal(np.concatenate(list(part.blocks())), rows.reshape(-1, 20))
    np.testing.assert_array_equal(part[1, -1], rows[1, -1])
    assert part.summarize().maximum == rows.max()
    assert part.all_finite()
    with pytest.raises(IndexError):
        part[0, 50]
    volume[0, 160, 0, 0] = np.nan
    assert as_map_array(volume[:, 150:]).all_finite() is False
