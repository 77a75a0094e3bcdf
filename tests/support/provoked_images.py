"""Messages about images: `tests/unit/capture/inputs` follows the same advice for many more."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import PIL.Image
import tensorflow as tf
from advice import code_in, follow, run
from keras import layers
from provoked import Case, refusal, warned
from recorded import numbers

from actwidget import record

RGB = numbers(16, 18, 3)


def cnn(*shape: int | None, first: Any = None, dtype: str | None = None) -> keras.Model:
    rows = [keras.Input(shape, dtype=dtype)] + ([] if first is None else [first])
    return keras.Sequential([*rows, layers.Conv2D(2, 3, name="conv")], name="cnn")


def picture(values: np.ndarray = RGB, mode: str | None = None) -> PIL.Image.Image:
    made = PIL.Image.fromarray((values * 255).astype("u1"))
    return made.convert(mode) if mode else made


def png() -> bytes:
    file = io.BytesIO()
    picture().save(file, "PNG")
    return file.getvalue()


class Shown:
    """A picture as IPython holds it."""

    data = png()


class Tensor:
    """An array as torch's tensors are, which need not be installed."""

    __module__ = "torch"
    is_meta = False
    shape, dtype = RGB.shape, "complex64"

    def detach(self) -> Tensor:
        return self

    cpu = resolve_conj = resolve_neg = detach

    def numpy(self) -> np.ndarray:
        return RGB.astype(complex)

    def __array__(self, *_arguments: Any, **_options: Any) -> np.ndarray:
        raise RuntimeError("call tensor.detach().numpy() instead")


def arrays() -> np.ndarray:
    made = np.empty(2, object)
    made[:] = [RGB, RGB]
    return made


def file(name: str, write: Callable[[str], object]) -> str:
    write(name)
    return name


COLOURS = partial(cnn, 16, 18, 3)
LARGER = partial(cnn, 20, 24, 3)
GREY = partial(cnn, 16, 18, 1)

IMAGES: dict[str, tuple[Callable[[], keras.Model], Callable[[], Any]]] = {
    "grey": (COLOURS, lambda: RGB[..., :1]),
    "grey without an axis": (COLOURS, lambda: RGB[..., 0]),
    "colours for grey": (GREY, lambda: RGB),
    "channels first": (COLOURS, lambda: np.moveaxis(RGB, -1, 0)),
    "flat": (COLOURS, RGB.ravel),
    "rows": (
        lambda: keras.Sequential([keras.Input((288,)), layers.Dense(2)]),
        lambda: RGB[..., 0],
    ),
    "large integers": (LARGER, lambda: (RGB * 60_000).astype("i8")),
    "nested list": (LARGER, RGB.tolist),
    "PIL": (partial(cnn, 20, 24, 1), picture),
    "SparseTensor": (COLOURS, lambda: tf.SparseTensor([[0, 0, 0]], [1.0], (16, 18, 3))),
    "RaggedTensor": (COLOURS, lambda: tf.RaggedTensor.from_tensor(RGB)),
    "IndexedSlices": (COLOURS, lambda: tf.IndexedSlices(RGB, np.arange(16), (16, 18, 3))),
    "TensorArray": (COLOURS, lambda: tf.TensorArray("float32", 16).unstack(RGB)),
    "open file": (COLOURS, lambda: io.BytesIO(png())),
    "bytes": (COLOURS, png),
    "shown": (COLOURS, Shown),
    "file": (COLOURS, lambda: file("a.png", lambda name: Path(name).write_bytes(png()))),
    "array file": (COLOURS, lambda: file("a.npy", lambda name: np.save(name, RGB))),
    "arrays file": (COLOURS, lambda: file("a.npz", lambda name: np.savez(name, x=RGB))),
    "iterator": (COLOURS, lambda: iter([RGB])),
    "set": (lambda: keras.Sequential([keras.Input((2,)), layers.Dense(2)]), lambda: {1.0, 2.0}),
    "data set": (COLOURS, lambda: tf.data.Dataset.from_tensors(RGB)),
    "objects": (COLOURS, lambda: RGB.astype(object)),
    "arrays": (COLOURS, arrays),
    "complex": (COLOURS, lambda: RGB.astype(complex)),
    "tensor of torch": (COLOURS, Tensor),
    "pair": (COLOURS, lambda: (RGB[None], np.arange(1))),
}


def images() -> list[str]:
    """What is refused becomes an image of the right shape."""
    told: list[str] = []
    for name, (model, image) in IMAGES.items():
        before = len(told)
        follow(partial(record, model()), image(), told=told)
        assert len(told) > before, name
    return told


def other_backends() -> list[str]:
    """How images are resized depends on the model's Keras, and on its settings."""
    import tf_keras

    told: list[str] = []
    legacy = tf_keras.Sequential([tf_keras.Input((20, 24, 3)), tf_keras.layers.Conv2D(2, 3)])
    follow(partial(record, legacy), RGB, told=told)
    first = keras.Sequential(
        [keras.Input((20, 24, 3)), layers.Conv2D(2, 3, data_format="channels_last")]
    )
    keras.config.set_image_data_format("channels_first")
    try:
        follow(partial(record, first), RGB, told=told)
    finally:
        keras.config.set_image_data_format("channels_last")
    return told


def several_inputs() -> list[str]:
    """One of several is put right in its place."""
    left, right = keras.Input((20, 24, 3), name="left"), keras.Input((4,), name="right")
    x = layers.Concatenate()([layers.Flatten()(left), right])
    model = keras.Model([left, right], x)
    by_name: dict[str, Any] = {"left": RGB, "right": numbers(4)}
    in_order = list(by_name.values())
    told = [refusal(record, model, by_name), refusal(record, model, in_order)]
    record(model, by_name | {"left": run(code_in(told[0])[-1], image=by_name)})
    record(model, [run(code_in(told[1])[-1], image=in_order), numbers(4)])
    return told


def labels() -> list[str]:
    """Of a data set's pair the image is taken, though the model declares no input."""

    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.conv = layers.Conv2D(2, 3)

        def call(self, x: Any) -> Any:
            return self.conv(x)

    pair = (RGB[None], np.arange(1))
    message = refusal(record, Own(), pair)
    assert "give image[0]" in message
    record(Own(), run("image[0]", image=pair))
    return [message]


def text() -> list[str]:
    """Of models of text, what follows the layer that reads it is recorded."""
    texts, told = np.array([["a b c"], ["b c d"]]), []
    for functional in (True, False):
        reader = layers.TextVectorization(20, output_sequence_length=4, name="words")
        reader.adapt(texts.ravel())
        rest = [layers.Embedding(20, 3), layers.Dense(2, name="dense")]
        model = keras.Sequential([reader, *rest])
        if functional:
            x = entrance = keras.Input((1,), dtype="string")
            for layer in (reader, *rest):
                x = layer(x)
            model = keras.Model(entrance, x)
        told.append(refusal(record, model, texts))
        assert len(run(code_in(told[-1])[-1], model=model, image=texts)) >= 2
    return told


def hints() -> list[str]:
    """After what a hint at a range of numbers advises, there is none."""
    scaled = cnn(16, 18, 3, first=layers.Rescaling(1 / 255))
    plain, whole = COLOURS(), cnn(16, 18, 3, first=layers.Rescaling(1 / 255), dtype="uint8")
    told: list[str] = []
    for model, image in (
        (scaled, RGB),
        (plain, (RGB * 255).astype("u1")),
        (plain, picture(mode="P")),
        (whole, RGB),
    ):
        (hint,) = warned(partial(record, model, image))
        code = next(each for each in code_in(hint) if "255" in each)
        assert not warned(partial(record, model, run(code, image=image)))
        told.append(hint)
    (code,) = [found for found in told[1].split("preprocess=") if found.startswith("lambda")]
    as_it_is = run(code.partition(" says")[0])
    image = (RGB * 255).astype("u1")
    assert not warned(partial(record, plain, image, preprocess=as_it_is))
    return told


CASES: list[Case] = [images, other_backends, several_inputs, labels, text, hints]
