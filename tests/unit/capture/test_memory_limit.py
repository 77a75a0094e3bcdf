"""Recording within a stated memory: what is beyond goes to files, and no value changes."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import psutil
import pytest
from keras import layers
from recorded import numbers
from recordings import Make

from actwidget import Recording, record, recording_cost
from actwidget.recording.scratch import scratch_folder

IN_PROC = pytest.mark.skipif(
    not Path("/proc/self/maps").exists(), reason="only Linux lists what is mapped"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for scratch files, for the length of a test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def mapped(folder: Path) -> int:
    """Bytes of files of a folder that this process has mapped."""
    lines = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
    ranges = [line[0].split("-") for line in lines if str(folder) in " ".join(line[5:])]
    return sum(int(end, 16) - int(start, 16) for start, end in ranges)


def in_files(recording: Recording) -> list[str]:
    return [path for path, entry in recording.items() if isinstance(entry.maps, np.memmap)]


def cnn(*, data_format: str = "channels_last", dtype: Any = None) -> keras.Model:
    keras.utils.set_random_seed(3)
    options = {"data_format": data_format, "dtype": dtype}
    return keras.Sequential(
        [
            keras.Input((24, 20, 3) if data_format == "channels_last" else (3, 24, 20)),
            layers.Conv2D(8, 3, activation="relu", name="wide", **options),
            layers.MaxPooling2D(name="pool", **options),
            layers.Conv2D(6, 3, name="narrow", **options),
            layers.GlobalAveragePooling2D(name="average", **options),
            layers.Dense(4, activation="softmax", name="dense", dtype=dtype),
        ],
        name="cnn",
    )


class Subclassed(keras.Model):
    """Tells no shapes before it has run."""

    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Conv2D(4, 3)
        self.second = layers.Conv2D(4, 3)

    def call(self, x: Any) -> Any:
        return self.second(self.first(x))


def volumes() -> tuple[keras.Model, np.ndarray]:
    first = layers.Conv3D(3, 2, name="conv")
    return keras.Sequential([keras.Input((5, 6, 7, 2)), first]), numbers(2, 5, 6, 7, 2)


def sequences() -> tuple[keras.Model, np.ndarray]:
    model = keras.Sequential([keras.Input((9, 3)), layers.LSTM(5, return_sequences=True)])
    return model, numbers(2, 9, 3)


@pytest.mark.parametrize(
    "make",
    [
        lambda: (cnn(), numbers(2, 24, 20, 3)),
        lambda: (cnn(data_format="channels_first"), numbers(2, 3, 24, 20)),
        lambda: (cnn(dtype="mixed_float16"), numbers(1, 24, 20, 3)),
        lambda: (cnn(dtype="mixed_bfloat16"), numbers(1, 24, 20, 3)),
        lambda: (Subclassed(), numbers(1, 12, 12, 3)),
        volumes,
        sequences,
    ],
    ids=["last", "first", "float16", "bfloat16", "subclassed", "volumes", "sequences"],
)
def test_maps_in_files_are_bit_for_bit_those_in_memory(
    make: Callable[[], tuple[keras.Model, np.ndarray]], folder: Path
) -> None:
    model, images = make()
    plain, limited = record(model, images), record(model, images, memory_limit=1)
    assert not in_files(plain)
    assert in_files(limited) == list(limited.layers) == list(plain.layers)
    for path, entry in limited.items():
        expected = plain[path]
        assert entry.maps.tobytes() == expected.maps.tobytes()
        assert (entry.maps.shape, entry.kind, entry.depth, entry.inputs) == (
            *(expected.maps.shape, expected.kind, expected.depth, expected.inputs),
        )
        assert entry.maps.dtype == np.float32
        assert entry.maps.flags.c_contiguous
        assert not entry.maps.flags.writeable
        assert entry.summary == expected.summary
        np.testing.assert_array_equal(entry.statistics.mean, expected.statistics.mean)


def test_of_known_shapes_the_small_maps_stay_in_memory(folder: Path) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=10_000)
    assert in_files(recording) == ["wide"]
    kept = [entry.maps.nbytes for path, entry in recording.items() if path not in ("wide", "input")]
    assert sum(kept) <= 10_000


def test_of_unknown_shapes_the_first_maps_stay_in_memory(folder: Path) -> None:
    recording = record(Subclassed(), numbers(1, 12, 12, 3), memory_limit=2_000)
    assert in_files(recording) == ["second"] or in_files(recording) == list(recording.layers)[1:]
    assert recording[recording.layers[0]].maps.nbytes <= 2_000


@IN_PROC
def test_closing_frees_the_files(folder: Path) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=1)
    assert mapped(folder) > 0
    recording.close()
    assert mapped(folder) == 0
    with pytest.raises(RuntimeError, match="record the model again"):
        recording["wide"]


@IN_PROC
def test_dropping_the_recording_frees_the_files(folder: Path) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=1)
    assert mapped(folder) > 0
    del recording
    gc.collect()
    assert mapped(folder) == 0


@IN_PROC
def test_closing_and_dropping_a_widget_frees_the_files(folder: Path, make: Make) -> None:
    widget = make(cnn(), numbers(1, 24, 20, 3), memory_limit=1)
    widget.layer = "narrow"
    widget.figure()
    assert mapped(folder) > 0
    widget.close()
    assert mapped(folder) == 0


@IN_PROC
def test_an_exception_in_the_pass_frees_the_files(folder: Path) -> None:
    class Failing(layers.Layer):
        def call(self, x: Any) -> Any:
            if hasattr(x, "numpy"):
                assert mapped(folder) > 0
                raise ArithmeticError("no luck")
            return x

    model = keras.Sequential([keras.Input((12, 12, 3)), layers.Conv2D(4, 3), Failing()])
    with pytest.raises(ArithmeticError, match="no luck"):
        record(model, numbers(1, 12, 12, 3), memory_limit=1)
    gc.collect()
    assert mapped(folder) == 0


def test_closing_frees_maps_in_memory_at_once() -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3))
    maps = weakref.ref(recording["wide"].maps)
    gc.disable()
    try:
        recording.close()
        assert maps() is None
    finally:
        gc.enable()


def test_maps_that_are_still_held_outlive_the_recording(folder: Path) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=1)
    maps = recording["wide"].maps
    before = np.array(maps)
    recording.close()
    np.testing.assert_array_equal(maps, before)


def test_no_file_has_a_name(folder: Path) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=1)
    assert in_files(recording)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_that_is_killed_leaves_no_file(folder: Path) -> None:
    code = (
        "import os, signal, numpy\n"
        "from actwidget.recording.scratch import ScratchFiles\n"
        "maps = ScratchFiles().store(numpy.ones((1, 8, 8, 4), 'f4'))\n"
        "assert maps.sum() == 256\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = os.environ | {"TMPDIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", code], env=environment)
    assert done.returncode == -signal.SIGKILL
    assert list(folder.iterdir()) == []


def test_many_maps_keep_few_files_open(folder: Path) -> None:
    many = [layers.Conv2D(2, 1, name=f"conv{number}") for number in range(60)]
    model = keras.Sequential([keras.Input((8, 8, 2)), *many])
    process = psutil.Process()
    before = process.num_fds() if os.name != "nt" else process.num_handles()
    recording = record(model, numbers(1, 8, 8, 2), memory_limit=1)
    after = process.num_fds() if os.name != "nt" else process.num_handles()
    assert len(in_files(recording)) == 60
    assert after - before <= 5


def test_recording_again_keeps_the_limit(folder: Path) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=1)
    again = recording.rerun(numbers(2, 24, 20, 3, seed=6))
    assert in_files(again) == list(again.layers)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))])
def test_a_copy_is_in_memory_and_of_its_own(
    copied: Callable[[Recording], Recording], folder: Path
) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=1)
    expected = np.array(recording["wide"].maps)
    other = copied(recording)
    recording.close()
    np.testing.assert_array_equal(other["wide"].maps, expected)
    assert other["wide"].statistics.layer_maximum == expected.max()
    other.close()


def test_maps_in_files_can_be_saved(folder: Path, tmp_path: Path) -> None:
    recording = record(cnn(), numbers(2, 24, 20, 3), memory_limit=1)
    recording.save(tmp_path / "cnn.zarr")
    loaded = Recording.load(tmp_path / "cnn.zarr")
    for path, entry in recording.items():
        np.testing.assert_array_equal(np.asarray(loaded[path].maps), entry.maps)


def test_a_recording_takes_no_limit_in_a_widget(make: Make) -> None:
    recording = record(cnn(), numbers(1, 24, 20, 3))
    with pytest.raises(TypeError, match="memory_limit"):
        make(recording, memory_limit="2 GB")


def test_tmpdir_is_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp")
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    assert scratch_folder() == "/tmp"


def test_the_limit_does_not_matter_where_all_fits(folder: Path) -> None:
    cost = recording_cost(cnn(), numbers(1, 24, 20, 3))
    recording = record(cnn(), numbers(1, 24, 20, 3), memory_limit=cost.bytes)
    assert not in_files(recording)
    limited = record(cnn(), numbers(1, 24, 20, 3), memory_limit=cost.bytes - 1)
    assert len(in_files(limited)) == 1
