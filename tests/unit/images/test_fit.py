"""Any image becomes what the model takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from actwidget.images.fit import crop_note, fit_image

GENERATOR = np.random.default_rng(1)


def colours(height: int, width: int, channels: int = 3) -> np.ndarray:
    return GENERATOR.integers(256, size=(height, width, channels), dtype=np.uint8)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("channels", [1, 3, 7])
def test_a_frame_of_the_right_size_keeps_its_values(dtype: str, channels: int) -> None:
    frame = colours(6, 8, channels).astype(dtype)

    fitted = fit_image(frame, 6, 8, channels)

    assert fitted.dtype == dtype
    np.testing.assert_array_equal(fitted, frame)


@pytest.mark.parametrize("dtype", ["bool", "uint16", "int64", "float16", "float64"])
def test_numbers_that_are_no_bytes_become_floats_of_the_same_values(dtype: str) -> None:
    frame = colours(6, 8, 1).astype(dtype)

    fitted = fit_image(frame, 6, 8, 1)

    assert fitted.dtype == np.float32
    np.testing.assert_array_equal(fitted, frame.astype(np.float32))


@pytest.mark.parametrize(
    ("size", "wanted", "rows", "columns"),
    [
        ((48, 64), (48, 48), slice(0, 48), slice(8, 56)),
        ((64, 48), (48, 48), slice(8, 56), slice(0, 48)),
        ((48, 65), (48, 48), slice(0, 48), slice(8, 56)),
        ((40, 40), (20, 40), slice(10, 30), slice(0, 40)),
    ],
)
def test_the_middle_is_kept(
    size: tuple[int, int], wanted: tuple[int, int], rows: slice, columns: slice
) -> None:
    frame = colours(*size)

    np.testing.assert_array_equal(fit_image(frame, *wanted, 3), frame[rows, columns])


def test_stretched_nothing_is_cut_off() -> None:
    image = np.repeat(np.array([10, 20, 30, 40], np.uint8), 8)[None, :, None].repeat(16, axis=0)

    stretched = fit_image(image, 4, 4, 1, resize="stretch")

    assert stretched.shape == (4, 4, 1)
    np.testing.assert_allclose(stretched[0, :, 0], [10, 20, 30, 40], atol=2)
    np.testing.assert_allclose(fit_image(image, 4, 4, 1)[0, [0, -1], 0], [20, 30], atol=2)


def test_a_smaller_frame_holds_means_not_single_pixels() -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)

    fitted = fit_image(board, 8, 8, 1)

    assert np.abs(fitted.astype(int) - 128).max() <= 2


def test_a_frame_is_enlarged_without_steps() -> None:
    fitted = fit_image(np.array([[0.0, 1.0], [0.0, 1.0]]), 8, 8, 1)

    assert fitted.shape == (8, 8, 1)
    assert (np.diff(fitted[0, :, 0]) >= 0).all()
    assert len(np.unique(fitted[0, :, 0])) > 2


def test_floats_keep_their_range_in_every_channel() -> None:
    frame = np.stack([np.full((30, 40), value) for value in (-2.5, 1000.0, 0.125)], axis=-1)

    fitted = fit_image(frame, 10, 10, 3)

    assert fitted.dtype == np.float32
    np.testing.assert_allclose(fitted[4, 4], [-2.5, 1000, 0.125])


def test_grey_is_repeated_for_a_model_that_takes_colours() -> None:
    frame = colours(30, 30, 1)[..., 0]

    fitted = fit_image(frame, 10, 10, 3)

    assert fitted.shape == (10, 10, 3)
    np.testing.assert_array_equal(fitted[..., 0], fitted[..., 2])
    np.testing.assert_array_equal(fitted[..., :1], fit_image(frame, 10, 10, 1))


def test_colours_become_the_grey_that_pillow_makes_of_them() -> None:
    frame = colours(9, 9)

    fitted = fit_image(frame, 9, 9, 1)

    np.testing.assert_array_equal(fitted[..., 0], np.asarray(Image.fromarray(frame).convert("L")))
    as_floats = fit_image(frame / 255, 9, 9, 1)
    np.testing.assert_allclose(255 * as_floats, fitted, atol=1)


@pytest.mark.parametrize(
    ("pixel", "white"),
    [
        (np.array([200, 100, 0, 0], np.uint8), 255),
        (np.array([60000, 30000, 0, 0], np.uint16), 65535),
        (np.array([0.8, 0.4, 0, 0], np.float32), 1),
    ],
)
def test_what_is_transparent_is_white(pixel: np.ndarray, white: float) -> None:
    opaque = pixel.copy()
    opaque[3] = white
    frame = np.array([[pixel, opaque]])

    fitted = fit_image(frame, 1, 2, 3)

    np.testing.assert_array_equal(fitted[0, 0], [white] * 3)
    np.testing.assert_array_equal(fitted[0, 1], pixel[:3])


def test_half_transparent_is_half_white() -> None:
    frame = np.full((2, 2, 4), [200, 100, 0, 128], np.uint8)

    np.testing.assert_allclose(fit_image(frame, 2, 2, 3)[0, 0], [227, 177, 127], atol=1)


def test_not_a_number_stays_where_it_is() -> None:
    frame = np.full((4, 4), np.nan, np.float32)

    assert np.isnan(fit_image(frame, 2, 2, 1)).all()


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "F"])
def test_pictures_of_pillow_are_read_in_every_mode(mode: str) -> None:
    grey = Image.new("L", (40, 30), 255)
    image = grey.convert("RGB").convert("P") if mode == "P" else grey.convert(mode)

    fitted = fit_image(image, 10, 10, 3)

    assert fitted.shape == (10, 10, 3)
    assert (fitted >= 254).all()


def test_tensors_are_read() -> None:
    frame = colours(6, 8)

    np.testing.assert_array_equal(fit_image(tf.constant(frame), 6, 8, 3), frame)
    small = tf.constant([[0.5, 0.25]], tf.bfloat16)
    np.testing.assert_array_equal(fit_image(small, 1, 2, 1)[0, :, 0], [0.5, 0.25])


def test_a_batch_of_one_is_its_image() -> None:
    frame = colours(6, 8)

    np.testing.assert_array_equal(fit_image(frame[None], 6, 8, 3), frame)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (
            np.zeros(4),
            r"image 7 of photos has shape \(4,\); give arrays, tensors or PIL images",
        ),
        (np.zeros((2, 4, 4, 3)), r"has shape \(2, 4, 4, 3\)"),
        (np.zeros((0, 4)), r"has shape \(0, 4\)"),
        (np.array([[None, 1]]), "holds values of type object"),
        (np.zeros((4, 4), complex), "holds values of type complex128"),
        ([[1, 2], [3]], "is of type list, which cannot be read as an array"),
        ("clip.mp4", "is 'clip.mp4'"),
        (b"\x89PNG", "is b'"),
        (None, "is None"),
        (tf.keras.Input((4, 4, 3)), "is of type KerasTensor"),
        (np.zeros((4, 4, 2)), r"has shape \(4, 4, 2\), which is 2 channels; the model takes 1, 3"),
        (np.zeros((3, 8, 9)), r"9 channels; .* \(its first axis has to be its last\)"),
    ],
)
def test_what_is_no_image_is_refused(frame: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words) as caught:
        fit_image(frame, 4, 4, 3, what="image 7 of photos")

    assert str(caught.value).startswith("image 7 of photos ")


def test_other_numbers_of_channels_have_to_be_the_models() -> None:
    with pytest.raises(ValueError, match="which is 3 channels; the model takes 4"):
        fit_image(colours(4, 4), 4, 4, 4)
    assert fit_image(colours(8, 8, 4), 4, 4, 4).shape == (4, 4, 4)


@pytest.mark.parametrize(
    ("frame", "wanted", "note"),
    [
        ((480, 640), (224, 224), "cropped to 1 : 1"),
        ((480, 640), (48, 64), ""),
        ((224, 224), (224, 224), ""),
        ((480, 480), (90, 160), "cropped to 16 : 9"),
        ((480, 480), (200, 299), "cropped to 1.5 : 1"),
        ((480, 480), (299, 200), "cropped to 1 : 1.5"),
        # Rounding of proportions is no crop.
        ((479, 639), (48, 64), ""),
    ],
)
def test_the_caption_says_what_was_cut_off(
    frame: tuple[int, int], wanted: tuple[int, int], note: str
) -> None:
    assert crop_note(*frame, *wanted) == note
