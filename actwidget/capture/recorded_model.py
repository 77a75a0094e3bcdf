"""The model that a recording is of, for whatever is to be computed of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from actwidget.capture.arrangement import Arrangement, CallKey
from actwidget.capture.inputs.model_inputs import ModelInputs
from actwidget.model.layer_tree import LayerTree
from actwidget.model.protocols import KerasModel
from actwidget.recording.recording import Recording


@dataclass(frozen=True, eq=False)
class RecordedModel:
    """A model, what it was called with, and where its outputs are in the recording.

    Attributes
    ----------
    tree : LayerTree
        Of its layers.
    inputs : ModelInputs
        What it was called with.
    arrangements : dict of CallKey to Arrangement
        The outputs that are entries, in execution order.
    fed_by_entries : frozenset of str
        The paths of the entries whose ``inputs`` are what their layers were called with; before
        others a layer ran that is no entry.
    record : callable
        Records the model on other images, with the same options.
    prepare : callable
        Converts other images to what the model is called with, with the same options.
    """

    tree: LayerTree
    inputs: ModelInputs
    arrangements: dict[CallKey, Arrangement]
    fed_by_entries: frozenset[str]
    record: Callable[[Any], Recording]
    prepare: Callable[[Any], ModelInputs]

    @property
    def model(self) -> KerasModel:
        """The model itself."""
        return self.tree.model
