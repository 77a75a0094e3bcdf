from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from actwidget.capture.inputs.input_layout import InputLayout, arrange, permute_axes
from actwidget.capture.inputs.pixels import image_to_array
from actwidget.numerics.thumbnail import NAN_COLOUR, display_image

DIGITS = InputLayout("digits_cnn", "NHWC", (28, 30, 1))
PHOTOGRAPHS = InputLayout("vgg", "NHWC", (32, 48, 3))
FACES = InputLayout("faces", "NCHW", (1, 112, 92))
COLOUR_FIRST = InputLayout("first", "NCHW", (3, None, None))
ANY_SIZE = InputLayout("any_size", "NHWC", (None, None, 1))
UNBUILT = InputLayout("unbuilt", "NHWC", None)


def numbers(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype="f4").reshape(shape)


@pytest.mark.parametrize(
    ("form", "shape", "arranged", "order"),
    [
        (DIGITS, (28, 30, 1), (1, 28, 30, 1), "HWC"),
        (DIGITS, (5, 28, 30, 1), (5, 28, 30, 1), "NHWC"),
        (DIGITS, (28, 30), (1, 28, 30, 1), "HW"),
        (DIGITS, (5, 28, 30), (5, 28, 30, 1), "NHW"),
        (PHOTOGRAPHS, (32, 48, 3), (1, 32, 48, 3), "HWC"),
        (FACES, (112, 92), (1, 112, 92, 1), "HW"),
        (FACES, (112, 92, 1), (1, 112, 92, 1), "HWC"),
        (FACES, (1, 112, 92), (1, 112, 92, 1), "CHW"),
        (FACES, (4, 112, 92), (4, 112, 92, 1), "NHW"),
        (FACES, (4, 1, 112, 92), (4, 112, 92, 1), "NCHW"),
        (FACES, (4, 112, 92, 1), (4, 112, 92, 1), "NHWC"),
        (COLOUR_FIRST, (3, 20, 30), (1, 20, 30, 3), "CHW"),
        (COLOUR_FIRST, (20, 30, 3), (1, 20, 30, 3), "HWC"),
        (ANY_SIZE, (28, 30, 1), (1, 28, 30, 1), "HWC"),
        (ANY_SIZE, (28, 30), (1, 28, 30, 1), "HW"),
        (UNBUILT, (28, 30, 3), (1, 28, 30, 3), "HWC"),
        (UNBUILT, (28, 30), (1, 28, 30, 1), "HW"),
        (InputLayout("rows", "NHW", (28, 30)), (28, 30), (1, 28, 30, 1), "HW"),
        (InputLayout("rows", "NHW", (28, 30)), (2, 28, 30), (2, 28, 30, 1), "NHW"),
        (InputLayout("rows", "NHW", (28, 30)), (28, 30, 1), (1, 28, 30, 1), "HWC"),
        (InputLayout("vector", "NW", (784,)), (784,), (1, 1, 784, 1), "W"),
        (InputLayout("unbuilt", "NCHW", None), (3, 20, 30), (1, 20, 30, 3), "CHW"),
    ],
)
def test_an_image_that_fits_in_one_way_is_taken(
    form: InputLayout, shape: tuple[int, ...], arranged: tuple[int, ...], order: str
) -> None:
    image = numbers(*shape)
    result = arrange(image, form)
    assert result.shape == arranged
    np.testing.assert_array_equal(result, permute_axes(image, order, "NHWC"))


def test_rearranging_moves_values_with_their_axes() -> None:
    image = numbers(2, 3, 4, 5)
    moved = permute_axes(image, "NHWC", "NCHW")
    assert moved.shape == (2, 5, 3, 4)
    assert moved[1, 4, 2, 3] == image[1, 2, 3, 4]
    np.testing.assert_array_equal(permute_axes(moved, "NCHW", "NHWC"), image)


@pytest.mark.parametrize("shape", [(3, 20, 3), (3, 3, 3)])
def test_an_image_that_fits_in_several_ways_is_not_guessed_at(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"read as \(height, width, channels\) or \(channels, he"):
        arrange(numbers(*shape), COLOUR_FIRST)


@pytest.mark.parametrize(
    ("form", "shape", "message"),
    [
        (
            DIGITS,
            (32, 30, 1),
            r"image has shape \(32, 30, 1\); digits_cnn takes \(28, 30, 1\): resize it to 28 × 30 "
            r"pixels: keras.ops.image.resize\(image, \(28, 30\)\)",
        ),
        (DIGITS, (28, 31, 1), "resize it to 28 × 30"),
        (DIGITS, (28, 30, 3), r"make it grey: image.mean\(-1, keepdims=True\)"),
        (DIGITS, (30, 28), "resize it to 28 × 30"),
        (PHOTOGRAPHS, (32, 48), r"make it coloured: np.stack\(\[image\] \* 3, -1\)"),
        (PHOTOGRAPHS, (32, 48, 1), r"make it coloured: np.repeat\(image, 3, -1\)"),
        (PHOTOGRAPHS, (32, 48, 4), r"leave the transparency out: image\[..., :3\]"),
        (PHOTOGRAPHS, (32, 48, 7), "give 3 channels instead of 7"),
        (PHOTOGRAPHS, (480, 640, 4), r"resize .* and leave the transparency out"),
        (PHOTOGRAPHS, (3, 32, 48), r"np.moveaxis\(image, 0, -1\)"),
        (PHOTOGRAPHS, (2, 3, 32, 48), r"np.moveaxis\(image, 1, -1\)"),
        (PHOTOGRAPHS, (2, 2, 32, 48, 3), r"give \(height, width, channels\)"),
        (PHOTOGRAPHS, (5,), r"give \(height, width, channels\)"),
        (FACES, (112, 93), r"faces takes \(1, 112, 92\), channels first: resize it to 112 × 92"),
        (ANY_SIZE, (28, 30, 3), r"any_size takes \(any, any, 1\): make it grey"),
        (
            DIGITS,
            (5, 32, 32),
            r"several images: keras.ops.image.resize\(image\[..., None\], \(28, 30",
        ),
        (DIGITS, (5, 840), r"np.reshape\(image, \(-1, 28, 30, 1\)\)"),
        (ANY_SIZE, (5, 28, 30), r"if these are several images: image\[..., None\]"),
        (InputLayout("vector", "NW", (784,)), (28, 28), r"takes \(784,\): flatten"),
        (InputLayout("vector", "NW", (784,)), (30, 28), r"give 784 numbers for each image"),
    ],
)
def test_an_image_that_does_not_fit_is_refused_with_the_way_out(
    form: InputLayout, shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        arrange(numbers(*shape), form)


def test_pixels_come_from_whatever_holds_an_image() -> None:
    import tensorflow as tf

    values = numbers(4, 5, 3).astype(np.uint8)
    for image in (
        values,
        PIL.Image.fromarray(values),
        tf.constant(values),
        tf.Variable(values),
        values.tolist(),
        list(values),
    ):
        np.testing.assert_array_equal(image_to_array(image), values)
    assert image_to_array(PIL.Image.fromarray(values)).dtype == np.uint8
    half = tf.cast(tf.constant(values), tf.bfloat16)
    assert image_to_array(half).dtype == np.float32


def test_a_list_of_images_is_a_batch() -> None:
    values = numbers(4, 5, 3).astype(np.uint8)
    batch = image_to_array([PIL.Image.fromarray(values), values])
    assert batch.shape == (2, 4, 5, 3)
    with pytest.raises(ValueError, match="images of different shapes"):
        image_to_array([values, values[:3]])


def test_a_palette_is_replaced_by_its_colours() -> None:
    red = PIL.Image.new("RGB", (3, 2), (255, 0, 0)).convert("P")
    np.testing.assert_array_equal(image_to_array(red)[0, 0], [255, 0, 0])
    assert image_to_array(PIL.Image.new("1", (3, 2), 1)).max() == 255


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        ("cat.png", TypeError, r"text \('cat.png'\) instead of pixels, and there is no such file"),
        (Path("cat.png"), TypeError, "there is no such file here"),
        ("https://example.org/cat.png", TypeError, "download it"),
        (b"cat", TypeError, "3 bytes instead of pixels"),
        (["a.png", "b.png"], TypeError, r"image holds 2 texts \('a.png' first\)"),
        (np.array(["a.png"]), TypeError, "image is text"),
        (np.array([None, 1]), TypeError, "holds Python objects"),
        (None, TypeError, "image is of type NoneType; give a NumPy array"),
        (np.ndarray, TypeError, "the class ndarray"),
        ({"image": 1}, TypeError, "of type dict"),
        (np.zeros((2, 2, 1), complex), TypeError, "complex128"),
        ([[1, 2], [3]], ValueError, "ragged list"),
        ([], ValueError, r"shape \(0,\): there is no image in it"),
        (np.zeros((0, 28, 28, 1)), ValueError, r"shape \(0, 28, 28, 1\): there is no image in it"),
    ],
)
def test_what_is_no_image_is_refused(image: object, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        image_to_array(image)


def test_symbolic_and_ragged_tensors_are_refused() -> None:
    import keras
    import tensorflow as tf

    with pytest.raises(TypeError, match="KerasTensor, which holds no numbers yet"):
        image_to_array(keras.Input((4, 4, 1)))
    with pytest.raises(TypeError, match=r"RaggedTensor: give image.to_tensor\(\)"):
        image_to_array(tf.ragged.constant([[1], [2, 3]]))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (np.array([0, 7, 255], np.uint8), [0, 7, 255]),
        (np.array([0, 0.5, 1]), [0, 128, 255]),
        (np.array([0, 16, 200.0]), [0, 16, 200]),
        (np.array([0, 7, 255], np.int64), [0, 7, 255]),
        (np.array([-1, 0, 1.0]), [0, 128, 255]),
        (np.array([0, 1, 65535], np.uint16), [0, 0, 255]),
        (np.array([-5, -5, -5.0]), [128, 128, 128]),
        (np.array([False, True, True]), [0, 255, 255]),
        (np.array([0, 0.5, 1], np.float16), [0, 128, 255]),
    ],
)
def test_the_eye_sees_a_value_range_that_fits(values: np.ndarray, shown: list[int]) -> None:
    colours = display_image(values.reshape(1, 3, 1))
    assert colours.dtype == np.uint8
    np.testing.assert_array_equal(colours, np.repeat(shown, 3).reshape(1, 3, 3))


def test_channels_become_colours() -> None:
    image = numbers(2, 3, 3).astype(np.uint8)
    np.testing.assert_array_equal(display_image(image), image)
    two = np.array([[[10, 30]]], np.uint8)
    np.testing.assert_array_equal(display_image(two), [[[20, 20, 20]]])
    clear = np.array([[[10, 20, 30, 0], [10, 20, 30, 255]]], np.uint8)
    np.testing.assert_array_equal(display_image(clear), [[[255, 255, 255], [10, 20, 30]]])


def test_pixels_that_are_not_finite_are_magenta() -> None:
    image = np.array([[[0.0], [np.nan], [1.0], [np.inf]]])
    colours = display_image(image)
    np.testing.assert_array_equal(colours[0], [[0] * 3, NAN_COLOUR, [255] * 3, NAN_COLOUR])
    assert (display_image(np.full((2, 2, 3), np.nan)) == NAN_COLOUR).all()


def test_the_result_may_be_written_to_without_changing_the_image() -> None:
    image = numbers(2, 3, 3).astype(np.uint8)
    display_image(image)[:] = 9
    assert image[0, 0, 0] == 0
