"""The operations between a model's layers and a target."""

from __future__ import annotations

import sys

from actwidget.attribution.dependence.jax import JaxTracer
from actwidget.attribution.dependence.tensorflow import TensorFlowTracer
from actwidget.attribution.dependence.torch import TorchTracer
from actwidget.attribution.dependence.tracer import Trace, Tracer
from actwidget.attribution.target_pass import TargetPass, Wanted
from actwidget.capture.recorded_model import RecordedModel
from actwidget.model.backend import is_on_tensorflow
from actwidget.model.protocols import KerasModel


def traced(recorded: RecordedModel, wanted: Wanted) -> Trace | None:
    """Run a model once more and return what it does; None where that cannot be told."""
    tracer = _tracer(recorded.model)
    again = TargetPass(recorded, wanted, progress="finding what blocks gradients", tracer=tracer)
    try:
        return tracer.trace(again.run, again.inputs, again.shapes)
    except Exception:
        # The gradients are there; of what is blocked a more general reason is given. What notes
        # operations has no public name, and a model may do what cannot be traced.
        return None


def _tracer(model: KerasModel) -> Tracer:
    if is_on_tensorflow(model):
        return TensorFlowTracer()
    return JaxTracer() if sys.modules["keras"].backend.backend() == "jax" else TorchTracer()
