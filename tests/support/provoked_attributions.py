"""Messages about what is computed of a recording and its model."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from advice import code_in, run
from keras import layers
from provoked import Case, quoted_in, refusal
from provoked_images import RGB

from actwidget import ActivationWidget, Recording, record


def classifier() -> keras.Model:
    inputs = keras.Input((16, 18, 3))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3, name="conv")(inputs))
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


def targets() -> list[str]:
    """What a message says that a target can be is one."""
    recording: Any = record(classifier(), RGB)
    told = [refusal(recording.gradients, 1.5), refusal(recording.gradients, 0, of="log")]
    assert recording.gradients(quoted_in(told[0])[0]).name.endswith("likeliest class")
    for of in quoted_in(told[1])[1:]:
        recording.gradients(0, of=of)
    return told


def ablations() -> list[str]:
    recording: Any = record(classifier(), RGB)
    told = [refusal(recording.ablate, "conv", value="zero")]
    recording.ablate("conv", value=quoted_in(told[0])[-1])
    return told


def methods_that_are_not_defined() -> list[str]:
    """Where a method is not defined, the plain gradient is."""
    keras.utils.set_random_seed(1)
    parts = [keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(3, activation="silu")]
    without = record(keras.Sequential(parts), np.ones((4, 4, 1), "f4"))
    tokens = keras.Input((5,), dtype="int32")
    embedded = layers.Flatten()(layers.Embedding(9, 2, name="embedding")(tokens))
    whole = record(keras.Model(tokens, layers.Dense(2)(embedded)), np.arange(5, dtype="i4")[None])
    told = [refusal(without.guided_backprop, 0), refusal(whole.smooth_grad, 0)]
    for message, recording in zip(told, (without, whole), strict=True):
        assert run(code_in(message)[-1], recording=recording)
    return told


def a_recording_without_its_model() -> list[str]:
    model = classifier()
    record(model, RGB).save("saved.zarr")
    loaded: Any = Recording.load("saved.zarr")
    told = [refusal(loaded.gradients, 0)]
    run(code_in(told[0])[-1], recording=loaded, model=model)
    assert loaded.gradients(0)
    return told


def widget_targets() -> list[str]:
    """What a message says that a widget takes, it takes."""
    widget = ActivationWidget(classifier(), RGB)

    def assign(name: str, value: Any) -> None:
        setattr(widget, name, value)

    told = [refusal(assign, "target", len), refusal(assign, "overlay", "grad")]
    assign("target", quoted_in(told[0])[0])
    for overlay in quoted_in(told[1])[1:]:
        assign("overlay", overlay)
    assert widget.recording.gradients(lambda returned: returned[:, 0])
    return told


CASES: list[Case] = [
    *(
        widget_targets,
        targets,
        ablations,
        methods_that_are_not_defined,
        a_recording_without_its_model,
    ),
]
