"""The shipped example: a CNN that classifies five shapes, its untrained twin, and images.

Importing this module does not import Keras; building a model does.

Attributes
----------
CLASS_NAMES
    The classes, in the order of the network's outputs.
HELD_OUT_ACCURACY
    The share of held-out images (drawn from a seed not used in training) that the trained
    network classifies correctly, as measured by `actwidget.examples.train_shapes_cnn`.
REPORT
    All measurements, and the seeds, settings and versions of the training.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from actwidget.examples import shapes_cnn_architecture, shapes_cnn_files
from actwidget.examples.shapes import CLASS_NAMES

if TYPE_CHECKING:
    import keras

__all__ = [
    "CLASS_NAMES",
    "HELD_OUT_ACCURACY",
    "REPORT",
    "images",
    "labels",
    "model",
    "untrained_model",
]

REPORT: dict[str, Any] = json.loads(shapes_cnn_files.REPORT.read_text(encoding="utf-8"))
HELD_OUT_ACCURACY: float = REPORT["held_out"]["accuracy"]


def model() -> keras.Model:
    """Build the trained network.

    It takes ``(images, 48, 48, 1)``, 0 to 1, and returns ``(images, class)`` probabilities in the
    order of `CLASS_NAMES`. Each call builds a new network.

    Examples
    --------
    >>> from actwidget.examples import shapes_cnn
    >>> shapes_cnn.model().output_shape
    (None, 5)
    """
    return _network(shapes_cnn_files.TRAINED)


def untrained_model() -> keras.Model:
    """Build the untrained twin: the same layers, with the weights the training started from.

    Examples
    --------
    >>> from actwidget.examples import shapes_cnn
    >>> shapes_cnn.untrained_model().layers[1].name
    'conv1'
    """
    return _network(shapes_cnn_files.UNTRAINED)


def images() -> npt.NDArray[np.float32]:
    """Load twelve images the network was not trained on.

    Two of each class in the order of `CLASS_NAMES`, the first two that the generator draws from
    a seed of their own, so that none was picked for its looks or for the network's answer; then
    a blank image (one grey) and a noise image (each pixel uniform between black and white).

    Returns
    -------
    numpy.ndarray
        ``(images, 48, 48, 1)``, float32, 0 (black) to 1 (white).

    Examples
    --------
    >>> from actwidget.examples import shapes_cnn
    >>> shapes_cnn.images().shape
    (12, 48, 48, 1)
    """
    with np.load(shapes_cnn_files.SAMPLES, allow_pickle=False) as samples:
        levels: npt.NDArray[np.uint8] = samples["images"]
    return (levels / 255).astype(np.float32)


def labels() -> tuple[str, ...]:
    """Return what each of `images` shows: a class name, ``"blank"`` or ``"noise"``.

    Examples
    --------
    >>> from actwidget.examples import shapes_cnn
    >>> shapes_cnn.labels()[-3:]
    ('star', 'blank', 'noise')
    """
    with np.load(shapes_cnn_files.SAMPLES, allow_pickle=False) as samples:
        return tuple(str(name) for name in samples["labels"])


def _network(weights: Path) -> keras.Model:
    network = shapes_cnn_architecture.build(seed=REPORT["seeds"]["initial_weights"])
    shapes_cnn_files.load_weights(network, weights)
    return network
