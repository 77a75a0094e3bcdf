"""What a refusal advises is run on the very input that was refused, and leads to a recording."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
from advice import LONGEST, code_in, follow, run
from keras import layers
from recorded import numbers

from actwidget import record
from actwidget.recording.recording import Recording

RGB = numbers(16, 18, 3)
GREY = numbers(16, 18, 1)


def cnn(*shape: int | None) -> keras.Model:
    return keras.Sequential([keras.Input(shape), layers.Conv2D(2, 3, name="conv")], name="cnn")


def png(values: np.ndarray = RGB) -> bytes:
    file = io.BytesIO()
    picture = (values.squeeze() * 255).astype("u1")
    PIL.Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def test_code_is_found_in_a_message() -> None:
    assert code_in("image has shape (28, 28); give it: np.reshape(image, (-1, 784))") == [
        "np.reshape(image, (-1, 784))"
    ]
    assert code_in("a layer r (Conv2D) or so, give np.asarray(image) / 255; and more (x)") == [
        "np.asarray(image) / 255"
    ]
    assert code_in("give image / 255, or not") == ["image / 255"]
    assert code_in("nothing (here) at all, 'conv1' and [2, 3]") == []


IMAGES: dict[str, Any] = {
    "float colours": RGB,
    "bytes": (RGB * 255).astype("u1"),
    "double": RGB.astype("f8"),
    "booleans": RGB > 0.5,
    "large integers": (RGB * 60_000).astype("i8"),
    "half": RGB.astype("f2"),
    "grey": GREY,
    "grey without an axis": GREY[..., 0],
    "with transparency": numbers(16, 18, 4),
    "batch": numbers(2, 16, 18, 3),
    "batch of grey": numbers(2, 16, 18, 1),
    "batch of grey without an axis": numbers(5, 16, 18),
    "channels first": np.moveaxis(RGB, -1, 0),
    "list": RGB.tolist(),
    "list of arrays": list(numbers(2, 16, 18, 3)),
    "tensor": tf.constant(RGB),
    "PIL": PIL.Image.open(io.BytesIO(png())),
    "PIL grey": PIL.Image.open(io.BytesIO(png(GREY))),
    "PIL palette": PIL.Image.open(io.BytesIO(png())).convert("P"),
    "PIL bits": PIL.Image.open(io.BytesIO(png())).convert("1"),
    "masked": np.ma.masked_array(RGB, False),
}

MODELS = {
    "colours": (16, 18, 3),
    "grey": (16, 18, 1),
    "larger": (20, 24, 3),
    "larger, grey": (20, 24, 1),
    "any size": (None, None, 3),
    "any size, grey": (None, None, 1),
}


@pytest.mark.parametrize("name", IMAGES)
def test_every_kind_of_image_can_be_made_to_fit_every_model(name: str) -> None:
    for shape in MODELS.values():
        if name == "channels first" and shape[:2] == (20, 24):
            continue  # It is a picture of 3 × 16 as well, of 18 channels.
        recording, _ = follow(partial(record, cnn(*shape)), IMAGES[name])
        assert recording.inputs.shape[3] == shape[2]
        assert len(recording.images) in (1, 2, 3, 5)


def test_a_model_of_vectors_takes_flattened_images() -> None:
    mlp = keras.Sequential([keras.Input((16 * 18,)), layers.Dense(2)])
    for given, count in ((GREY[..., 0], 1), (numbers(3, 16, 18), 3), (GREY.tolist(), 1)):
        recording, lines = follow(lambda image: record(mlp, image), given)
        assert len(recording.images) == count
        assert len(lines) == 1


def test_flattened_images_get_their_axes_back() -> None:
    for given in (GREY.ravel(), GREY.reshape(1, -1), numbers(3, 16 * 18).tolist()):
        follow(lambda image: record(cnn(16, 18, 1), image), given)


def test_one_of_several_inputs_is_put_right_in_its_place() -> None:
    left, right = keras.Input((16, 18, 3), name="left"), keras.Input((4,), name="right")
    x = layers.Concatenate()([layers.Flatten()(left), right])
    model = keras.Model([left, right], x)
    for given, argument in (
        ({"left": numbers(20, 20, 3), "right": numbers(4)}, "image['left']"),
        ([numbers(20, 20, 3), numbers(4)], "image[0]"),
    ):
        with pytest.raises(ValueError, match="resize it") as refusal:
            record(model, given)
        assert str(refusal.value).startswith(argument)
        better: Any = run(code_in(str(refusal.value))[-1], image=given)
        if isinstance(given, dict):
            record(model, given | {"left": better})
        else:
            record(model, [better, given[1]])


DATA = (numbers(4, 16, 18, 3), np.arange(4))


def pairs() -> Any:
    return tf.data.Dataset.from_tensor_slices(DATA)


class Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> Any:
        return DATA


def generator() -> Any:
    yield from [DATA] * 5


def sparse() -> Any:
    # Out of order, which is allowed.
    return tf.SparseTensor([[1, 2, 0], [0, 0, 0]], [1.0, 2.0], (16, 18, 3))


def scipy_sparse() -> Any:
    import scipy.sparse  # type: ignore[import-untyped]

    return scipy.sparse.csr_array(GREY[..., 0])


def h5py_group() -> Any:
    import h5py  # type: ignore[import-untyped]

    file = h5py.File(io.BytesIO(), "w")
    file["labels"], file["pictures"] = DATA[1], DATA[0]
    return file


def xarray_dataset() -> Any:
    import xarray

    return xarray.Dataset({"a": (("y", "x", "c"), RGB), "b": (("n",), np.arange(3))})


ROUNDABOUT: dict[str, Callable[[], Any]] = {
    "(x, y)": lambda: next(iter(pairs().batch(2))),
    "(x, y) of NumPy": lambda: DATA,
    "[x, y]": lambda: list(DATA),
    "(x, one-hot y)": lambda: (DATA[0], np.eye(4)),
    "(x, y, weights)": lambda: (*DATA, np.ones(4)),
    "(x, x)": lambda: (DATA[0], DATA[0]),
    "(one x, 3)": lambda: (RGB, 3),
    "(one x, name)": lambda: (RGB, "happy"),
    "Dataset of pairs": pairs,
    "batched Dataset": lambda: pairs().batch(2),
    "Dataset of dicts": lambda: tf.data.Dataset.from_tensor_slices(
        {"label": DATA[1], "image": DATA[0]}
    ),
    "Dataset of (dict, y)": lambda: tf.data.Dataset.from_tensor_slices(
        ({"image": DATA[0]}, DATA[1])
    ),
    "Dataset of images": lambda: tf.data.Dataset.from_tensor_slices(DATA[0]),
    "iterator": lambda: iter(pairs()),
    "NumPy iterator": lambda: pairs().as_numpy_iterator(),
    "PyDataset": Batches,
    "generator": generator,
    "zip": lambda: zip(*DATA, strict=True),
    "a dict with a label": lambda: {"image": DATA[0], "label": DATA[1]},
    "h5py group": h5py_group,
    "xarray Dataset": xarray_dataset,
    "npz": lambda: np.load(_npz()),
    "SparseTensor": sparse,
    "RaggedTensor": lambda: tf.RaggedTensor.from_tensor(RGB),
    "IndexedSlices": lambda: tf.IndexedSlices(RGB, np.arange(16), (16, 18, 3)),
    "bytes of a PNG": png,
    "bytearray of a PNG": lambda: bytearray(png()),
    "open file": lambda: io.BytesIO(png()),
    "object array": lambda: RGB.astype(object),
    "array of arrays": lambda: _array_of_arrays(),
    "complex": lambda: RGB.astype(complex),
    "recording": lambda: record(cnn(16, 18, 3), RGB),
    "layer of a recording": lambda: record(cnn(16, 18, 3), RGB).input,
    "deque": lambda: deque(DATA[0]),
}


def _npz() -> io.BytesIO:
    file = io.BytesIO()
    np.savez(file, x=DATA[0], y=DATA[1])
    file.seek(0)
    return file


def _array_of_arrays() -> np.ndarray:
    array = np.empty(2, object)
    array[:] = [RGB, RGB]
    return array


@pytest.mark.parametrize("kind", ROUNDABOUT)
def test_the_sentence_leads_out(kind: str) -> None:
    model = cnn(16, 18, 3)
    recording, lines = follow(lambda image: record(model, image), ROUNDABOUT[kind]())
    assert isinstance(recording, Recording)
    assert lines


def test_scipys_matrices_lead_to_a_picture() -> None:
    follow(lambda image: record(cnn(16, 18, 1), image), scipy_sparse())


@pytest.mark.parametrize("name", ["cat.png", "cat.npy", "with space.png"])
def test_a_file_is_opened_as_the_message_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if name.endswith("npy"):
        np.save(name, RGB)
    else:
        Path(name).write_bytes(png())
    for given in (name, Path(name).absolute()):
        follow(lambda image: record(cnn(16, 18, 3), image), given)
    Path("notes.txt").write_text("no picture")
    with pytest.raises(TypeError, match="a file that Pillow does not read"):
        record(cnn(16, 18, 3), "notes.txt")


def test_bytes_that_are_no_file_are_refused_without_a_line_that_fails() -> None:
    with pytest.raises(TypeError, match="200 bytes instead of pixels; give") as refusal:
        record(cnn(16, 18, 3), bytes(200))
    assert code_in(str(refusal.value)) == []


@pytest.mark.parametrize("built", [True, False])
def test_labels_given_to_a_model_that_declares_no_inputs_are_told(built: bool) -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.conv = layers.Conv2D(2, 3)

        def call(self, x: Any) -> Any:
            return self.conv(x)

    model = Own()
    if built:
        model(RGB[None])
    try:
        record(model, DATA)
    except Exception as error:
        told = " ".join([str(error), *getattr(error, "__notes__", [])])
    assert "image[0]" in told
    record(model, DATA[0])


class TestText:
    """Models that take text have no picture of it: what follows can be recorded."""

    texts = np.array([["a b c"], ["b c d"]])

    def reader(self) -> Any:
        reader = layers.TextVectorization(20, output_sequence_length=4, name="words")
        reader.adapt(self.texts.ravel())
        return reader

    def functional(self) -> keras.Model:
        entrance = keras.Input((1,), dtype="string")
        x = layers.Embedding(20, 3)(self.reader()(entrance))
        return keras.Model(entrance, layers.Dense(2, name="dense")(x))

    def sequential(self) -> keras.Model:
        return keras.Sequential([self.reader(), layers.Embedding(20, 3), layers.Dense(2)])

    @pytest.mark.parametrize("form", ["functional", "sequential"])
    @pytest.mark.parametrize("given", ["array", "list", "tensor", "one"])
    def test_what_follows_is_recorded(self, form: str, given: str) -> None:
        model = getattr(self, form)()
        image: Any = {
            "array": self.texts,
            "list": self.texts.tolist(),
            "tensor": tf.constant(self.texts),
            "one": "a b c",
        }[given]
        with pytest.raises(TypeError, match="takes text, which has no maps") as refusal:
            record(model, image)
        (line,) = code_in(str(refusal.value))
        recording = run(line, model=model, image=image)
        assert len(recording) >= 2

    def test_numbers_for_a_model_of_text_are_refused_alike(self) -> None:
        with pytest.raises(TypeError, match="takes text"):
            record(self.functional(), numbers(4, 4))


class LongRepr:
    def __repr__(self) -> str:
        return "x" * 100_000


class LongShape:
    shape = (1,) * 100_000
    dtype = np.dtype("f4")

    def __array__(self, *arguments: Any, **options: Any) -> Any:
        raise ValueError("no " * 100_000)


class NoRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


NAMES = {f"a name of some length {number}": RGB for number in range(1_000)}

HOSTILE: dict[str, Any] = {
    "long repr": LongRepr(),
    "long shape": LongShape(),
    "no repr": NoRepr(),
    "a thousand names": NAMES,
    "long text": "x" * 1_000_000,
    "text with newlines": "a\n" * 1_000,
    "many texts": ["x" * 10_000] * 1_000,
    "long bytes": bytes(10_000_000),
    "path": Path("x" * 5_000),
    "a dict in a dict": {"a" * 10_000: {"b" * 10_000: 1}},
    "64 axes": np.zeros((1,) * 63),
    "lists of many shapes": [np.zeros((n, n + 1)) for n in range(1, 300)],
    "a type": type("T" * 10_000, (), {}),
    "an object of such a type": type("T" * 10_000, (), {})(),
    "records": np.zeros(3, [(f"field {number}", "f4") for number in range(1_000)]),
    "objects": np.array([LongRepr()] * 3, object),
    "xarray of many": None,
    "huge integer": [10**5_000],
    "(x, y) of what is none": (LongRepr(), LongRepr()),
    "a null character": "\0",
    "complex list": [[1j]],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_message_is_longer_than_600_characters(kind: str) -> None:
    left, right = (keras.Input((4, 4, 1), name=name * 40) for name in ("left", "right"))
    several = keras.Model({"a": left, "b": right}, layers.Add()([left, right]), name="n" * 2_000)
    for model in (cnn(16, 18, 3), several, keras.Sequential([layers.Conv2D(2, 3)])):
        with pytest.raises((TypeError, ValueError)) as refusal:
            record(model, HOSTILE[kind])
        assert len(str(refusal.value)) <= LONGEST, str(refusal.value)[:1_000]


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("layers", LongRepr()),
        ("layers", ["x" * 10_000]),
        ("layers", list(NAMES)),
        ("layers", type("T" * 10_000, (), {})),
        ("layers", [LongRepr()]),
        ("layers", NoRepr()),
        ("channel_axis", LongRepr()),
        ("channel_axis", {"x" * 10_000: 1}),
        ("channel_axis", {"conv": LongRepr()}),
        ("grid", [LongRepr()] * 3),
        ("grid", {"x" * 10_000: LongRepr()}),
        ("memory_limit", "x" * 10_000),
        ("memory_limit", LongRepr()),
        ("preprocess", LongRepr()),
        ("preprocess", lambda x: LongRepr()),
        ("preprocess", lambda x: "x" * 10_000),
        ("preprocess", lambda x: np.zeros((1,) * 60)),
    ],
)
def test_nor_is_that_about_an_option(option: str, given: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as refusal:
        record(cnn(16, 18, 3), RGB, **{option: given})
    assert len(str(refusal.value)) <= LONGEST
