"""Lists, data sets of Hugging Face and the map-style ones of PyTorch give images by number."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from image_files import levels, write_image
from PIL import Image

from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.source import ImageSource

SHAPE = (12, 16, 3)


def opened(images: Any, *given: Any, shape: Any = SHAPE, resize: Any = None) -> ImageSource:
    return open_images(images, *given, shape=shape, resize=resize)


def picture(level: int, *, size: tuple[int, int] = (12, 16), mode: str = "RGB") -> Image.Image:
    return Image.fromarray(np.full(size, level, np.uint8)).convert(mode)


class Pairs:
    """A map-style data set as PyTorch has them: nothing but these two methods."""

    def __init__(self, pairs: list[Any]) -> None:
        self.pairs = pairs

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, number: int) -> Any:
        if isinstance(pair := self.pairs[number], Exception):
            raise pair
        return pair


# Lists


def test_a_list_of_pictures_is_a_data_set() -> None:
    source = opened([picture(level) for level in (5, 6, 7)], ["a", "b", "a"])

    batch = source.batch(1, 9)

    assert source.length == 3
    assert levels(batch) == [6, 7]
    assert batch.images.dtype == np.uint8
    assert batch.numbers.tolist() == [1, 2]
    labels = source.batch_labels(batch.numbers)
    assert labels is not None
    assert labels.tolist() == [1, 0]
    assert source.image(2).shape == SHAPE
    assert source.name(2) == "2"


def test_a_list_of_arrays_is_a_data_set() -> None:
    arrays = [np.full(SHAPE, level, np.float32) for level in (5, 6, 7)]
    for images in (arrays, tuple(arrays), [tf.constant(array) for array in arrays]):
        # A tuple would be several inputs.
        source = opened(list(images))
        assert levels(source.batch(0, 3)) == [5, 6, 7]
        assert source.batch(0, 1).images.dtype == np.float32


def test_a_list_may_hold_pictures_and_names_of_files(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a.png", 8)
    opened_file = Image.open(write_image(tmp_path / "b.png", 9))

    source = opened([picture(7), str(path), opened_file])

    assert levels(source.batch(0, 3)) == [7, 8, 9]
    assert [source.name(at) for at in range(3)] == ["0", str(path), str(tmp_path / "b.png")]


def test_pictures_are_brought_to_the_models_size_if_asked() -> None:
    pictures = [picture(5, size=(24, 40)), picture(6, size=(30, 30), mode="L")]

    for resize in ("crop", "stretch"):
        assert levels(opened(pictures, resize=resize).batch(0, 2)) == [5, 6]
    with pytest.raises(ValueError, match=r"image 0 of 24 × 40 pixels .* the model takes 12 × 16"):
        opened(pictures)
    with pytest.raises(ValueError, match=r"image 1 of 30 × 30 .* the first, image 0, has 24 × 40"):
        opened(pictures, shape=None).batch(0, 2)


def test_arrays_of_different_shapes_are_refused() -> None:
    source = opened([np.zeros(SHAPE), np.zeros(SHAPE), np.zeros((9, 9, 3))])

    with pytest.raises(ValueError, match=r"image 0 of shape \(12, 16, 3\) and image 2 of shape"):
        source.batch(0, 3)
    resized = opened([np.zeros(SHAPE), np.zeros((9, 9, 3))], resize="crop").batch(0, 2)
    assert resized.images.shape == (2, *SHAPE)


# By number


def test_labels_stand_beside_the_images() -> None:
    pairs = [(picture(level), level % 2) for level in range(6)]
    for data_set in (Pairs(pairs), pairs, Pairs([{"image": a, "label": b} for a, b in pairs])):
        source = opened(data_set)
        assert source.labels is None
        assert levels(source.batch(2, 5)) == [2, 3, 4]
        labels = source.batch_labels(np.array([2, 3, 4]))
        assert labels is not None
        assert labels.tolist() == [0, 1, 0]
        # Not read yet.
        last = source.batch_labels(np.array([5]))
        assert last is not None
        assert last.tolist() == [1]


def test_labels_that_are_known_in_advance_are_used() -> None:
    data_set = Pairs([(picture(level), level) for level in range(3)])
    data_set.targets = [1, 0, 1]  # type: ignore[attr-defined]
    data_set.classes = ["cat", "dog"]  # type: ignore[attr-defined]

    source = opened(data_set)

    assert source.labels is not None
    assert source.labels.tolist() == [1, 0, 1]
    assert source.class_names == ("cat", "dog")
    given = opened(data_set, [0, 0, 1], ["dog", "cat"])
    assert given.labels is not None
    assert (given.labels.tolist(), given.class_names) == ([0, 0, 1], ("dog", "cat"))
    data_set.targets = {"boxes": []}  # type: ignore[attr-defined]
    assert opened(data_set, None, ["a", "b", "c"]).labels is None


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (np.int32(2), 2),
        (2.0, 2),
        (np.array([2]), 2),
        (np.array([0, 0, 1.0]), 2),
        (tf.constant(2), 2),
        ("c", 2),
        (b"c", 2),
        (None, None),
        (0.25, None),
        (np.array([0.2, 0.3, 0.5]), None),
        (np.zeros((12, 16)), None),
        ({"boxes": []}, None),
    ],
)
def test_a_label_is_a_class_in_any_form(label: Any, expected: int | None) -> None:
    source = opened(Pairs([(picture(1), label)]), None, ["a", "b", "c"])

    labels = source.batch_labels(np.array([0]))

    assert (None if labels is None else labels.tolist()) == (None if expected is None else [2])


@pytest.mark.parametrize(
    ("label", "words"),
    [
        (3, "the label of image 0 is 3; it takes 0 to 2"),
        (-1, "the label of image 0 is -1; it takes 0 to 2"),
        ("d", "the label of image 0 is 'd', which is not known; .* in class_names"),
    ],
)
def test_a_label_of_no_class_is_refused(label: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        opened(Pairs([(picture(1), label)]), None, ["a", "b", "c"])


def test_several_inputs_stand_in_a_nesting() -> None:
    item = {"left": np.zeros(SHAPE), "numbers": np.zeros(5)}

    source = opened(Pairs([(item, 0), (item, 1)]), shape=None)

    batch = source.batch(0, 2)
    assert {name: part.shape for name, part in batch.images.items()} == {
        "left": (2, *SHAPE),
        "numbers": (2, 5),
    }
    assert source.image(0).shape == SHAPE


def test_what_a_data_set_raises_of_an_image_is_its_reason(tmp_path: Path) -> None:
    cut = tmp_path / "cut.jpg"
    Image.fromarray(np.random.default_rng(0).integers(256, size=SHAPE, dtype=np.uint8)).save(cut)
    cut.write_bytes(cut.read_bytes()[:-100])
    data_set = Pairs(
        [picture(1), KeyError("no row 1"), Image.open(cut), str(tmp_path / "none.png"), picture(4)]
    )

    source = opened(data_set)
    batch = source.batch(0, 5)

    assert batch.numbers.tolist() == [0, 4]
    assert [found.number for found in batch.unreadable] == [1, 2, 3]
    reasons = [found.reason for found in batch.unreadable]
    assert "no row 1" in reasons[0]
    assert "truncated" in reasons[1].lower()
    assert reasons[2] == "there is no such file"
    with pytest.raises(OSError, match="image 1 cannot be read: 'no row 1'"):
        source.image(1)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (
            Pairs([KeyError("x")] * 20),
            "20 images, of which the first cannot be read: 0 because 'x'",
        ),
        (Pairs([]), "images holds 0 images"),
        (Pairs([None]), "image 0 is of type NoneType; it takes"),
        (Pairs([np.array(["a"])]), "image 0 holds values of type <U1"),
        (Pairs([object()]), "image 0 .* it takes arrays, tensors"),
        (Pairs([np.zeros((0, 3))]), r"image 0 has shape \(0, 3\): it holds no numbers"),
        (Pairs([tf.keras.Input((4, 4, 3))]), "image 0 is of type KerasTensor"),
        (picture(1), r"images is one image; give a list of images: \[images\]"),
        (
            {"train": Pairs([])},
            r"a dict of 'train', .* not all arrays; .* images\['train'\]",
        ),
    ],
)
def test_what_is_no_data_set_is_refused(images: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        opened(images)


def test_other_processes_read_the_same() -> None:
    source = opened(Pairs([(picture(level), level) for level in range(3)]))

    assert source.is_picklable
    copy = pickle.loads(pickle.dumps(source))
    np.testing.assert_array_equal(copy.batch(0, 3).images, source.batch(0, 3).images)
    assert copy.fingerprint() == source.fingerprint()
    assert copy.fingerprint() != opened(Pairs([(picture(7), 0)] * 3)).fingerprint()
    kept = Pairs([picture(1)])
    kept.handle = (pair for pair in kept.pairs)  # type: ignore[attr-defined]
    assert not opened(kept).is_picklable


# Hugging Face


@pytest.fixture
def photographs() -> Any:
    """A real data set of Hugging Face with labels."""
    datasets = pytest.importorskip("datasets")
    features = {"photo": datasets.Image(), "kind": datasets.ClassLabel(names=["cat", "dog"])}
    columns = {"photo": [picture(level) for level in range(5)], "kind": [0, 1, 0, 1, 1]}
    return datasets.Dataset.from_dict(columns, features=datasets.Features(features))


def test_a_data_set_of_hugging_face_is_read_by_its_features(photographs: Any) -> None:
    for data_set in (photographs, photographs.with_format("numpy")):
        source = opened(data_set)
        assert source.length == 5
        assert source.class_names == ("cat", "dog")
        assert source.labels is not None
        assert source.labels.tolist() == [0, 1, 0, 1, 1]
        assert levels(source.batch(1, 4)) == [1, 2, 3]
        assert levels(pickle.loads(pickle.dumps(source)).batch(1, 4)) == [1, 2, 3]
    selected = opened(photographs.select([4, 0]), [1, 0])
    assert levels(selected.batch(0, 2)) == [4, 0]


def test_labels_that_are_unknown_are_none(photographs: Any) -> None:
    hidden = photographs.map(lambda _: {"kind": -1})

    assert opened(hidden).labels is None


def test_images_that_are_not_decoded_are_read(photographs: Any) -> None:
    datasets = pytest.importorskip("datasets")
    raw = photographs.cast_column("photo", datasets.Image(decode=False))

    assert levels(opened(raw).batch(0, 5)) == [0, 1, 2, 3, 4]


def test_damaged_images_of_hugging_face_are_named(photographs: Any) -> None:
    datasets = pytest.importorskip("datasets")
    raw = photographs.cast_column("photo", datasets.Image(decode=False))
    images = [raw[at]["photo"]["bytes"] for at in range(5)]
    images[2] = images[2][:40]
    columns = {"photo": [{"bytes": image, "path": None} for image in images]}
    features = datasets.Features({"photo": datasets.Image()})

    batch = opened(datasets.Dataset.from_dict(columns, features=features)).batch(0, 5)

    assert batch.numbers.tolist() == [0, 1, 3, 4]
    assert [found.number for found in batch.unreadable] == [2]


def test_of_several_columns_of_images_one_is_to_be_chosen(photographs: Any) -> None:
    datasets = pytest.importorskip("datasets")
    columns = {name: [picture(level) for level in range(5)] for name in ("photo", "mask")}
    features = datasets.Features({name: datasets.Image() for name in columns})
    twice = datasets.Dataset.from_dict(columns, features=features)

    with pytest.raises(ValueError, match="has the columns of images 'photo', 'mask'; keep"):
        opened(twice)
    assert levels(opened(twice.select_columns(["mask"])).batch(0, 2)) == [0, 1]
    with pytest.raises(ValueError, match=r"no column of images; it has kind \(ClassLabel\)"):
        opened(photographs.select_columns(["kind"]))


def test_splits_and_streams_of_hugging_face(photographs: Any) -> None:
    datasets = pytest.importorskip("datasets")

    with pytest.raises(TypeError, match=r"a DatasetDict of 'train', .* images\['train'\]"):
        opened(datasets.DatasetDict(train=photographs))
    named = photographs.rename_columns({"photo": "image", "kind": "label"})
    stream = opened(named.to_iterable_dataset())
    assert stream.length is None
    assert levels(stream.batch(0, 5)) == [0, 1, 2, 3, 4]
