"""Arrays of every library are read slice by slice."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dask.array
import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
import tensorflow as tf
import xarray
import zarr

from actwidget.surveying.sources.open_images import open_images
from actwidget.surveying.sources.source import ImageSource

IMAGES = np.arange(7 * 4 * 6 * 3, dtype=np.uint8).reshape(7, 4, 6, 3)

SHAPE = (4, 6, 3)


def opened(images: Any, *given: Any, shape: Any = SHAPE, resize: Any = None) -> ImageSource:
    return open_images(images, *given, shape=shape, resize=resize)


def in_h5(folder: Path) -> Any:
    with h5py.File(folder / "images.h5", "w") as file:
        file["images"] = IMAGES
    return h5py.File(folder / "images.h5", "r")["images"]


def in_zarr(folder: Path) -> Any:
    zarr.create_array(folder / "images.zarr", data=IMAGES, chunks=(2, 4, 6, 3))
    return zarr.open_array(folder / "images.zarr", mode="r")


def on_disk(folder: Path) -> Any:
    np.save(folder / "images.npy", IMAGES)
    return np.load(folder / "images.npy", mmap_mode="r")


KINDS: dict[str, Callable[[Path], Any]] = {
    "numpy": lambda _: IMAGES,
    "memmap": on_disk,
    "zarr": in_zarr,
    "h5py": in_h5,
    "dask": lambda _: dask.array.from_array(IMAGES, chunks=2),
    "xarray": lambda _: xarray.DataArray(IMAGES, dims=("image", "row", "column", "colour")),
    "tensor": lambda _: tf.constant(IMAGES),
    "list": lambda _: IMAGES.tolist(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_array_is_read_in_batches(tmp_path: Path, kind: str) -> None:
    source = opened(KINDS[kind](tmp_path), [*range(7)])

    assert source.length == 7
    batch = source.batch(2, 5)
    assert type(batch.images) is not memoryview
    np.testing.assert_array_equal(batch.images, IMAGES[2:5])
    assert batch.numbers.tolist() == [2, 3, 4]
    assert batch.unreadable == []
    assert source.batch(5, 99).numbers.tolist() == [5, 6]
    np.testing.assert_array_equal(source.image(6), IMAGES[6])
    assert source.name(6) == "6"
    if kind != "list":
        assert source.image(0).dtype == np.uint8
    labels = source.batch_labels(batch.numbers)
    assert labels is not None
    assert labels.tolist() == [2, 3, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_other_processes_read_the_same(tmp_path: Path, kind: str) -> None:
    source = opened(KINDS[kind](tmp_path))

    assert source.is_picklable
    copy = pickle.loads(pickle.dumps(source))
    np.testing.assert_array_equal(copy.batch(0, 7).images, IMAGES)
    assert copy.fingerprint() == source.fingerprint()


def test_what_is_written_to_stays_in_its_process(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "images.h5", "w") as file:
        assert not opened(file.create_dataset("images", data=IMAGES)).is_picklable


class Counting:
    """An array that remembers how many images were read of it at once."""

    def __init__(self) -> None:
        self.shape, self.dtype = (10**6, 4, 6, 3), np.dtype("u1")
        self.most = 0

    def __getitem__(self, key: Any) -> Any:
        start, stop, _ = key.indices(10**6) if isinstance(key, slice) else (key, key + 1, 1)
        self.most = max(self.most, stop - start)
        read = np.zeros((stop - start, 4, 6, 3), np.uint8)
        return read if isinstance(key, slice) else read[0]


def test_never_more_is_read_than_a_batch() -> None:
    array = Counting()
    source = opened(array)

    source.batch(4, 36)
    source.fingerprint()
    source.image(77)

    assert array.most == 32


def test_greys_need_no_channels() -> None:
    greys = IMAGES[..., 0]
    source = opened(greys, shape=(4, 6, 1))

    np.testing.assert_array_equal(source.batch(0, 2).images, greys[:2])
    np.testing.assert_array_equal(source.image(1), greys[1][..., None])


def test_a_mask_is_kept_for_the_one_who_records() -> None:
    masked = np.ma.masked_equal(IMAGES, 5)

    batch = opened(masked).batch(0, 2)

    assert isinstance(batch.images, np.ma.MaskedArray)
    assert batch.images.mask.sum() == 1


def test_arrays_of_any_axes_pass_where_no_image_is_known_to_be_taken() -> None:
    for array in (np.zeros((5, 9)), np.zeros((5, 9, 3)), np.zeros((5, 3, 4, 4, 1))):
        np.testing.assert_array_equal(opened(array, shape=None).batch(0, 2).images, array[:2])


def test_arrays_are_resized_only_if_asked() -> None:
    photographs = np.full((3, 8, 20, 3), 9, np.uint8)

    assert opened(photographs).batch(0, 3).images.shape == (3, 8, 20, 3)
    for resize in ("crop", "stretch"):
        source = opened(photographs, resize=resize)
        assert source.batch(0, 3).images.shape == (3, *SHAPE)
        assert source.image(2).shape == SHAPE
    with pytest.raises(ValueError, match="resize is 'crop', which takes images for one input"):
        opened({"a": photographs}, resize="crop")


# Several inputs


@pytest.mark.parametrize("nest", [tuple, list, lambda arrays: dict(zip("ab", arrays, strict=True))])
def test_several_inputs_are_read_side_by_side(nest: Any) -> None:
    arrays = nest([IMAGES, IMAGES.astype(np.float32) / 255])

    batch = opened(arrays, shape=None).batch(1, 3)

    assert type(batch.images) is type(arrays)
    read = batch.images.values() if isinstance(arrays, dict) else batch.images
    for part, dtype in zip(read, ("u1", "f4"), strict=True):
        assert part.shape == (2, *SHAPE)
        assert part.dtype == dtype


def test_of_several_inputs_the_image_is_shown() -> None:
    source = opened({"numbers": np.zeros((7, 5)), "image": IMAGES}, shape=None)

    np.testing.assert_array_equal(source.image(3), IMAGES[3])


def test_several_inputs_have_the_same_length() -> None:
    with pytest.raises(ValueError, match=r"7 in images\['a'\], 6 in images\['b'\]; give as many"):
        opened({"a": IMAGES, "b": IMAGES[1:]})


# What cannot be read


class Damaged(Counting):
    """An array of which one image cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.shape = (6, 4, 6, 3)

    def __getitem__(self, key: Any) -> Any:
        if 3 in ([key] if isinstance(key, int) else range(6)[key]):
            raise OSError("checksum differs")
        return super().__getitem__(key)


@pytest.mark.parametrize("resize", [None, "crop"])
def test_a_damaged_part_of_a_file_is_passed_over(resize: Any) -> None:
    source = opened(Damaged(), resize=resize)

    batch = source.batch(0, 6)

    assert batch.images.shape == (5, *SHAPE)
    assert batch.numbers.tolist() == [0, 1, 2, 4, 5]
    assert batch.unreadable == [(3, "3", "checksum differs (OSError)")]
    with pytest.raises(OSError, match="image 3 cannot be read: checksum differs"):
        source.image(3)
    assert source.fingerprint() == opened(Damaged(), resize=resize).fingerprint()


# What is no data set


def test_a_single_image_is_told_from_several() -> None:
    for image, shape in (
        (IMAGES[0], SHAPE),
        (IMAGES[0], (None, None, 3)),
        (IMAGES[0, ..., :1], (4, 6, 1)),
        (IMAGES[0, ..., 0], (4, 6, 1)),
        (tf.constant(IMAGES[0]), SHAPE),
    ):
        with pytest.raises(ValueError, match=r"one image; .* give .*\[None\]"):
            opened(image, shape=shape)
    # As many images as rows.
    assert opened(np.zeros((4, 4, 6)), shape=(4, 6, 1)).length == 4
    assert opened(np.zeros((4, 6, 3)), shape=(6, 3, 1)).length == 4


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((0, 4, 6, 3)), r"images has shape \(0, 4, 6, 3\): it holds no image"),
        (np.float32(3), r"images has shape \(\): it holds no image"),
        (IMAGES.astype(complex), "images holds complex128 values"),
        (np.full((2, 2), None), "images holds Python objects"),
        ((IMAGES, np.zeros(7, int)), r"give images\[0\], and the others as labels=images\[1\]"),
        ((IMAGES, np.zeros((7, 1), np.uint8)), r"labels=images\[1\]"),
    ],
)
def test_what_is_no_images_is_refused(images: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        opened(images)


# What tells a data set from others


def test_a_fingerprint_differs_with_what_is_read() -> None:
    base = opened(IMAGES).fingerprint()
    changed = IMAGES.copy()
    changed[3, 0, 0, 0] += 1

    assert base == opened(IMAGES.copy(), [0] * 7).fingerprint()
    others = [changed, IMAGES[:6], IMAGES.astype(np.int16), {"a": IMAGES}]
    found = [str(opened(other, shape=None).fingerprint()) for other in others]
    assert len({*found, str(base)}) == 5
