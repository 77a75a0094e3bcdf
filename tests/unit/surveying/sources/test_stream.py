"""What is read in one pass is numbered as it comes, and can be asked for again."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from image_files import levels, write_classes, write_image
from PIL import Image

from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveying.sources.spool import Spool

SHAPE = (4, 6, 3)

IMAGES = np.arange(7, dtype=np.uint8)[:, None, None, None] * np.ones(SHAPE, np.uint8)

LABELS = np.array([0, 1, 2, 0, 1, 2, 0])


def opened(images: Any, *given: Any, shape: Any = SHAPE, resize: Any = None) -> ImageSource:
    return open_images(images, *given, shape=shape, resize=resize)


def check_streams(source: ImageSource, images: Any = IMAGES, labels: Any = LABELS) -> None:
    """Check that a source gives these images and labels in their order, and again."""
    assert (source.length, source.labels, source.is_picklable) == (None, None, False)
    first, rest = source.batch(0, 3), source.batch(3, 99)
    assert (first.numbers.tolist(), rest.numbers.tolist()) == ([0, 1, 2], [3, 4, 5, 6])
    np.testing.assert_array_equal(np.concatenate([first.images, rest.images]), images)
    assert first.images.dtype == images.dtype
    assert first.unreadable == rest.unreadable == []
    assert source.length == 7
    assert len(source.batch(7, 9).numbers) == 0
    for number in (5, 0):
        image = source.image(number)
        np.testing.assert_array_equal(image, images[number].reshape(image.shape))
        assert image.dtype == images.dtype
    found = source.batch_labels(np.arange(7))
    assert (None if found is None else found.tolist()) == (labels if labels is None else [*labels])
    source.close()


# Data sets of TensorFlow


@pytest.mark.parametrize("batch", [None, 1, 2, 7])
@pytest.mark.parametrize("with_labels", [True, False])
def test_a_data_set_of_tensorflow(batch: int | None, with_labels: bool) -> None:
    data_set = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS) if with_labels else IMAGES)

    source = opened(data_set.batch(batch) if batch else data_set)

    check_streams(source, labels=LABELS if with_labels else None)


@pytest.mark.parametrize("batch", [None, 3])
def test_greys_of_tensorflow_need_no_channels(batch: int | None) -> None:
    greys = IMAGES[..., 0]
    data_set = tf.data.Dataset.from_tensor_slices((greys, LABELS))

    check_streams(opened(data_set.batch(batch) if batch else data_set, shape=(4, 6, 1)), greys)


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("shape", [(9, 5), (9,), (2, 3, 4, 1)])
def test_what_is_no_image_streams_by_its_declared_shape(
    batch: int | None, shape: tuple[int, ...]
) -> None:
    values = np.random.default_rng(0).random((7, *shape))
    data_set = tf.data.Dataset.from_tensor_slices((values, LABELS))

    check_streams(opened(data_set.batch(batch) if batch else data_set, shape=None), values)


def test_a_folder_as_keras_reads_it(tmp_path: Path) -> None:
    write_classes(tmp_path)
    for label_mode in ("int", "categorical"):
        data_set = keras.utils.image_dataset_from_directory(
            tmp_path, shuffle=False, image_size=(12, 16), label_mode=label_mode, verbose=False
        )
        source = opened(data_set, shape=(12, 16, 3))
        assert source.class_names == ("cats", "dogs")
        assert levels(source.batch(0, 4)) == [0, 10, 20, 30]
        labels = source.batch_labels(np.arange(4))
        assert labels is not None
        assert labels.tolist() == [0, 0, 1, 1]


def test_one_hot_labels_and_weights() -> None:
    weighted = (IMAGES, np.eye(3)[LABELS], np.ones(7))

    check_streams(opened(tf.data.Dataset.from_tensor_slices(weighted).batch(2)))


def test_several_inputs_of_tensorflow() -> None:
    inputs = {"image": IMAGES, "numbers": np.arange(14.0).reshape(7, 2)}
    for nest in (inputs, tuple(inputs.values())):
        for batch in (None, 2):
            data_set = tf.data.Dataset.from_tensor_slices((nest, LABELS))
            source = opened(data_set.batch(batch) if batch else data_set, shape=None)
            parts = source.batch(1, 4).images
            assert type(parts) is type(nest)
            image, numbers = parts.values() if isinstance(parts, dict) else parts
            np.testing.assert_array_equal(image, IMAGES[1:4])
            np.testing.assert_array_equal(numbers, inputs["numbers"][1:4])
            np.testing.assert_array_equal(source.image(6), IMAGES[6])


# Generators and iterables


def test_a_generator_of_images_or_of_batches() -> None:
    check_streams(opened(image for image in IMAGES), labels=None)
    check_streams(opened(zip(IMAGES, LABELS, strict=True)))
    check_streams(opened(batch for batch in (IMAGES[:4], IMAGES[4:])), labels=None)
    check_streams(opened([each[0], each[1]] for each in zip(IMAGES, LABELS, strict=True)))
    check_streams(opened(iter([(IMAGES[:4], LABELS[:4]), (IMAGES[4:], LABELS[4:])])))
    check_streams(
        opened(iter([{"image": a, "label": b} for a, b in zip(IMAGES, LABELS, strict=True)]))
    )
    check_streams(
        opened({"image": each} for each in (tf.constant(image) for image in IMAGES)), labels=None
    )


def test_pictures_and_names_of_files_are_read(tmp_path: Path) -> None:
    paths = [write_image(tmp_path / f"{at}.png", at, size=(8, 12)) for at in range(4)]
    (tmp_path / "2.png").write_text("no image")
    items = iter([Image.open(paths[0]), str(paths[1]), paths[2], paths[3]])

    source = opened(items, resize="crop")
    batch = source.batch(0, 4)

    assert levels(batch) == [0, 1, 3]
    assert batch.images.shape == (3, *SHAPE)
    assert batch.unreadable == [(2, str(paths[2]), "it is not an image that Pillow reads")]
    assert [source.name(at) for at in range(4)] == ["0", *map(str, paths[1:])]
    with pytest.raises(OSError, match=r"2.png cannot be read: it is not an image"):
        source.image(2)


def test_lists_of_pictures_are_batches() -> None:
    pictures = [Image.fromarray(image) for image in IMAGES]

    check_streams(opened(iter([(pictures[:4], LABELS[:4]), (pictures[4:], LABELS[4:])])))


def test_a_data_set_of_keras_gives_batches() -> None:
    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 4

        def __getitem__(self, number: int) -> Any:
            part = slice(2 * number, 2 * number + 2)
            return IMAGES[part], LABELS[part]

    check_streams(opened(Batches()))


def test_masked_values_are_kept_as_not_a_number() -> None:
    masked = np.ma.masked_equal(IMAGES.astype(np.float32), 3)

    batch = opened(image for image in masked).batch(0, 7)

    assert np.isnan(batch.images[3]).all()
    assert not np.isnan(batch.images[4]).any()


def test_nothing_is_read_before_it_is_asked_for() -> None:
    read = []

    def images() -> Iterator[Any]:
        for at, image in enumerate(IMAGES):
            read.append(at)
            yield image

    source = opened(images())
    assert read == []
    source.batch(0, 2)
    assert read == [0, 1]
    # As after a part that was done before.
    assert source.batch(4, 6).numbers.tolist() == [4, 5]
    np.testing.assert_array_equal(source.batch(1, 3).images, IMAGES[1:3])


# Labels that are given


def test_labels_can_be_given_beside_a_stream() -> None:
    source = opened((image for image in IMAGES), [*"abcabca"])

    assert source.class_names == ("a", "b", "c")
    check_streams(source)


@pytest.mark.parametrize(("count", "words"), [(6, "has more images"), (8, "ended after 7 images")])
def test_labels_of_another_length_are_told(count: int, words: str) -> None:
    source = opened((image for image in IMAGES), [0] * count)

    with pytest.raises(ValueError, match=f"labels holds {count}, and images {words}"):
        source.batch(0, 99)


# What goes wrong


def test_what_a_generator_raises_is_told_with_the_image() -> None:
    def images() -> Iterator[Any]:
        yield from IMAGES[:3]
        raise KeyError("no such row")

    source = opened(images())
    source.batch(0, 2)
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"in place of image 3 .KeyError: 'no such") as told:
            source.batch(2, 5)
        assert isinstance(told.value.__cause__, KeyError)
    np.testing.assert_array_equal(source.image(2), IMAGES[2])


def test_a_broken_file_ends_a_data_set_of_tensorflow(tmp_path: Path) -> None:
    for at in range(3):
        write_image(tmp_path / f"{at}.png", at)
    (tmp_path / "1.png").write_text("no image")
    data_set = keras.utils.image_dataset_from_directory(
        tmp_path, labels=None, shuffle=False, image_size=SHAPE[:2], batch_size=1, verbose=False
    )

    with pytest.raises(RuntimeError, match=r"in place of image 1 .InvalidArgumentError"):
        opened(data_set).batch(0, 3)


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "images ended before its first image"),
        ([IMAGES[0], IMAGES[1][:2]], r"image 0 of shape \(4, 6, 3\) and image 1 of shape \(2, 6"),
        ([None], "image 0 is of type NoneType"),
        ([b"JPEG"], "image 0 is of type bytes"),
        ([IMAGES[0].astype(str)], "image 0 holds values of type <U"),
    ],
)
def test_what_is_no_image_is_refused(items: list[Any], words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        opened(iter(items)).batch(0, 2)


# What tells a stream from others


def test_the_first_images_tell_a_stream_from_others() -> None:
    source = opened(image for image in IMAGES)

    first = source.fingerprint()

    assert first == opened(image for image in IMAGES.copy()).fingerprint()
    assert first != opened(image for image in IMAGES[::-1]).fingerprint()
    # What was read for it is not lost.
    np.testing.assert_array_equal(source.batch(0, 7).images, IMAGES)


# Where the images are kept


@pytest.mark.parametrize(
    "array",
    [
        IMAGES[3],
        IMAGES[3].astype(np.float32),
        IMAGES[3] / np.float64(7),
        np.array([[np.nan, 3.0]]),
        np.array([[-1.0, 300.0]]),
        np.float32(4),
        IMAGES[3].transpose(2, 0, 1),
        np.ones((2, 2), bool),
        np.full((2, 2), 2**40),
    ],
)
def test_what_is_kept_comes_back_as_it_was(array: Any) -> None:
    spool = Spool()
    spool.append(IMAGES[1])

    number = spool.append(np.asarray(array))

    np.testing.assert_array_equal(spool.read(number), array)
    assert spool.read(number).dtype == array.dtype
    np.testing.assert_array_equal(spool.read(0), IMAGES[1])


def test_pictures_as_floats_take_a_quarter() -> None:
    spool = Spool()

    spool.append(np.full((100, 100, 3), 7, np.float32))

    assert spool.bytes == 30_000


def test_a_full_disk_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    source = opened(image for image in IMAGES)
    source.batch(0, 2)

    class Full:
        def seek(self, _: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(source._spool, "_file", Full())  # type: ignore[attr-defined]
    with pytest.raises(OSError, match=r"2 are kept there\. Set TMPDIR") as told:
        source.batch(2, 4)
    assert told.value.errno == errno.ENOSPC
