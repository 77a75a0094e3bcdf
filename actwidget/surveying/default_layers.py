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

    Layers of a user's own class are taken as well, as they may compute anything. If none of these
    is there, it is all layers.
    """
    nodes = {each.path: node for (node, _, _), each in recorded.arrangements.items()}
    outputs = {entry.path for entry in recording.outputs}
    chosen, are_linear = [], True
    for path in recording.layers:
        entry, kinds = recording[path], computes_as(nodes[path].layer) if path in nodes else set()
        is_linear = not (entry.activation or not kinds or kinds & NON_LINEAR)
        are_linear &= is_linear
        if not is_linear or path in outputs:
            chosen.append(path)
    return list(recording.layers) if are_linear else chosen
