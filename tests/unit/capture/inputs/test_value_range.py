"""A hint where an image's numbers are of another range than the model is made for; only there."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from advice import LONGEST, code_in, run
from keras import layers
from recorded import numbers

from actwidget import ActivationWidget, record

UNIT = numbers(8, 9, 3)
BYTES = np.random.default_rng(0).integers(0, 256, (8, 9, 3), np.uint8)


def cnn(*first: Any, dtype: str = "float32", shape: tuple[int, ...] = (8, 9, 3)) -> keras.Model:
    after = [layers.Conv2D(2, 3, name="conv")] if len(shape) == 3 else []
    return keras.Sequential(
        [keras.Input(shape, dtype=dtype), *first, *after, layers.Flatten(), layers.Dense(2)],
        name="net",
    )


def hints(model: Any, image: Any, **options: Any) -> list[str]:
    """Record, and return what was warned of, which the recording holds as well."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        recording = record(model, image, **options)
    said = [str(each.message) for each in caught]
    assert said == ([recording.hint] if recording.hint else [])
    assert all(each.filename == __file__ for each in caught)
    return said


Case = Callable[[], tuple[Any, Any]]

NO_SCALING: list[Case] = [
    lambda: (cnn(), BYTES),
    lambda: (cnn(), BYTES.astype("f4")),
    lambda: (cnn(), BYTES.astype("f8")[None]),
    lambda: (cnn(layers.ZeroPadding2D(1)), BYTES),
    lambda: (cnn(layers.RandomFlip(), layers.Dropout(0.5)), BYTES),
    lambda: (cnn(shape=(8, 9)), BYTES[..., 0]),
    lambda: (cnn(shape=(72,)), BYTES[..., 0].ravel()),
    lambda: (keras.Sequential([layers.Conv2D(2, 3)]), BYTES),
    lambda: (keras.Sequential([cnn(), layers.Dense(3)]), BYTES),
    lambda: (cnn(), (BYTES * 200.0).astype("u2")),
]


@pytest.mark.parametrize("case", NO_SCALING)
def test_bytes_for_a_model_that_does_not_scale_them(case: Case) -> None:
    model, image = case()
    (hint,) = hints(model, image)
    assert "nothing in" in hint
    assert len(hint) <= LONGEST
    better = run(next(code for code in code_in(hint) if "/" in code), image=image)
    assert 0.5 < np.max(better) <= 1
    assert hints(model, better) == []
    assert "preprocess=lambda x: x says" in hint
    assert hints(model, image, preprocess=lambda x: x) == []


class Scaling(keras.Model):
    """Scales in its own call, where no layer shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = layers.Conv2D(2, 3)

    def call(self, x: Any) -> Any:
        return self.conv(x / 255)


class ScalingLayer(layers.Layer):
    """Has weights of its own, and scales what it is given."""

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(shape=(shape[-1],), name="kernel")

    def call(self, x: Any) -> Any:
        return x / 255 * self.kernel


def functional(first: Callable[[Any], Any]) -> keras.Model:
    entrance = keras.Input((8, 9, 3))
    return keras.Model(entrance, layers.Conv2D(2, 3)(first(entrance)))


def adapted() -> Any:
    normalization = layers.Normalization()
    normalization.adapt(BYTES.astype("f4"))
    return normalization


def two_inputs() -> keras.Model:
    """The vector's layer runs first, and the picture is scaled outside layers."""
    two = [keras.Input((8, 9, 3), name="a"), keras.Input((4,), name="b")]
    picture = layers.Flatten()(layers.Conv2D(2, 3)(two[0] / 255))
    return keras.Model(two, layers.Concatenate()([layers.Dense(2)(two[1]), picture]))


NOTHING_TO_SAY: list[Case] = [
    lambda: (cnn(), UNIT),
    lambda: (cnn(), UNIT * 2 - 1),
    lambda: (cnn(), UNIT * 20),
    lambda: (cnn(), BYTES - 127.0),
    lambda: (cnn(), BYTES % 10),
    lambda: (cnn(), BYTES > 100),
    lambda: (cnn(layers.Rescaling(1 / 255)), BYTES),
    lambda: (cnn(layers.Rescaling(1 / 127.5, offset=-1)), BYTES),
    lambda: (cnn(layers.RandomFlip(), layers.Rescaling(1 / 255)), BYTES),
    lambda: (cnn(adapted()), BYTES),
    lambda: (cnn(adapted()), UNIT),
    lambda: (cnn(layers.BatchNormalization()), BYTES),
    lambda: (cnn(layers.Lambda(lambda x: x / 255)), BYTES),
    lambda: (cnn(layers.Rescaling([1.0, 1.0, 1.0])), UNIT),
    lambda: (cnn(layers.Rescaling(2.0)), UNIT),
    lambda: (cnn(layers.Lambda(lambda x: x * 255), layers.Rescaling(1 / 255)), UNIT),
    lambda: (cnn(layers.Rescaling(1 / 255)), np.zeros((8, 9, 3))),
    lambda: (cnn(layers.Rescaling(1 / 255)), np.zeros((8, 9, 3), np.uint8)),
    lambda: (cnn(layers.Rescaling(1 / 255)), (BYTES > 100).astype("u1")),
    lambda: (functional(lambda x: x / 255), BYTES),
    lambda: (functional(lambda x: keras.ops.subtract(x, 100)), BYTES),
    lambda: (Scaling(), BYTES),
    lambda: (keras.Sequential([ScalingLayer(), layers.Flatten()]), BYTES),
    lambda: (two_inputs(), [BYTES, numbers(4) * 200]),
    lambda: (cnn(shape=(72,)), UNIT[..., 0].ravel() * 200),
    lambda: (cnn(layers.Rescaling(1 / 255), dtype="uint8"), BYTES),
    lambda: (cnn(layers.Rescaling(1 / 255), dtype="int32"), np.round(BYTES.astype("f4"))),
    lambda: (cnn(layers.Rescaling(1 / 255), dtype="uint8"), UNIT * 255),
    lambda: (cnn(layers.Rescaling(1 / 255), dtype="uint8"), np.zeros((8, 9, 3))),
    lambda: (keras.Sequential([layers.Embedding(300, 2)]), np.arange(72)),
]


@pytest.mark.parametrize("case", NOTHING_TO_SAY)
def test_nothing_is_said_where_it_would_be_wrong(case: Case) -> None:
    model, image = case()
    assert hints(model, image) == []


def test_nothing_is_said_if_preprocess_is_given() -> None:
    assert hints(cnn(), BYTES, preprocess=lambda x: x) == []
    assert hints(cnn(layers.Rescaling(1 / 255)), UNIT, preprocess=lambda x: x) == []


@pytest.mark.parametrize(
    "first",
    [
        lambda: [layers.Rescaling(1 / 255, name="scale")],
        lambda: [layers.Rescaling(1 / 127.5, offset=-1, name="scale")],
        lambda: [layers.RandomFlip(), layers.Rescaling(1 / 255, name="scale")],
        lambda: [keras.Sequential([layers.Rescaling(1 / 255, name="scale")])],
    ],
)
@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist, lambda x: x[None].astype("f8")])
def test_numbers_to_1_for_a_model_that_scales_bytes(first: Any, kind: Any) -> None:
    model, image = cnn(*first()), kind(UNIT)
    (hint,) = hints(model, image)
    assert "itself (layer scale)" in hint
    assert hints(model, run(code_in(hint)[-1], image=image)) == []


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist])
def test_fractions_for_a_model_of_integers(dtype: str, kind: Any) -> None:
    model, image = cnn(layers.Rescaling(1 / 255), dtype=dtype), kind(UNIT)
    (hint,) = hints(model, image)
    assert f"takes {dtype}, for which they are cut off" in hint
    assert hints(model, run(code_in(hint)[-1], image=image)) == []


def test_fractions_of_another_range_are_cut_off_as_well() -> None:
    (hint,) = hints(cnn(layers.Rescaling(1 / 255), dtype="int32"), UNIT * 4 - 2)
    assert "cut off" in hint
    (hint,) = hints(
        keras.Sequential([keras.Input((9,), dtype="int32"), layers.Embedding(5, 2)]), numbers(9)
    )
    assert code_in(hint) == []
    (hint,) = hints(
        cnn(layers.Rescaling(1 / 255), dtype="uint8"), BYTES, preprocess=lambda x: x / 255
    )
    assert hint.startswith("the result of preprocess holds fractions")


def test_the_widget_says_it_once_as_well(tmp_path: Any) -> None:
    with pytest.warns(UserWarning, match="nothing in net scales them") as caught:
        widget = ActivationWidget(cnn(), BYTES)
    assert len(caught) == 1
    assert widget.hint == widget.recording.hint == str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        widget.layer = "conv"
        widget.to_html(tmp_path / "page.html")
        again = ActivationWidget(widget.recording)
    assert again.hint == widget.hint
    assert "nothing in net scales them" in (tmp_path / "page.html").read_text("utf-8")
    again.close()
    widget.close()


def test_a_widget_without_a_hint_has_none() -> None:
    widget = ActivationWidget(cnn(), UNIT)
    assert widget.hint == ""
    widget.close()
