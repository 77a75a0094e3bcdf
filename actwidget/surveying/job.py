"""What is the same for all parts of a survey."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from actwidget.model.validation import check_model, looks_like_model
from actwidget.surveying.checkpoint import model_digest
from actwidget.surveying.plan import SurveyPlan, make_plan
from actwidget.surveying.runner import OnUnreadable, SurveyRunner
from actwidget.surveying.sources.source import ImageSource
from actwidget.surveys.arrays import StateArrays, Strips
from actwidget.surveys.reduced import StatisticsOf
from actwidget.surveys.state import NO_IMAGE, SurveyState
from actwidget.surveys.survey import Survey

PART = 1024
"""About how many images make a part: its state is merged, and kept in a checkpoint."""


@dataclass(frozen=True, eq=False)
class SurveyJob:
    """What is the same for all parts of a survey; the parameters are those of `survey`."""

    model: Any
    layers: Any
    record_options: dict[str, Any]
    top: int
    batch_size: int
    statistics: StatisticsOf
    on_unreadable: OnUnreadable

    def build(self) -> Any:
        """Return the model, made by its factory if that was given."""
        if looks_like_model(self.model) or not callable(self.model):
            check_model(self.model)
            return self.model
        model = self.model()
        if not looks_like_model(model):
            raise TypeError(
                f"model is a function, which returned a {type(model).__name__}; give one that "
                "returns a Keras model"
            )
        return model

    def plan(self, model: Any, image: Any) -> SurveyPlan:
        """Plan the survey from one image."""
        return make_plan(model, image, layers=self.layers, **self.record_options)

    def runner(self, plan: SurveyPlan) -> SurveyRunner:
        """Return what surveys parts of the data set."""
        return SurveyRunner(
            plan, batch_size=self.batch_size, statistics=self.statistics, top=self.top
        )

    def part_length(self, batch_size: int) -> int:
        """Return how many images a part has: whole batches."""
        return max(1, PART // batch_size) * batch_size

    def described(self, model: Any, plan: SurveyPlan, source: ImageSource) -> dict[str, Any]:
        """Return what tells this survey from others, for a checkpoint."""
        return {
            "model": model_digest(model),
            "data": source.fingerprint(),
            "layers": plan.paths,
            "options": {
                "top": self.top,
                "batch_size": self.batch_size,
                "statistics": self.statistics,
                "preprocess": _name(self.record_options["preprocess"]),
            },
            "actwidget": version("actwidget"),
        }


def survey_of_state(
    plan: SurveyPlan,
    source: ImageSource,
    state: SurveyState,
    job: SurveyJob,
    strips: Strips | None,
    note: str,
) -> Survey:
    """Return the survey of a state."""
    numbers = np.unique(state.top_image[state.top_image != NO_IMAGE])
    labels = source.batch_labels(numbers) if len(numbers) else None
    classes = {} if labels is None else dict(zip(numbers.tolist(), labels.tolist(), strict=True))
    names = {int(number): source.name(int(number)) for number in numbers}
    arrays = StateArrays(state, dict(plan.least_exponents), names, classes, strips)
    return Survey(
        plan.layers,
        arrays,
        model_name=plan.recorded.model.name,
        images=state.images,
        statistics=job.statistics,
        class_names=source.class_names,
        classes=state.classes.tolist(),
        class_images=state.class_images.tolist(),
        unreadable=state.unreadable,
        not_shown=plan.not_shown,
        note=note,
        versions=plan.reference.versions,
        source=source,
    )


def _name(function: Callable[..., Any] | None) -> str | None:
    """Return what tells a function from others: its name, and a digest of its code."""
    if function is None:
        return None
    named = function if hasattr(function, "__qualname__") else type(function)
    name = f"{named.__module__}.{named.__qualname__}"
    code = getattr(function, "__code__", None)
    if code is None:
        return name
    plain = [each for each in code.co_consts if isinstance(each, (int, float, str, bytes))]
    digest = hashlib.sha256(repr((code.co_code, code.co_names, plain)).encode()).hexdigest()
    return f"{name} {digest[:12]}"
