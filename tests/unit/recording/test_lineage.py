"""What a layer depends on: the input that is shown, and where its NaN come from."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers
from recordings import Make

from actwidget import record
from actwidget.recording.layer import LayerMaps
from actwidget.recording.lineage import first_non_finite


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


# Where units that are not finite come from


def entry(path: str, value: float = 1, *inputs: str, kind: str = "Conv2D") -> LayerMaps:
    return LayerMaps(path, kind, None, "maps", np.full((1, 3, 3, 1), value, "f4"), inputs=inputs)


def test_the_first_that_is_not_finite_is_one_that_the_layer_came_from() -> None:
    entries = [
        entry("input:left", kind="Input"),
        entry("input:right", np.nan, kind="Input"),
        entry("on_left", 1, "input:left"),
        entry("on_right", np.nan, "input:right"),
        entry("breaks", np.inf, "on_left"),
        entry("after", np.nan, "breaks"),
        entry("heals", 1, "after"),
        entry("both", np.nan, "heals", "on_right"),
        entry("from_left_alone", np.nan, "after"),
    ]
    assert first_non_finite(entries) == {
        "input:left": None,
        "input:right": "input:right",
        "on_left": None,
        "on_right": "input:right",
        "breaks": "breaks",
        "after": "breaks",
        "heals": "breaks",
        "both": "input:right",
        "from_left_alone": "breaks",
    }


def test_of_unknown_origin_nothing_is_named_but_the_very_first() -> None:
    entries = [entry("input"), entry("a", np.nan), entry("b", np.nan), entry("c", np.nan, "b")]
    assert first_non_finite(entries) == {"input": None, "a": "a", "b": None, "c": None}


def test_a_widget_names_only_what_its_layer_came_from(make: Make) -> None:
    inputs = keras.Input((6, 6, 1))
    x = layers.Lambda(lambda x: x * np.nan, name="broken")(inputs)
    y = layers.ReLU(name="fine")(inputs)
    z = layers.Lambda(lambda x: x / 0.0, name="divided")(y)
    model = keras.Model(inputs, [layers.ReLU(name="x")(x), layers.ReLU(name="z")(z)])
    recording = record(model, np.ones((1, 6, 6, 1), "f4"))
    widget = make(recording)
    said = {layer["path"]: layer["firstNonFinite"] for layer in widget.layers}
    assert said == {
        "input": "",
        "broken": "broken",
        "fine": "",
        "divided": "divided",
        "x": "broken",
        "z": "divided",
    }
    assert recording.first_non_finite("x") == "broken"
    assert recording.first_non_finite("z") == "divided"
