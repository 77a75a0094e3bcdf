"""Recordings made of random numbers: layers as large, as many and of as many images as wanted."""

from __future__ import annotations

SETUP = """
import numpy as np, time
from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
random = np.random.default_rng(1)

def maps(images, height, width, channels):
    found = random.normal(size=(images, height, width, channels), scale=2).astype("float32")
    return np.maximum(found, 0, out=found)

def recording_of(arrays, images=1):
    pixels = random.uniform(size=(images, 32, 32, 3)).astype("float32")
    entries = [LayerMaps(path, "Conv2D", "relu", "maps", array) for path, array in arrays.items()]
    return Recording(entries, model_name="by hand", inputs=pixels, images=pixels)
"""
