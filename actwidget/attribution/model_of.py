"""The model of a recording."""

from __future__ import annotations

from actwidget.capture.recorded_model import RecordedModel
from actwidget.recording.recording import Recording


def recorded_model(recording: Recording) -> RecordedModel:
    """Return the model of a recording; raises RuntimeError if it has none."""
    recorded = recording.recorded_model
    assert isinstance(recorded, RecordedModel)
    return recorded
