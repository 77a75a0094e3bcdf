"""Look inside a convolutional network: every layer's activations in a Jupyter notebook."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from actwidget.recording import Recording
from actwidget.widget import ActivationWidget

__version__ = version("actwidget")
__all__ = ["ActivationWidget", "Recording", "record"]


def __getattr__(name: str) -> Any:
    # The recorder alone knows Keras, which is imported when a model is recorded.
    if name == "record":
        from actwidget.recorder import record

        return record
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
