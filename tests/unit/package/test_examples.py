"""The shipped example: what it is made of, how well it does, and that it can be made again."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import ArrayLike

from actwidget.examples import shapes_cnn, shapes_cnn_architecture, shapes_cnn_files
from actwidget.examples.shapes import draw_shapes

# A seed that neither the training nor the measured accuracy used.
FRESH_SEED = 20_000


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    return shapes_cnn.model()


@pytest.fixture(scope="module")
def untrained() -> keras.Model:
    return shapes_cnn.untrained_model()


def accuracy(network: keras.Model, images: np.ndarray, labels: ArrayLike) -> float:
    return (network.predict(images, verbose=0).argmax(axis=1) == labels).mean()


# The generator


def test_drawn_images_are_grey_levels_with_labels() -> None:
    images, labels = draw_shapes(200, seed=FRESH_SEED)

    assert images.shape == (200, 48, 48, 1)
    assert images.dtype == np.float32
    assert labels.shape == (200,)
    assert labels.dtype == np.int64
    assert images.min() >= 0
    assert images.max() <= 1
    assert set(labels) == set(range(len(shapes_cnn.CLASS_NAMES)))


def test_one_seed_draws_the_same_images_and_another_seed_others() -> None:
    images, labels = draw_shapes(20, seed=FRESH_SEED)
    again, labels_again = draw_shapes(20, seed=FRESH_SEED)
    others, _ = draw_shapes(20, seed=FRESH_SEED + 1)

    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(labels, labels_again)
    assert not np.array_equal(images, others)


def test_a_longer_draw_begins_with_the_shorter_one() -> None:
    images, labels = draw_shapes(5, seed=FRESH_SEED)
    more_images, more_labels = draw_shapes(9, seed=FRESH_SEED)

    np.testing.assert_array_equal(images, more_images[:5])
    np.testing.assert_array_equal(labels, more_labels[:5])


def test_drawing_no_image_is_refused() -> None:
    with pytest.raises(ValueError, match="count is 0; draw_shapes draws 1 image or more"):
        draw_shapes(0, seed=1)


# The sample images


def test_samples_are_two_of_each_class_a_blank_and_noise() -> None:
    images = shapes_cnn.images()

    assert images.shape == (12, 48, 48, 1)
    assert images.dtype == np.float32
    assert 0 <= images.min() < images.max() <= 1
    pairs = [name for name in shapes_cnn.CLASS_NAMES for _ in range(2)]
    assert shapes_cnn.labels() == (*pairs, "blank", "noise")


def test_the_shapes_among_the_samples_are_the_first_drawn_from_their_seed() -> None:
    drawn, labels = draw_shapes(100, seed=shapes_cnn.REPORT["seeds"]["samples"])
    firsts = np.concatenate([np.flatnonzero(labels == label)[:2] for label in range(5)])

    # Another Pillow may draw an edge a little differently.
    difference = np.abs(shapes_cnn.images()[:10] - drawn[firsts]).mean()

    assert difference < 0.005


def test_the_blank_has_one_grey_and_the_noise_has_all() -> None:
    blank, noise = shapes_cnn.images()[-2:]

    assert np.ptp(blank) == 0
    assert np.ptp(noise) > 0.95
    neighbours = np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]
    assert abs(neighbours) < 0.1


def test_the_network_names_most_sample_shapes(trained: keras.Model) -> None:
    labels = [shapes_cnn.CLASS_NAMES.index(name) for name in shapes_cnn.labels()[:10]]

    assert accuracy(trained, shapes_cnn.images()[:10], labels) >= 0.8


# The network


def test_convolution_and_relu_are_layers_of_their_own(trained: keras.Model) -> None:
    assert [layer.name for layer in trained.layers] == [
        *("centre", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2"),
        *("conv3", "relu3", "pool3", "conv4", "relu4", "average", "logits", "softmax"),
    ]
    assert trained.input_shape == (None, 48, 48, 1)
    assert trained.output_shape == (None, 5)


def test_accuracy_on_fresh_images_is_the_reported_one(trained: keras.Model) -> None:
    images, labels = draw_shapes(600, seed=FRESH_SEED)

    assert shapes_cnn.HELD_OUT_ACCURACY > 0.95
    assert accuracy(trained, images, labels) == pytest.approx(
        shapes_cnn.HELD_OUT_ACCURACY, abs=0.02
    )


def test_the_reported_accuracy_was_measured_on_images_not_trained_on() -> None:
    report = shapes_cnn.REPORT

    seeds = [report["seeds"][name] for name in ("training", "held_out", "samples")]
    assert len(set(seeds)) == 3
    assert report["held_out"]["images"] >= 2_000
    assert tuple(report["held_out"]["accuracy_by_class"]) == shapes_cnn.CLASS_NAMES


def test_hardly_any_channel_is_dead(trained: keras.Model) -> None:
    images, _ = draw_shapes(300, seed=FRESH_SEED)
    relus = [layer for layer in trained.layers if layer.name.startswith("relu")]
    maps = keras.Model(trained.inputs[0], [layer.output for layer in relus]).predict(
        images, verbose=0
    )

    dead = [int((values.max(axis=(0, 1, 2)) <= 0).sum()) for values in maps]

    assert dead[:3] == [0, 0, 0]
    assert dead[3] <= 5


def test_most_first_layer_filters_answer_edges_and_not_brightness(trained: keras.Model) -> None:
    kernels = trained.get_layer("conv1").get_weights()[0][:, :, 0, :]

    # A filter whose weights sum to nothing answers 0 to an even grey.
    left_over = np.abs(kernels.sum(axis=(0, 1))) / np.abs(kernels).sum(axis=(0, 1))

    assert (left_over < 0.15).sum() >= 12


# The untrained twin


def test_the_twin_has_the_same_layers_and_other_weights(
    trained: keras.Model, untrained: keras.Model
) -> None:
    assert untrained.get_config() == trained.get_config()
    for layer in trained.layers:
        for kernel, twin_kernel in zip(
            layer.get_weights(), untrained.get_layer(layer.name).get_weights(), strict=True
        ):
            assert kernel.shape == twin_kernel.shape
            assert not np.allclose(kernel, twin_kernel)


def test_the_twin_is_near_chance(untrained: keras.Model) -> None:
    images, labels = draw_shapes(600, seed=FRESH_SEED)

    assert accuracy(untrained, images, labels) < 0.35


def test_the_twin_is_the_start_that_the_seed_gives(untrained: keras.Model) -> None:
    start = shapes_cnn_architecture.build(seed=shapes_cnn.REPORT["seeds"]["initial_weights"])

    for weights, again in zip(untrained.get_weights(), start.get_weights(), strict=True):
        np.testing.assert_allclose(weights, again, rtol=1e-5, atol=1e-7)


# The shipped files


def test_the_shipped_files_are_small() -> None:
    folder = shapes_cnn_files.REPORT.parent

    assert sum(path.stat().st_size for path in folder.iterdir()) <= 500_000


def test_weights_come_back_from_their_file_exactly(
    trained: keras.Model, untrained: keras.Model, tmp_path: Path
) -> None:
    shapes_cnn_files.save_weights(trained, tmp_path / "weights.npz")
    other = keras.models.clone_model(untrained)
    shapes_cnn_files.load_weights(other, tmp_path / "weights.npz")

    for weights, again in zip(trained.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, again)


def test_importing_the_example_imports_no_tensorflow() -> None:
    program = (
        "import sys; from actwidget.examples import shapes_cnn; shapes_cnn.images(); "
        "print(sorted({'tensorflow', 'keras'} & set(sys.modules)))"
    )

    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert finished.stdout.strip() == "[]"
