"""Saved recordings of volumes, sequences and tokens, and of the model's outputs."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from saved_recordings import data_folder, maps_folder

from actwidget import ActivationWidget, Recording
from actwidget.numerics.block_reduce import block_extremes
from actwidget.recording.layer import LayerMaps

DEEP = (3, 4, 401, 391, 2)
"""Images, slices, rows, columns, channels: the overview has blocks, which slices do not share."""


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, dtype="f4")


def volume(path: str, *shape: int, seed: int = 0) -> LayerMaps:
    maps = normal(*shape, seed=seed).reshape(shape[0], -1, *shape[3:])
    return LayerMaps(path, "Conv3D", "relu", "maps", maps, depth=shape[1], inputs=("input",))


@pytest.fixture
def live() -> Recording:
    received = volume("input", 3, 5, 6, 7, 1, seed=1)
    returned = LayerMaps("net:age", "Net", None, "units", normal(3, 1, 1, 2, seed=2))
    dense = LayerMaps("dense", "Dense", "softmax", "units", normal(3, 1, 1, 4, seed=3))
    return Recording(
        [
            volume("deep", *DEEP),
            volume("many", 3, 4, 30, 30, 200, seed=4),
            LayerMaps("lstm", "LSTM", None, "sequence", normal(3, 11, 6, 1, seed=5)),
            dense,
        ],
        model_name="net",
        inputs=received.maps,
        images=np.zeros((3, 0, 0, 1), "f4"),
        input=received,
        outputs=[dense, returned],
    )


@pytest.fixture
def path(live: Recording, tmp_path: Path) -> Path:
    live.save(tmp_path / "net.zarr")
    return tmp_path / "net.zarr"


@pytest.fixture
def loaded(path: Path) -> Iterator[Recording]:
    recording = Recording.load(path)
    yield recording
    recording.close()


def described(path: Path) -> Any:
    return json.loads((path / "zarr.json").read_text())


def pictures(recording: Recording) -> list[Any]:
    """What the page is sent of every layer, the first slice, the last, and one in the middle."""
    sent = []
    widget = ActivationWidget(recording)
    for layer, entry in enumerate(widget.shown.layers):
        for number in {0, entry.depth // 2, entry.depth - 1}:
            message = widget.shown.overview(layer, 2, number, with_input=True)
            sent.append(message | {"data": gzip.decompress(message["data"])})
    widget.close()
    return sent


def test_every_kind_comes_back(live: Recording, loaded: Recording) -> None:
    for entry in (live.input, *live.values()):
        found = loaded[entry.path]
        assert (found.kind, found.depth, found.inputs) == (entry.kind, entry.depth, entry.inputs)
        assert (found.sizes, found.tiles) == (entry.sizes, entry.tiles)
        np.testing.assert_array_equal(found.maps, entry.maps)
    assert (len(loaded.images), loaded.images.size) == (3, 0)


def test_the_widget_shows_the_same(live: Recording, loaded: Recording) -> None:
    assert pictures(loaded) == pictures(live)


def test_slices_are_indexed_as_in_numpy(live: Recording, loaded: Recording) -> None:
    for number in (0, 3):
        maps, expected = loaded["deep"].slice(number).maps, live["deep"].volume[:, number]
        assert maps.shape == expected.shape
        for key in (
            0,
            (1, 7),
            (1, -1, 3),
            (slice(None), slice(200, 900, 7)),
            (slice(0, 2), slice(-3, None), slice(1, 2)),
            (slice(None), slice(9, 3)),
            (Ellipsis, 1),
            (2, Ellipsis, 0),
            (..., slice(4, 9), 1),
            [2, 0],
        ):
            np.testing.assert_array_equal(maps[key], expected[key], err_msg=repr(key))
        np.testing.assert_array_equal(np.asarray(maps), expected)
        for row in (401, -402):
            with pytest.raises(IndexError):
                maps[0, row]


@pytest.mark.parametrize("block", [1, 2, 3, 4, 6, 256])
def test_a_slices_blocks_are_its_own(live: Recording, loaded: Recording, block: int) -> None:
    for number in (0, 3):
        found = loaded["deep"].slice(number).map_array.block_extremes(1, block)
        expected = block_extremes(live["deep"].volume[1, number], block)
        np.testing.assert_array_equal(found, expected)


def test_a_slice_is_shown_without_the_maps_and_without_the_other_slices(
    live: Recording, path: Path
) -> None:
    recording = Recording.load(path)
    shutil.rmtree(maps_folder(path, "deep"))
    for chunk in data_folder(path).glob("overviews/*/c.*"):
        if chunk.name != "c.1.3.0.0":
            chunk.unlink()
    widget = ActivationWidget(recording, layer="deep", image_index=1, slice=3)
    message = widget.shown.overview(1, 1, 3, with_input=False)
    expected = ActivationWidget(live, layer="deep").shown.overview(1, 1, 3, with_input=False)
    assert gzip.decompress(message["data"]) == gzip.decompress(expected["data"])


def test_a_slice_has_the_same_description_as_a_live_one(live: Recording, loaded: Recording) -> None:
    one, expected = loaded["deep"].slice(2), live["deep"].slice(2)
    assert one.summary == expected.summary
    assert one.all_finite
    assert repr(one) == repr(expected)
    assert one.statistics.layer_maximum == live["deep"].maps.max()


def test_the_models_outputs_are_saved(live: Recording, loaded: Recording) -> None:
    assert [entry.path for entry in loaded.outputs] == ["dense", "net:age"]
    assert loaded.outputs[0] is loaded["dense"]
    np.testing.assert_array_equal(loaded.outputs[1].maps, live.outputs[1].maps)
    assert "net:age" not in loaded
    for names in (["a", "b"], ["a", "b", "c", "d"]):
        one, other = (ActivationWidget(each, class_names=names) for each in (live, loaded))
        assert one.predictions == other.predictions
        assert one.layers == other.layers


def test_a_recording_in_the_first_format_is_opened(live: Recording, path: Path) -> None:
    group = described(path)
    description = group["attributes"]["actwidget"]
    description["format"] = 1
    del description["outputs"]
    for each in description["maps"]:
        del each["depth"]
    (path / "zarr.json").write_text(json.dumps(group))
    # Its blocks reached over the slices' ends: whatever they hold, they are not looked at.
    shutil.rmtree(data_folder(path) / "overviews")
    files = [each for each in data_folder(path).rglob("*") if each.is_file()]
    description |= {"files": len(files), "bytes": sum(each.stat().st_size for each in files)}
    (path / "zarr.json").write_text(json.dumps(group))
    old = Recording.load(path)
    for number in range(4):
        found = old["deep"].slice(number).maps
        np.testing.assert_array_equal(found, live["deep"].volume[:, number])
    assert pictures(old) == pictures(live)
    assert old.outputs == (old["dense"],)
