from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_server import serving
from replies import reply_to

from actwidget import ActivationWidget, Recording
from actwidget.numerics import clipping
from actwidget.numerics.block_reduce import block_extremes
from actwidget.numerics.normalization import Affine
from actwidget.numerics.statistics import Statistics
from actwidget.recording.layer import LayerMaps
from actwidget.recording.saved.saved_array import SavedArray
from actwidget.recording.saved.saved_maps import SavedMaps

VGG16 = {
    "block1_conv1": (224, 64),
    "block1_conv2": (224, 64),
    "block1_pool": (112, 64),
    "block2_conv1": (112, 128),
    "block2_conv2": (112, 128),
    "block2_pool": (56, 128),
    **{f"block3_conv{number}": (56, 256) for number in (1, 2, 3)},
    "block3_pool": (28, 256),
    **{f"block4_conv{number}": (28, 512) for number in (1, 2, 3)},
    "block4_pool": (14, 512),
    **{f"block5_conv{number}": (14, 512) for number in (1, 2, 3)},
    "block5_pool": (7, 512),
    "flatten": (1, 25_088),
    "fc1": (1, 4_096),
    "fc2": (1, 4_096),
    "predictions": (1, 1_000),
}

WIDE = "wide"
"""A layer whose overview has blocks of more than one unit, and whose chunks are windows."""


def relu(shape: tuple[int, ...], *, seed: int = 0) -> np.ndarray:
    return np.maximum(np.random.default_rng(seed).standard_normal(shape, dtype="f4"), 0)


def strange(shape: tuple[int, ...], *, seed: int = 0) -> np.ndarray:
    """Units of every kind: NaN (one with a payload), infinities, -0.0 and the smallest there is."""
    units = np.random.default_rng(seed).standard_normal(shape, dtype="f4")
    payload = np.array([0x7FC0BEEF], "u4").view("f4")
    flat = units.reshape(-1)
    flat[:6] = np.nan, np.inf, -np.inf, -0.0, 1e-45, payload[0]
    return units


def make_recording(**replaced: Any) -> Recording:
    inputs = relu((2, 12, 10, 3))
    arguments: dict[str, Any] = {
        "entries": [
            LayerMaps("conv1", "Conv2D", "relu", "maps", relu((2, 12, 10, 8), seed=1)),
            LayerMaps("nested/conv#2(1)", "Conv2D", None, "maps", strange((2, 7, 5, 3), seed=2)),
            LayerMaps(WIDE, "Conv2D", "relu", "maps", relu((2, 400, 391, 3), seed=3)),
            LayerMaps("zeros", "ReLU", None, "maps", np.full((2, 4, 4, 2), -0.0, "f4")),
            LayerMaps("dense", "Dense", "softmax", "units", relu((2, 1, 1, 5), seed=4)),
        ],
        "model_name": "net",
        "inputs": inputs,
        "images": (inputs * 40).astype("u1"),
        "not_shown": {"spare": "did not run"},
    } | replaced
    return Recording(**arguments)


@pytest.fixture
def live() -> Recording:
    return make_recording()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "net.zarr"


@pytest.fixture
def loaded(live: Recording, path: Path) -> Iterator[Recording]:
    live.save(path)
    recording = Recording.load(path)
    yield recording
    recording.close()


@pytest.fixture(scope="session")
def vgg16(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved recording of VGG16's size, without the model."""
    path = tmp_path_factory.mktemp("saved") / "vgg16.zarr"
    inputs = relu((1, 224, 224, 3))
    entries = [
        LayerMaps(
            name,
            "Conv2D" if "conv" in name else "MaxPooling2D" if "pool" in name else "Dense",
            "relu",
            "units" if side == 1 else "maps",
            relu((1, side, side, channels), seed=number),
        )
        for number, (name, (side, channels)) in enumerate(VGG16.items())
    ]
    images = np.random.default_rng(0).integers(0, 256, inputs.shape, "u1")
    Recording(entries, model_name="vgg16", inputs=inputs, images=images).save(path)
    return path


def bits(array: Any) -> np.ndarray:
    return np.asarray(array).view("u4")


def describe(path: Path, **changed: Any) -> None:
    """Change what describes a saved recording."""
    file = path / "zarr.json"
    group = json.loads(file.read_text())
    group["attributes"]["actwidget"] |= changed
    file.write_text(json.dumps(group))


def described(path: Path) -> dict[str, Any]:
    """What describes a saved recording."""
    description: dict[str, Any] = json.loads((path / "zarr.json").read_text())
    return description["attributes"]["actwidget"]


def maps_folder(path: Path, layer: str) -> Path:
    """The folder of a layer's maps."""
    (number,) = (each["maps"] for each in described(path)["entries"] if each["path"] == layer)
    return data_folder(path) / "maps" / str(number)


def data_folder(path: Path) -> Path:
    return next(each for each in path.iterdir() if each.is_dir())


def picture(recording: Recording, **options: Any) -> dict[str, Any]:
    """The first picture that the page is sent."""
    widget = ActivationWidget(recording, **options)
    shown: dict[str, Any] = widget.children[1].get_state("picture")["picture"]
    widget.close()
    # The header of a gzip file holds the time.
    return shown | {"data": gzip.decompress(shown["data"])}


# What is kept


def test_every_value_comes_back_bit_for_bit(live: Recording, loaded: Recording) -> None:
    assert list(loaded) == list(live)
    for path, entry in live.items():
        np.testing.assert_array_equal(bits(loaded[path].maps), bits(entry.maps))
    np.testing.assert_array_equal(bits(loaded.inputs), bits(live.inputs))
    np.testing.assert_array_equal(bits(loaded["input"].maps), bits(live.inputs))
    np.testing.assert_array_equal(loaded.images, live.images)
    assert loaded.images.dtype == np.uint8


def test_what_describes_it_comes_back(live: Recording, loaded: Recording) -> None:
    for path, entry in live.items():
        for field in fields(LayerMaps):
            if field.name != "maps":
                assert getattr(loaded[path], field.name) == getattr(entry, field.name)
    assert loaded.model_name == "net"
    assert loaded.not_shown == {"spare": "did not run"}
    assert loaded.versions == live.versions
    assert {"actwidget", "keras", "numpy"} <= loaded.versions.keys()


def test_statistics_come_back_without_a_look_at_the_maps(
    live: Recording, loaded: Recording, path: Path
) -> None:
    shutil.rmtree(data_folder(path) / "maps")
    for name, entry in live.items():
        for field in fields(Statistics):
            np.testing.assert_array_equal(
                getattr(loaded[name].statistics, field.name),
                getattr(entry.statistics, field.name),
            )
            assert type(getattr(loaded[name].statistics, field.name)) is type(
                getattr(entry.statistics, field.name)
            )
        assert loaded[name].statistics.finite.dtype == np.int64
        assert loaded[name].all_finite == entry.all_finite
        assert loaded[name].summary == entry.summary
    assert loaded.first_non_finite() == "nested/conv#2(1)"


def test_statistics_of_other_names_than_saved_are_worked_out(live: Recording, path: Path) -> None:
    live.save(path)
    description = described(path)
    for each in description["maps"]:
        each["statistics"]["layer_median"] = 0
    describe(path, maps=description["maps"])
    with_more = Recording.load(path)
    np.testing.assert_array_equal(with_more["conv1"].statistics.mean, live["conv1"].statistics.mean)


def test_a_loaded_recording_can_be_saved_again(loaded: Recording, tmp_path: Path) -> None:
    loaded.versions["keras"] = "2.0"
    loaded.save(tmp_path / "again.zarr")
    again = Recording.load(tmp_path / "again.zarr")
    for path in loaded:
        np.testing.assert_array_equal(bits(again[path].maps), bits(loaded[path].maps))
    assert again.versions["keras"] == "2.0"


def test_what_the_model_received_keeps_its_name(live: Recording, path: Path) -> None:
    received = LayerMaps("input:left", "Input", None, "units", live.inputs)
    make_recording(inputs=received.maps, input=received).save(path)
    loaded = Recording.load(path)
    assert loaded.input.path == "input:left"
    assert loaded.input.kind == "units"
    assert loaded["input:left"].maps is loaded.inputs


def test_maps_that_two_entries_share_are_kept_once(path: Path) -> None:
    maps = relu((1, 8, 8, 4))
    entries = [LayerMaps(name, "ReLU", None, "maps", maps) for name in "ab"]
    make_recording(entries=entries, inputs=maps, images=maps).save(path)
    assert len(list(data_folder(path).glob("maps/*/c.*"))) == 1
    np.testing.assert_array_equal(Recording.load(path)["b"].maps, maps)


def test_a_model_that_takes_no_image_is_kept(path: Path) -> None:
    make_recording(images=np.zeros((2, 0, 0, 1), "i8")).save(path)
    loaded = Recording.load(path)
    assert (len(loaded.images), loaded.images.size) == (2, 0)
    assert np.asarray(loaded.images).shape == (2, 0, 0, 1)


def test_fields_that_a_newer_version_adds_do_no_harm(live: Recording, path: Path) -> None:
    live.save(path)
    description = described(path)
    for entry in description["entries"]:
        entry["mood"] = ["fine"]
    describe(path, entries=description["entries"], weather="fair")
    assert Recording.load(path)["conv1"].layer_type == "Conv2D"


# Maps that are read where they are indexed


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
def test_an_index_gives_what_numpy_gives(live: Recording, loaded: Recording, key: Any) -> None:
    expected = live[WIDE].maps[key]
    found = loaded[WIDE].maps[key]
    assert type(found) is type(expected)
    assert found.dtype == np.float32
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("key", [2, -3, (0, 400), (0, 0, 0, 0, 0)], ids=repr)
def test_an_index_out_of_range_is_one(loaded: Recording, key: Any) -> None:
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


# The widget


def test_the_widget_shows_the_same(live: Recording, loaded: Recording) -> None:
    for layer in ("input", *live):
        for options in ({}, {"image_index": 1}, {"columns": "square"}):
            assert picture(loaded, layer=layer, **options) == picture(live, layer=layer, **options)


def test_the_widget_answers_the_same(live: Recording, loaded: Recording) -> None:
    answers: list[list[Any]] = []
    for recording in (live, loaded):
        widget = ActivationWidget(recording, class_names=list("abcde"), layer=WIDE)
        grid = widget.children[1]
        layer = grid.paths.index(WIDE)
        patches = [[2, 0, 0, 400, 391], [0, 5, 5, 9, 9]]
        said: list[Any] = []
        for question in (
            {"kind": "detail", "image": 1, "block": 1, "patches": patches},
            {"kind": "value", "image": 1, "channel": 1, "row": 7, "column": 8, "block": 2},
            {"kind": "clipped", "normalization": 0, "limits": [0.0, 1.0]},
        ):
            content, buffers = reply_to(grid, question | {"layer": layer})
            said.append((content, list(map(gzip.decompress, buffers))))
        widget.sort = "strongest"
        said += [widget.figure().to_json(), grid.predictions, grid.first_non_finite]
        widget.channel = 2
        said += [widget.figure().to_json()]
        widget.close()
        answers.append(said)
    assert answers[0] == answers[1]
    assert [message[0]["kind"] for message in answers[0][:3]] == ["detail", "value", "clipped"]
    assert repr(loaded.health()) == repr(live.health())


def test_a_large_image_is_shown_without_being_read(path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 600, 500, 3), "u1")
    live = make_recording(images=images)
    live.save(path)
    loaded = Recording.load(path)
    shutil.rmtree(data_folder(path) / "images")
    for image in (0, 1):
        shown = picture(loaded, image_index=image)["input"]
        assert shown == picture(live, image_index=image)["input"]


# Opening is cheap, and needs little


def test_the_first_picture_over_http_takes_few_bytes(vgg16: Path) -> None:
    total = sum(file.stat().st_size for file in vgg16.rglob("*") if file.is_file())
    with serving(vgg16.parent) as fetched:
        recording = Recording.load(f"{fetched.url}/{vgg16.name}")
        remote = picture(recording)
        spent = fetched.bytes
        print(f"{spent:,} bytes in {len(fetched.files)} requests, of {total:,} in all")
        recording.close()
    assert remote == picture(Recording.load(vgg16))
    assert spent < 1_000_000
    assert spent < total / 30


def test_opening_takes_no_time_and_no_memory(vgg16: Path) -> None:
    Recording.load(vgg16).close()
    began = time.process_time()
    Recording.load(vgg16).close()
    assert time.process_time() - began < 0.5
    tracemalloc.start()
    try:
        recording = Recording.load(vgg16)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    size = sum(entry.maps.nbytes for entry in recording.values())
    assert size > 60_000_000
    assert peak < 2_000_000


def test_loading_needs_no_keras_and_no_tensorflow(vgg16: Path) -> None:
    code = f"""
        import sys, time
        banned = ("tensorflow", "keras", "tf_keras", "jax", "torch")
        sys.modules |= dict.fromkeys(banned)  # an import of them raises
        from actwidget import ActivationWidget, Recording
        began = time.process_time()
        recording = Recording.load({str(vgg16)!r})
        took = time.process_time() - began
        widget = ActivationWidget(recording)
        assert widget.children[1].get_state("picture")["picture"]["data"]
        assert [name for name in banned if sys.modules[name]] == []
        print(took)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    # With zarr's import.
    assert float(done.stdout) < 1


def test_zarr_is_imported_by_the_first_recording_only() -> None:
    code = "import sys, actwidget; print({'zarr', 'fsspec', 'xarray'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# Whole or not at all


class Interrupted(BaseException):
    """As KeyboardInterrupt, which pytest keeps for itself."""


def interrupt(monkeypatch: pytest.MonkeyPatch, *, after: int, error: BaseException) -> None:
    calls = []

    def affine_fingerprint(affine: Affine) -> list[float]:
        calls.append(1)
        if len(calls) > after:
            raise error
        return clipping.affine_fingerprint(affine)

    monkeypatch.setattr("actwidget.recording.saved.writer.affine_fingerprint", affine_fingerprint)


@pytest.mark.parametrize("error", [Interrupted(), OSError(28, "No space left on device")])
def test_an_interrupted_save_leaves_nothing(
    live: Recording, path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    interrupt(monkeypatch, after=15, error=error)
    with pytest.raises(type(error)):
        live.save(path)
    assert list(path.parent.iterdir()) == []


def test_an_interrupted_overwrite_keeps_the_old_one(
    live: Recording, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.save(path)
    interrupt(monkeypatch, after=15, error=Interrupted())
    with pytest.raises(Interrupted):
        make_recording(model_name="new").save(path, overwrite=True)
    assert list(path.parent.iterdir()) == [path]
    assert Recording.load(path).model_name == "net"


def test_a_killed_save_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    code = f"""
        import sys, time
        sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}
        import actwidget.recording.saved.writer
        from test_saved_recording import make_recording

        def wait(*_):
            print("half way", flush=True)
            time.sleep(60)

        actwidget.recording.saved.writer.affine_fingerprint = wait
        make_recording().save({str(tmp_path / "net.zarr")!r})
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half way\n"
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "net.zarr").exists()
    # What it wrote has another name, and is none that could be opened.
    (part,) = tmp_path.iterdir()
    assert part.name.startswith(".net.zarr.")
    assert part.name.endswith(".part")
    with pytest.raises(ValueError, match="not a saved recording"):
        Recording.load(part)
    make_recording().save(tmp_path / "net.zarr")
    assert Recording.load(tmp_path / "net.zarr").model_name == "net"


def test_a_recording_is_replaced_only_when_told_so(live: Recording, path: Path) -> None:
    live.save(path)
    new = make_recording(model_name="new")
    with pytest.raises(FileExistsError, match="overwrite=True replaces it"):
        new.save(path)
    assert Recording.load(path).model_name == "net"
    new.save(str(path), overwrite=True)
    assert Recording.load(path).model_name == "new"
    assert list(path.parent.iterdir()) == [path]


def test_a_damaged_or_newer_recording_can_be_replaced(live: Recording, path: Path) -> None:
    live.save(path)
    shutil.rmtree(data_folder(path))
    live.save(path, overwrite=True)
    describe(path, format=99)
    live.save(path, overwrite=True)
    assert Recording.load(path).model_name == "net"


@pytest.mark.parametrize("kind", ["file", "folder", "empty folder"])
def test_what_is_no_recording_is_never_replaced(live: Recording, path: Path, kind: str) -> None:
    if kind == "file":
        path.write_text("my thesis")
    else:
        path.mkdir()
    if kind == "folder":
        (path / "thesis.tex").write_text("my thesis")
    with pytest.raises(FileExistsError, match=r"net\.zarr.*not a saved recording"):
        live.save(path, overwrite=True)
    assert path.exists()
    assert kind != "folder" or (path / "thesis.tex").read_text() == "my thesis"


def test_a_loaded_recording_can_replace_itself(live: Recording, path: Path) -> None:
    live.save(path)
    loaded = Recording.load(path)
    loaded.save(path, overwrite=True)
    again = Recording.load(path)
    np.testing.assert_array_equal(bits(again[WIDE].maps), bits(live[WIDE].maps))


def test_one_that_was_replaced_reads_nothing_of_the_new(live: Recording, path: Path) -> None:
    live.save(path)
    loaded = Recording.load(path)
    make_recording(model_name="new").save(path, overwrite=True)
    with pytest.raises(ValueError, match=r"net\.zarr.*was replaced.*Open it again"):
        loaded["conv1"].maps[0]


def test_a_link_stays_one(live: Recording, path: Path) -> None:
    live.save(path)
    link = path.parent / "link.zarr"
    link.symlink_to(path)
    make_recording(model_name="new").save(link, overwrite=True)
    assert link.is_symlink()
    assert Recording.load(path).model_name == "new"


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("https://example.org/a.zarr", ValueError, "a URL; save writes to a local folder"),
        ("a.zip", ValueError, r"save writes a folder, such as 'a\.zarr'"),
        ("no/such/folder/a.zarr", FileNotFoundError, "there is no folder .*make it first"),
    ],
)
def test_a_path_that_cannot_be_written_to_is_told(
    live: Recording, path: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        live.save(path)


def test_a_closed_recording_cannot_be_saved(live: Recording, path: Path) -> None:
    live.close()
    with pytest.raises(RuntimeError, match="closed"):
        live.save(path)
    assert not path.exists()


# What is no recording, or not all of one


def test_nothing_at_the_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"a\.zarr.*nothing is there"):
        Recording.load(tmp_path / "a.zarr")
    with serving(tmp_path) as fetched:
        url = f"{fetched.url}/a.zarr"
        with pytest.raises(FileNotFoundError, match=r"http://.*no zarr\.json"):
            Recording.load(url)
    with pytest.raises(OSError, match=r"http://.*cannot be read.*Cannot connect"):
        Recording.load(url)


def test_a_foreign_file_is_told(tmp_path: Path) -> None:
    import zarr

    (tmp_path / "text").write_text("no recording")
    zarr.create_group(tmp_path / "group", attributes={"title": "sea ice"})
    zarr.create_array(tmp_path / "array", shape=(2,), dtype="f4")
    zarr.create_group(tmp_path / "older", zarr_format=2)
    for name, message in (
        ("text", "a file that is not a zip archive"),
        ("group", r"not a saved recording \(its attributes: title\)"),
        ("array", r"zarr\.json does not describe a recording"),
        ("older", r"no zarr\.json"),
        ("", r"no zarr\.json"),
    ):
        with pytest.raises(ValueError, match=f"{message}.*it takes a folder that recording"):
            Recording.load(tmp_path / name)


@pytest.mark.parametrize("found", [3, "1", True, 0, None])
def test_a_newer_format_is_told(live: Recording, path: Path, found: Any) -> None:
    live.save(path)
    describe(path, format=found, versions={"actwidget": "7.0"})
    with pytest.raises(
        ValueError,
        match=rf"net\.zarr.*format {found!r}, saved by actwidget 7\.0;.*formats 1 to 2: pip",
    ):
        Recording.load(path)


@pytest.mark.parametrize(
    "changed",
    [
        {"entries": [{"path": "a"}]},
        {"entries": 3},
        {"maps": []},
        {"input": {"maps": 99}},
        {"images": {}},
        {"folder": "../elsewhere"},
        {"files": None, "bytes": None},
    ],
    ids=repr,
)
def test_a_damaged_description_is_told(
    live: Recording, path: Path, changed: dict[str, Any]
) -> None:
    live.save(path)
    describe(path, **changed)
    with pytest.raises(ValueError, match=r"net\.zarr.*(damaged|not complete).*save it again"):
        Recording.load(path)


def test_a_copy_that_was_cut_short_is_told_at_once(live: Recording, path: Path) -> None:
    live.save(path)
    chunk = max(maps_folder(path, WIDE).glob("c.*"))
    content = chunk.read_bytes()
    chunk.write_bytes(content[:-9])
    with pytest.raises(ValueError, match=r"net\.zarr.*not complete.*copy it again"):
        Recording.load(path)
    chunk.unlink()
    with pytest.raises(ValueError, match=r"net\.zarr.*not complete.*copy it again"):
        Recording.load(path)
    # What a file manager adds is no damage.
    chunk.write_bytes(content)
    (chunk.parent / ".DS_Store").write_bytes(b"1")
    Recording.load(path).close()
    file = path / "zarr.json"
    file.write_text(file.read_text()[:-40])
    with pytest.raises(ValueError, match=r"net\.zarr.*zarr\.json.*damaged.*it takes a folder"):
        Recording.load(path)


@pytest.mark.parametrize("damage", ["changed", "cut short", "missing", "no array"])
def test_a_damaged_part_is_told_and_never_shown(live: Recording, path: Path, damage: str) -> None:
    live.save(path)
    with serving(path.parent) as fetched:
        loaded = Recording.load(f"{fetched.url}/net.zarr")
        for chunk in maps_folder(path, WIDE).glob("c.0.*"):
            content = bytearray(chunk.read_bytes())
            content[len(content) // 2] ^= 1
            if damage == "changed":
                chunk.write_bytes(content)
            elif damage == "cut short":
                chunk.write_bytes(content[: len(content) // 2])
            else:
                chunk.unlink()
        if damage == "no array":
            (maps_folder(path, WIDE) / "zarr.json").unlink()
        with pytest.raises(ValueError, match=r"http://.*maps/.*(cannot be read|is missing)"):
            loaded[WIDE].maps[0]
        assert loaded["conv1"].maps[0].shape == (12, 10, 8)
        loaded.close()


def test_only_known_codecs_are_run(live: Recording, path: Path) -> None:
    live.save(path)
    array = maps_folder(path, "conv1") / "zarr.json"
    metadata = json.loads(array.read_text())
    metadata["codecs"][-1] = {"name": "gzip", "configuration": {"level": 1}}
    array.write_text(json.dumps(metadata).ljust(array.stat().st_size))
    loaded = Recording.load(path)
    with pytest.raises(ValueError, match=r"gzip.*is expected"):
        loaded["conv1"].maps[0]


def test_an_array_is_what_the_description_says(live: Recording, path: Path) -> None:
    live.save(path)
    description = described(path)
    description["maps"][int(maps_folder(path, "conv1").name)]["shape"] = [2, 12, 10, 9]
    describe(path, maps=description["maps"])
    with pytest.raises(ValueError, match=r"net\.zarr.*\(2, 12, 10, 9\) of float32.*is expected"):
        Recording.load(path)["conv1"].maps[0]


# Where from


def test_a_zip_archive_is_opened(live: Recording, path: Path, tmp_path: Path) -> None:
    live.save(path)
    archive = shutil.make_archive(str(tmp_path / "net"), "zip", path)
    for opened in (archive, f"zip::file://{archive}"):
        loaded = Recording.load(opened)
        np.testing.assert_array_equal(bits(loaded[WIDE].maps), bits(live[WIDE].maps))
        loaded.close()
    with open(archive, "r+b") as file:
        file.truncate(os.path.getsize(archive) // 2)
    with pytest.raises(ValueError, match="not a zip archive, or a truncated one"):
        Recording.load(archive)


def test_any_store_of_zarr_is_opened(live: Recording, path: Path) -> None:
    from zarr.storage import LocalStore

    live.save(path)
    loaded = Recording.load(LocalStore(path, read_only=True))
    np.testing.assert_array_equal(bits(loaded[WIDE].maps), bits(live[WIDE].maps))


def test_storage_options_go_with_urls(live: Recording, path: Path) -> None:
    live.save(path)
    with pytest.raises(TypeError, match=r"anon given.*go with a URL"):
        Recording.load(path, anon=True)
    with serving(path.parent) as fetched:
        loaded = Recording.load(f"{fetched.url}/net.zarr", block_size=2**16)
        assert loaded["conv1"].maps[0].shape == (12, 10, 8)


def test_an_unknown_kind_of_url_is_told() -> None:
    with pytest.raises(ValueError, match=r"foo://a.*Protocol not known.*http://"):
        Recording.load("foo://a")


@pytest.mark.parametrize(
    ("missing", "way_out"),
    [("fsspec", 'pip install "fsspec[http]>=2024.12"'), ("zarr", '"zarr>=3.0.8"')],
)
def test_a_missing_package_is_told(missing: str, way_out: str) -> None:
    code = f"""
        import sys
        sys.modules["{missing}"] = None
        from actwidget import Recording
        try:
            Recording.load("http://127.0.0.1/a.zarr")
        except ImportError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert way_out in done.stdout


# Closing


def test_closing_closes_the_file(loaded: Recording) -> None:
    maps = loaded["conv1"].maps
    assert isinstance(maps, SavedArray)
    widget = ActivationWidget(loaded)
    widget.close()
    assert maps[0].shape == (12, 10, 8), "a widget closes no recording that it was given"
    loaded.close()
    loaded.close()
    assert loaded.closed
    with pytest.raises(RuntimeError, match=r"net\.zarr' is closed: Recording\.load opens"):
        maps[0]
    with pytest.raises(RuntimeError, match=r"recording of net is closed.*load it again"):
        loaded["conv1"]


def test_a_widget_of_a_closed_recording_says_so(loaded: Recording) -> None:
    loaded.close()
    with pytest.raises(RuntimeError, match="closed"):
        ActivationWidget(loaded)
