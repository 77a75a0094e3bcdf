"""The layers of the shapes CNN, untrained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actwidget.examples.quiet_start import quiet_start
from actwidget.examples.shapes import CLASS_NAMES, SIDE

if TYPE_CHECKING:
    import keras


def build(*, seed: int) -> keras.Model:
    """Build the network with weights drawn from a seed.

    Four convolutions, each followed by its ReLU as a separate layer, so that a filter's
    response and what is passed on can be compared. Convolutions are not padded: zero padding
    draws a frame around every map of a grey image. The deepest convolution has a receptive
    field of 40 x 40 pixels.

    Parameters
    ----------
    seed
        The seed of the initial weights; the same seed gives the same weights.

    Returns
    -------
    keras.Model
        Takes ``(images, 48, 48, 1)``, 0 to 1, and returns ``(images, class)`` probabilities in
        the order of `CLASS_NAMES`.
    """
    with quiet_start():
        import keras

        # TensorFlow looks for devices at its first operation, and says what it found.
        keras.ops.zeros(1)

    def convolution(channels: int, side: int, name: str) -> keras.layers.Layer:
        return keras.layers.Conv2D(
            channels,
            side,
            # Each layer needs its own seed, or layers of one shape would start alike.
            kernel_initializer=keras.initializers.HeNormal(seed=seed + int(name[-1])),
            name=name,
        )

    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1), name="image"),
            # Mid-grey becomes 0, or a filter for dark patterns could never pass its ReLU.
            keras.layers.Rescaling(2.0, offset=-1.0, name="centre"),
            convolution(16, 5, "conv1"),
            keras.layers.ReLU(name="relu1"),
            keras.layers.MaxPooling2D(name="pool1"),
            convolution(24, 3, "conv2"),
            keras.layers.ReLU(name="relu2"),
            keras.layers.MaxPooling2D(name="pool2"),
            convolution(32, 3, "conv3"),
            keras.layers.ReLU(name="relu3"),
            keras.layers.MaxPooling2D(name="pool3"),
            convolution(40, 3, "conv4"),
            keras.layers.ReLU(name="relu4"),
            keras.layers.GlobalAveragePooling2D(name="average"),
            keras.layers.Dense(
                len(CLASS_NAMES),
                kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
                name="logits",
            ),
            keras.layers.Softmax(name="softmax"),
        ],
        name="shapes_cnn",
    )
