"""Look inside a convolutional network: every layer's activations in a Jupyter notebook."""

from __future__ import annotations

from importlib.metadata import version

from actwidget.attribution.gradients import Gradients
from actwidget.capture.errors import RecordingInterrupted, ScratchFullError
from actwidget.capture.record import record, recording_cost
from actwidget.export.to_html import to_html
from actwidget.numerics.colormaps import BLUE_WHITE_RED, VIRIDIS
from actwidget.numerics.normalization import Affine, Normalization
from actwidget.recording.recording import Recording
from actwidget.widget import ActivationWidget

__version__ = version("actwidget")
__all__ = [
    "BLUE_WHITE_RED",
    "VIRIDIS",
    "ActivationWidget",
    "Affine",
    "Gradients",
    "Normalization",
    "Recording",
    "RecordingInterrupted",
    "ScratchFullError",
    "record",
    "recording_cost",
    "to_html",
]
