"""A damaged description raises what `Recording.load` says, or loads and can be shown."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutations import REPLACEMENTS, mutations, replaced
from saved_recordings import relu

from actwidget import ActivationWidget, Recording
from actwidget.recording.layer import LayerMaps

DOCUMENTED = (ValueError, OSError, MemoryError)


def recording() -> Recording:
    """Layers of each kind, one with an overview, and images with thumbnails."""
    inputs = relu((1, 150, 150, 3))
    volume = relu((1, 2 * 240, 240, 5), seed=1)
    entries = [
        LayerMaps("volume", "Conv3D", "relu", "maps", volume, depth=2, inputs=("input",)),
        LayerMaps("sequence", "LSTM", None, "sequence", relu((1, 9, 4, 1)), inputs=("volume",)),
        LayerMaps("dense", "Dense", "softmax", "units", relu((1, 1, 1, 5))),
    ]
    images = (inputs * 40).astype("u1")
    return Recording(
        entries, model_name="net", inputs=inputs, images=images, not_shown={"spare": "did not run"}
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzzed") / "net.zarr"
    recording().save(path)
    return path


def use(path: Path) -> None:
    """Load a recording, and look at all of it."""
    loaded = Recording.load(path, memory_limit="300 MB")
    try:
        assert repr(loaded).encode("utf-8")
        assert loaded._repr_html_().encode("utf-8")
        loaded.first_non_finite()
        for entry in (loaded.input, *loaded.values(), *loaded.outputs):
            assert entry.maps[0, 0].dtype == np.float32
            assert len(entry.statistics.mean) in (1, entry.tiles)
            assert entry.slice(0).map_array.block_extremes(0, 64).ndim == 3
        loaded.health()
        widget = ActivationWidget(loaded)
        try:
            for layer in widget.choices.paths:
                widget.layer = layer
                json.dumps(widget.layers)
                assert widget.get_state("picture")["picture"]["data"]
                widget.figure().to_json()
        finally:
            widget.close()
    finally:
        loaded.close()


def read_arrays(path: Path) -> None:
    """Load a recording, and read a part of each array."""
    loaded = Recording.load(path)
    try:
        entry = loaded["volume"]
        assert entry.maps[0, 0].dtype == np.float32
        assert len(entry.statistics.mean) == entry.tiles
        assert entry.slice(1).map_array.block_extremes(0, 64).ndim == 3
        assert loaded.images[0, 0].dtype == np.uint8
        assert loaded.thumbnail(0)
    finally:
        loaded.close()


def check(saved: Path, group: Any) -> None:
    (saved / "zarr.json").write_text(json.dumps(group))
    with suppress(*DOCUMENTED):
        use(saved)


@pytest.fixture
def group(saved: Path) -> Iterator[Any]:
    text = (saved / "zarr.json").read_text()
    yield json.loads(text)
    (saved / "zarr.json").write_text(text)


@pytest.mark.filterwarnings("error")
def test_some_damaged_descriptions(saved: Path, group: Any) -> None:
    chosen = random.Random(5).sample(mutations(group), 30)
    for place, value in chosen:
        check(saved, replaced(group, place, value))


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_every_part_of_a_description_damaged_in_many_ways(saved: Path, group: Any) -> None:
    # A third of all ways, not the same for each part: all of them take more than six minutes.
    assert len(REPLACEMENTS) % 3
    for place, value in mutations(group)[::3]:
        try:
            check(saved, replaced(group, place, value))
        except Exception as error:  # noqa: PERF203 (it names the place)
            raise AssertionError(f"{place} = {value!r}") from error


def test_a_description_with_bytes_changed(saved: Path, group: Any) -> None:
    file, chosen = saved / "zarr.json", random.Random(6)
    text = file.read_bytes()
    for _ in range(60):
        changed = bytearray(text)
        for _ in range(chosen.choice([1, 1, 1, 5, 50])):
            changed[chosen.randrange(len(changed))] = chosen.randrange(256)
        file.write_bytes(changed[: chosen.choice([None, None, len(changed) // 2])])
        with suppress(*DOCUMENTED):
            use(saved)


@pytest.mark.filterwarnings("error")
def test_the_metadata_of_an_array_damaged(saved: Path) -> None:
    chosen = random.Random(7)
    for name in ("maps/1", "statistics/1", "overviews/1", "images", "thumbnails"):
        (file,) = saved.glob(f"*/{name}/zarr.json")
        text = file.read_text()
        metadata = json.loads(text)
        for place, value in chosen.sample(mutations(metadata), 15):
            changed = json.dumps(replaced(metadata, place, value))
            # Of the same length, so that the folder is complete.
            file.write_text(changed.ljust(len(text)))
            with suppress(*DOCUMENTED):
                read_arrays(saved)
        file.write_text(text)
    read_arrays(saved)
