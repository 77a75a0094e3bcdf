"""Maps that are read when they are indexed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_server import serving
from saved_recordings import WIDE, data_folder

from actwidget import Recording
from actwidget.numerics.block_reduce import block_extremes
from actwidget.recording.saved.saved_maps import SavedMaps


@pytest.mark.parametrize(
    "key",
    [
        0,
        -1,
        np.int64(1),
        slice(None),
        slice(-1, None),
        slice(5, 9),
        (0, slice(3, 70, 4), slice(None), 1),
        (1, slice(380, 500), slice(380, 500), slice(2, 3)),
        (Ellipsis, 2),
        (0, 399, 390, 2),
        (slice(None, None, -1), 0),
        (None, 0, 0),
        [1, 0],
        (0, slice(None), slice(None), [0, 2]),
        np.array([True, False]),
    ],
    ids=repr,
)
def test_an_index_returns_what_numpy_returns(live: Recording, loaded: Recording, key: Any) -> None:
    expected = live[WIDE].maps[key]
    found = loaded[WIDE].maps[key]
    assert type(found) is type(expected)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("key", [2, -3, (0, 400), (0, 0, 0, 0, 0)], ids=repr)
def test_an_index_out_of_range_raises(loaded: Recording, key: Any) -> None:
    with pytest.raises(IndexError):
        loaded[WIDE].maps[key]


def test_maps_compute_like_an_array(live: Recording, loaded: Recording) -> None:
    lazy, array = loaded["conv1"].maps, live["conv1"].maps
    assert (lazy.shape, lazy.ndim, lazy.size, lazy.nbytes, len(lazy)) == (
        (array.shape, array.ndim, array.size, array.nbytes, len(array))
    )
    for compute in (
        lambda maps: maps - 1,
        lambda maps: 2 * maps,
        lambda maps: maps >= 0.5,
        lambda maps: maps == maps,
        lambda maps: np.sqrt(maps),
        lambda maps: np.add.reduce(maps, axis=1),
        lambda maps: maps.reshape(2, -1),
        lambda maps: maps.mean(axis=(1, 2)),
        lambda maps: np.mean(maps),
        lambda maps: np.moveaxis(maps, -1, 0),
        lambda maps: np.concatenate([maps, maps]),
        lambda maps: maps.T,
        lambda maps: np.stack(list(maps)),
        lambda maps: np.asarray(maps, np.float64),
    ):
        np.testing.assert_array_equal(compute(lazy), compute(array))


def test_maps_are_read_only_and_a_display_reads_nothing(loaded: Recording, path: Path) -> None:
    maps = loaded["conv1"].maps
    with pytest.raises(TypeError):
        maps[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        maps[0][:] = 0
    with pytest.raises(ValueError, match="copy"):
        np.array(maps, copy=False) if np.__version__ >= "2" else maps.__array__(copy=False)
    shutil.rmtree(data_folder(path))
    assert repr(maps) == "<SavedMaps (2, 12, 10, 8) float32, read when it is indexed>"
    assert not hasattr(maps, "_repr_html_")
    assert not hasattr(maps, "no_such_thing")


@pytest.mark.parametrize("block", [1, 2, 3, 4, 6, 8, 12, 512])
def test_blocks_are_those_of_the_maps_at_every_level(
    live: Recording, loaded: Recording, block: int
) -> None:
    for name in (WIDE, "nested/conv#2(1)"):
        maps = loaded[name].maps
        assert isinstance(maps, SavedMaps)
        np.testing.assert_array_equal(
            maps.block_extremes(1, block), block_extremes(live[name].maps[1], block)
        )


def test_one_channel_is_read_without_the_others(vgg16: Path) -> None:
    with serving(vgg16.parent) as fetched:
        recording = Recording.load(f"{fetched.url}/{vgg16.name}")
        fetched.files.clear()
        recording["block1_conv2"].maps[0, :, :, 17]
        # A 64th of 12.8 MB, compressed.
        assert fetched.bytes < 200_000
        seen = fetched.bytes
        recording["block1_conv2"].maps[0, 3, 4, 17]
        assert fetched.bytes == seen, "a unit of a chunk that is known is fetched again"
        recording.close()
