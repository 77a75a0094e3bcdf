from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def entry(path: str, *, shape: tuple[int, ...] = (2, 3, 4, 5)) -> LayerMaps:
    maps = np.arange(np.prod(shape), dtype="f4").reshape(shape)
    return LayerMaps(path, "Conv2D", "relu", "maps", maps)


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
    layers = ("block1_conv1", "mobilenet/Conv1", "block3_conv2")
    assert list(recording) == ["input", *layers]
    assert recording.layers == layers
    assert len(recording) == 4
    assert "mobilenet/Conv1" in recording
    assert "Conv1" not in recording
    assert recording["block3_conv2"].path == "block3_conv2"
    assert recording.not_shown == {"spare": "did not run"}


def test_an_entry_knows_its_shape(recording: Recording) -> None:
    one = recording["block1_conv1"]
    assert (one.images, one.height, one.width, one.channels) == (2, 3, 4, 5)


def test_statistics_are_computed_once(recording: Recording) -> None:
    one = recording["block1_conv1"]
    assert one.statistics is one.statistics
    assert one.statistics.layer_maximum == one.maps.max()


def test_an_unknown_layer_raises_an_error_with_the_nearest_names(recording: Recording) -> None:
    with pytest.raises(KeyError, match=r"block3_cnv2.*'block3_conv2'"):
        recording["block3_cnv2"]
    with pytest.raises(KeyError, match="mobilenet/Conv1"):
        recording["Conv1"]
    assert recording.get("nothing") is None


def test_the_input_is_the_first_entry_and_not_a_layer(recording: Recording) -> None:
    assert recording["input"] is recording.input
    assert next(iter(recording.values())) is recording.input
    assert recording.get("input") is dict(recording)["input"] is recording.input
    assert recording.input.maps is recording.inputs
    assert recording.input.path == "input"
    assert (recording.input.layer_type, recording.input.activation) == ("Input", None)
    assert "input" in recording
    assert "input" not in recording.layers


def test_a_layer_that_is_called_input_keeps_its_name() -> None:
    zeros = np.zeros((2, 8, 8, 1), "f4")
    taken = Recording([entry("input")], model_name="net", inputs=zeros, images=zeros)
    assert taken["input"].layer_type == "Conv2D"
    assert taken.input.path == "input of net"
    assert taken["input of net"] is taken.input
    assert list(taken) == ["input of net", "input"]
    assert taken.layers == ("input",)


def test_of_several_inputs_the_one_that_is_shown_comes_first() -> None:
    left, right = (
        LayerMaps(f"input:{name}", "Input", None, "maps", np.zeros((2, 8, 8, 1), "f4"))
        for name in ("left", "right")
    )
    given: dict[str, Any] = {"model_name": "net", "inputs": right.maps, "images": right.maps}
    recording = Recording([left, entry("conv")], input=right, **given)
    assert list(recording) == ["input:right", "input:left", "conv"]
    assert recording.layers == ("conv",)
    assert recording.input is recording["input:right"] is right
    assert "input" not in recording
    with pytest.raises(KeyError, match="input:right"):
        recording["input"]
    # What is listed can be taken for another recording, and is what it was.
    again = Recording(recording.values(), **given)
    assert list(again.items()) == list(recording.items())
    assert again.input is right


def test_a_recording_of_the_same_entries_lists_the_input_once(recording: Recording) -> None:
    again = Recording(
        recording.values(),
        model_name="net",
        inputs=recording.inputs,
        images=recording.images,
    )
    assert list(again.items()) == list(recording.items())


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("first", ["input", "block1_conv1", "block3_conv2"])
def test_the_first_layer_that_is_not_finite_is_named(
    recording: Recording, bad: float, first: str
) -> None:
    assert recording.first_non_finite() is None
    recording[first].maps[1, 0, 0, 0] = bad
    recording["block3_conv2"].maps[0, 0, 0, 0] = bad
    fresh = Recording(
        [
            LayerMaps(path, "Conv2D", None, "maps", recording[path].maps)
            for path in recording.layers
        ],
        model_name="net",
        inputs=recording.inputs,
        images=recording.images,
    )
    assert fresh.first_non_finite() == first


def test_infinities_that_cancel_are_not_finite() -> None:
    maps = np.zeros((1, 2, 2, 1), "f4")
    maps[0, 0, :, 0] = np.inf, -np.inf
    assert not LayerMaps("a", "Conv2D", None, "maps", maps).all_finite
    assert LayerMaps("a", "Conv2D", None, "maps", np.full((1, 99, 99, 9), 3e38, "f4")).all_finite


def test_paths_are_unique() -> None:
    zeros = np.zeros((2, 8, 8, 1), "f4")
    with pytest.raises(ValueError, match="'a' twice"):
        Recording([entry("a"), entry("a")], model_name="net", inputs=zeros, images=zeros)


def test_closing_frees_the_activations(recording: Recording) -> None:
    import weakref

    reference = weakref.ref(recording["block1_conv1"])
    assert not recording.closed
    recording.close()
    recording.close()
    assert (recording.closed, reference()) == (True, None)
    for access in (
        lambda: recording["block1_conv1"],
        lambda: recording.input,
        lambda: recording.inputs,
        lambda: recording.images,
    ):
        with pytest.raises(RuntimeError, match="recording of net is closed"):
            access()
    assert "block1_conv1" in recording


def test_closing_frees_the_input_too(recording: Recording) -> None:
    recording.close()
    assert next(iter(recording)) == "input"
    with pytest.raises(RuntimeError, match="recording of net is closed"):
        recording["input"]


def test_the_repr_of_an_entry_reads_no_units(recording: Recording) -> None:
    assert repr(recording["block1_conv1"]) == "<LayerMaps block1_conv1: Conv2D + relu, 3 × 4 × 5>"
    assert not vars(recording["block1_conv1"]).keys() & {"summary", "statistics"}


def test_importing_the_recorder_imports_no_keras() -> None:
    code = (
        "import sys, actwidget.recording.recording, actwidget.capture.record;"
        "print([name for name in ('keras', 'tensorflow', 'jax', 'torch') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
