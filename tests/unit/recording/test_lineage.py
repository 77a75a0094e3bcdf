"""Which layers depend on the input that is shown, and share its positions."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers
from recordings import Make

from actwidget import record


def test_a_tower_on_another_input_does_not_depend_on_the_first(make: Make) -> None:
    left, right = keras.Input((6, 6, 1), name="left"), keras.Input((6, 6, 1), name="right")
    x = layers.Conv2D(2, 3, name="on_left")(left)
    y = layers.ReLU(name="after")(layers.Conv2D(2, 3, name="on_right")(right))
    model = keras.Model([left, right], layers.Add(name="both")([x, y]))
    image = np.ones((1, 6, 6, 1), "f4")
    widget = make(record(model, [image, image]))
    seen = {layer["path"]: layer["sharesInputGrid"] for layer in widget.layers}
    assert seen == {
        "input:left": True,
        "input:right": False,
        "on_left": True,
        "on_right": False,
        "after": False,
        "both": True,
    }


def test_a_layer_of_unknown_origin_may_depend_on_the_input(make: Make) -> None:
    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="model")
            self.conv = layers.Conv2D(2, 3, name="conv")

        def call(self, x: Any) -> Any:
            return self.conv(x * 2)

    widget = make(record(Model(), np.ones((1, 6, 6, 1), "f4")))
    assert [layer["sharesInputGrid"] for layer in widget.layers] == [True, True]


def test_a_vector_has_no_positions_in_the_image(make: Make) -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.Conv2D(2, 3, name="conv")(inputs)
    x = layers.Flatten(name="flatten")(x)
    widget = make(record(keras.Model(inputs, x), np.ones((1, 6, 6, 1), "f4")))
    assert [layer["sharesInputGrid"] for layer in widget.layers] == [True, True, False]
    inputs = keras.Input((6, 1))
    x = layers.Conv1D(2, 3, name="conv")(inputs)
    widget = make(record(keras.Model(inputs, x), np.ones((1, 6, 1), "f4")))
    assert [layer["sharesInputGrid"] for layer in widget.layers] == [True, True]
