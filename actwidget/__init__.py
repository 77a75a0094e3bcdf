"""Look inside a convolutional network: every layer's activations in a Jupyter notebook."""

from __future__ import annotations

from importlib.metadata import version

from actwidget.normalization import Affine, Normalization
from actwidget.recorder import record
from actwidget.recording import Recording
from actwidget.to_html import to_html
from actwidget.widget import ActivationWidget

__version__ = version("actwidget")
__all__ = ["ActivationWidget", "Affine", "Normalization", "Recording", "record", "to_html"]
