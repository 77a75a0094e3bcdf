"""Record a model and compare with what its layers returned, observed in another way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import keras
import numpy as np

from actwidget import ActivationWidget, record
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording


def numbers(*shape: int, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, "f4")


def array(tensor: Any) -> np.ndarray:
    """Return a tensor as an array; by way of NumPy, as tf_keras has no operations of its own."""
    if hasattr(tensor, "detach"):  # torch
        return tensor.detach().float().numpy()
    return np.asarray(tensor)


def called(model: Any, inputs: Any, *, package: Any = keras) -> dict[str, list[Any]]:
    """Return what each layer returned at each call, by the layer's name."""
    returned: dict[str, list[Any]] = {}
    original = package.layers.Layer.__call__

    def spy(layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = original(layer, *args, **kwargs)
        returned.setdefault(layer.name, []).append(output)
        return output

    with mock.patch.object(package.layers.Layer, "__call__", spy):
        model(inputs, training=False)
    return returned


def check(
    model: Any,
    given: Any,
    *,
    inputs: Any = None,
    arrange: Callable[..., Any] | None = None,
    package: Any = keras,
    **options: Any,
) -> Recording:
    """Record a model, compare every entry with what the layer returned, and show it.

    ``inputs`` is what the model itself takes, if it differs from what `record` was given;
    ``arrange`` brings an output into the order of axes of maps. ``package`` is the model's Keras.
    """
    recording = record(model, given, **options)
    returned = called(model, given if inputs is None else inputs, package=package)
    for path, entry in recording.items():
        if entry.layer_type == "Input":
            continue
        name, _, key = path.rpartition("/")[2].partition(":")
        name, _, call = name.partition("#")
        output = returned[name][int(call or 1) - 1]
        if key:
            output = output[int(key)] if isinstance(output, (list, tuple)) else output[key]
        elif isinstance(output, (list, tuple)) and len(output) == 1:
            output = output[0]
        values = array(output).astype("f4")
        values = arrange(values) if arrange else values
        np.testing.assert_array_equal(entry.maps.ravel(), values.ravel(), err_msg=path)
        assert entry.maps.dtype == np.float32
        assert entry.maps.flags.c_contiguous
        assert not entry.maps.flags.writeable
        assert len(entry.maps) == len(recording.images) == len(values)
        assert set(entry.inputs) <= set(recording)
    show(recording)
    return recording


def show(recording: Recording) -> None:
    """Go through every layer in a widget."""
    widget = ActivationWidget(recording)
    for path in recording:
        widget.layer = path
        # Classes are bars; of an input in colours a trace without values brings the colour bar.
        cells = [
            trace.x if trace.type == "bar" else trace.z
            for trace in widget.figure().data
            if trace.type != "scatter"
        ]
        assert np.isfinite(np.concatenate([np.ravel(part) for part in cells])).any(), path
    widget.close()


def after_input(recording: Recording) -> dict[str, LayerMaps]:
    """All entries but the input that is shown as the image."""
    return {path: entry for path, entry in recording.items() if entry is not recording.input}


def reasons(recording: Recording) -> dict[str, str]:
    """Why layers are not recorded, except input layers, whose names Keras counts up."""
    return {
        path: reason
        for path, reason in recording.not_shown.items()
        if not reason.startswith("only stands for what")
    }
