"""What a survey looks at: layers, and how their outputs are arranged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from actwidget.capture.arrangement import Arrangement
from actwidget.capture.record import record
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.keras_classes import computes_as
from actwidget.numerics.float_buckets import least_exponent
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.surveying.default_layers import default_paths
from actwidget.surveys.layer import SurveyedLayer
from actwidget.surveys.of_recording import described_layers
from actwidget.utils.progress import without_progress

MOST_OFFSET = 4.0
"""How many standard deviations a mean may be from 0 for squares to be summed as they are: then
their sum has two digits less than the numbers, of some seven, and averages over the images."""


@dataclass(frozen=True)
class Hints:
    """What is known of a layer's numbers.

    Attributes
    ----------
    is_non_negative : bool
        Whether they are 0 or more, whatever the image.
    is_centred : bool
        Whether means are so near 0, on one image, that squares can be summed as they are.
    """

    is_non_negative: bool
    is_centred: bool


@dataclass(frozen=True, eq=False)
class SurveyPlan:
    """The layers of a survey, taken from the recording of one image.

    Attributes
    ----------
    recorded : RecordedModel
    layers : list of SurveyedLayer
        In execution order.
    least_exponents : dict of str to int
        Where the buckets of each layer's histogram begin.
    hints : dict of str to Hints
    not_shown : dict of str to str
        Layers that are left out, and why.
    reference : Recording
        Of that image.
    image : object
        That image, as `record` takes it.
    """

    recorded: RecordedModel
    layers: list[SurveyedLayer]
    least_exponents: Mapping[str, int]
    hints: Mapping[str, Hints]
    not_shown: dict[str, str]
    reference: Recording
    image: Any

    @cached_property
    def paths(self) -> list[str]:
        """The layers' paths."""
        return [layer.path for layer in self.layers]

    @cached_property
    def channels(self) -> int:
        """How many channels all layers have together."""
        return sum(layer.channels for layer in self.layers)

    @cached_property
    def arrangements(self) -> dict[str, Arrangement]:
        """How each layer's output is arranged."""
        return {each.path: each for each in self.recorded.arrangements.values()}


def make_plan(model: Any, image: Any, *, layers: Any, **options: Any) -> SurveyPlan:
    """Record one image and plan a survey.

    Parameters
    ----------
    model : Keras model
    image
        One image, as `record` takes it.
    layers
        As `record` takes it; None: those after the non-linearities.
    **options
        Those of `record`.
    """
    with without_progress():
        reference = record(model, image, layers=layers, **options)
    recorded: Any = reference.recorded_model
    paths = default_paths(reference, recorded) if layers is None else list(reference.layers)
    arranged = {each.path for each in recorded.arrangements.values()}
    entries = [reference[path] for path in paths if path in arranged]
    not_shown = dict(reference.not_shown)
    for path in reference.layers:
        if path not in paths:
            not_shown[path] = 'comes before a non-linearity; layers="all" surveys it'
    least = {}
    for entry in entries:
        known = entry.summary
        least[entry.path] = least_exponent(max(-known.minimum, known.maximum))
    nodes = {each.path: node for (node, _, _), each in recorded.arrangements.items()}
    hints = {entry.path: _hints(entry, nodes[entry.path].layer) for entry in entries}
    described = described_layers(reference, entries)
    if layers is not None and any(each.windows is None for each in described):
        # What a unit sees follows from all layers before it, also from those that are left out.
        with without_progress():
            complete = record(model, image, **options)
        described = described_layers(reference, entries, complete)
        complete.close()
    return SurveyPlan(recorded, described, least, hints, not_shown, reference, image)


def _hints(entry: LayerMaps, layer: Any) -> Hints:
    known = entry.statistics
    offset, spread = np.abs(known.mean), known.standard_deviation
    is_rectified = "ReLU" in computes_as(layer) and not getattr(layer, "negative_slope", 1)
    return Hints(
        is_non_negative=entry.activation in ("relu", "relu6") or is_rectified,
        is_centred=bool((offset <= MOST_OFFSET * spread).all()),
    )
