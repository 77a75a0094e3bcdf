"""The code that the tests' notebooks begin with."""

from __future__ import annotations

SHAPES = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from actwidget import ActivationWidget
from actwidget.examples import shapes_cnn
w = ActivationWidget(shapes_cnn.model(), shapes_cnn.images())
w
"""

CAMERA = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
from actwidget import ActivationWidget
from actwidget.examples import shapes_cnn
w = ActivationWidget(shapes_cnn.model(), live="camera", preprocess=lambda images: images / 255,
                     class_names=shapes_cnn.CLASS_NAMES, layer="conv1")
w
"""

# Maps that have to be reduced four by four for the overview, and their half.
LARGE = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy
from actwidget import ActivationWidget
keras.utils.set_random_seed(3)
image = numpy.random.default_rng(3).normal(size=(224, 224, 3)).astype("float32")
inputs = keras.Input((224, 224, 3))
maps = keras.layers.Conv2D(64, 3, padding="same", name="large")(inputs)
maps = keras.layers.MaxPooling2D(2, name="middling")(maps)
maps = keras.layers.Conv2D(16, 3, strides=7, name="small")(maps)
w = ActivationWidget(keras.Model(inputs, maps), image)
w
"""

# Made by hand: opens in no time, as it needs no TensorFlow.
BY_HAND = """
import numpy as np
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

random = np.random.default_rng(5)

def entry(path, height, width, channels, kind="maps"):
    maps = random.normal(size=(1, height, width, channels)).astype("float32")
    return LayerMaps(path, "Conv2D", None, kind, maps)

def recording(*entries):
    pixels = random.uniform(size=(1, 32, 32, 3)).astype("float32")
    return Recording(entries, model_name="by hand", inputs=pixels, images=pixels)
"""

# The same wherever it is run, so that a test knows the numbers of a page that has no kernel.
TWO_IMAGES = """
import numpy as np
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

random = np.random.default_rng(7)

def entry(path, height, width, channels):
    maps = random.normal(size=(2, height, width, channels)).astype("float32")
    return LayerMaps(path, "Conv2D", None, "maps", maps)

pixels = random.uniform(size=(2, 32, 32, 3)).astype("float32")
entries = [entry("first", 12, 12, 16), entry("second", 6, 6, 32), entry("third", 5, 5, 4)]
made = Recording(entries, model_name="by hand", inputs=pixels, images=pixels)
"""
