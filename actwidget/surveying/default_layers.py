"""Which layers a survey looks at: those after the non-linearities."""

from __future__ import annotations

from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.keras_classes import computes_as
from actwidget.recording.recording import Recording

NON_LINEAR = {
    *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Softmax"),
    *("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"),
    *("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    *("Add", "Multiply", "Maximum", "Minimum"),
}
"""Keras's layers that are non-linear, or join what others computed."""


def default_paths(recording: Recording, recorded: RecordedModel) -> list[str]:
    """Return the paths of layers with an activation, of Keras's non-linear ones, and of the last.

    Layers of a user's own class are taken as well, as they may compute anything. If that is none
    but the last, it is all.
    """
    nodes = {each.path: node for (node, _, _), each in recorded.arrangements.items()}
    outputs = {entry.path for entry in recording.outputs}
    chosen = []
    for path in recording.layers:
        entry, kinds = recording[path], computes_as(nodes[path].layer) if path in nodes else set()
        if entry.activation or not kinds or kinds & NON_LINEAR or path in outputs:
            chosen.append(path)
    found = len(chosen) > len(outputs & set(chosen))
    return chosen if found else list(recording.layers)
