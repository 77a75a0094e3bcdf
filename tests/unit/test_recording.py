from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from actwidget.recording import Entry, Recording


def entry(path: str, *, shape: tuple[int, ...] = (2, 3, 4, 5)) -> Entry:
    maps = np.arange(np.prod(shape), dtype="f4").reshape(shape)
    return Entry(path, "Conv2D", "relu", "maps", maps)


@pytest.fixture
def recording() -> Recording:
    paths = ("block1_conv1", "mobilenet/Conv1", "block3_conv2")
    zeros = np.zeros((2, 8, 8, 1), "f4")
    return Recording(
        [entry(path) for path in paths],
        model_name="net",
        inputs=zeros,
        images=zeros.astype(np.uint8),
        not_shown={"spare": "did not run"},
    )


def test_it_is_a_mapping_in_execution_order(recording: Recording) -> None:
    assert list(recording) == ["block1_conv1", "mobilenet/Conv1", "block3_conv2"]
    assert len(recording) == 3
    assert "mobilenet/Conv1" in recording
    assert "Conv1" not in recording
    assert recording["block3_conv2"].path == "block3_conv2"
    assert recording.not_shown == {"spare": "did not run"}


def test_an_entry_tells_its_shape(recording: Recording) -> None:
    one = recording["block1_conv1"]
    assert (one.images, one.height, one.width, one.channels) == (2, 3, 4, 5)


def test_statistics_are_worked_out_once(recording: Recording) -> None:
    one = recording["block1_conv1"]
    assert one.statistics is one.statistics
    assert one.statistics.layer_maximum == one.maps.max()


def test_an_unknown_layer_is_answered_with_the_nearest(recording: Recording) -> None:
    with pytest.raises(KeyError, match=r"block3_cnv2.*'block3_conv2'"):
        recording["block3_cnv2"]
    with pytest.raises(KeyError, match="mobilenet/Conv1"):
        recording["Conv1"]
    assert recording.get("nothing") is None


def test_paths_are_unique() -> None:
    zeros = np.zeros((2, 8, 8, 1), "f4")
    with pytest.raises(ValueError, match="'a' twice"):
        Recording([entry("a"), entry("a")], model_name="net", inputs=zeros, images=zeros)


def test_closing_frees_the_activations(recording: Recording) -> None:
    import weakref

    held = weakref.ref(recording["block1_conv1"])
    assert not recording.closed
    recording.close()
    recording.close()
    assert recording.closed
    assert held() is None
    for access in (
        lambda: recording["block1_conv1"],
        lambda: recording.inputs,
        lambda: recording.images,
    ):
        with pytest.raises(RuntimeError, match="recording of net is closed"):
            access()
    assert "block1_conv1" in recording


def test_an_entry_is_named_without_a_look_at_its_units(recording: Recording) -> None:
    assert repr(recording["block1_conv1"]) == "<Entry block1_conv1: Conv2D + relu, 3 × 4 × 5>"
    assert not vars(recording["block1_conv1"]).keys() & {"summary", "statistics"}


def test_importing_the_recorder_imports_no_keras() -> None:
    code = (
        "import sys, actwidget.recording, actwidget.recorder;"
        "print([name for name in ('keras', 'tensorflow', 'jax', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
