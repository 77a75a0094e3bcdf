"""Look inside a convolutional network: every layer's activations in a Jupyter notebook."""

from __future__ import annotations

from importlib.metadata import version

from actwidget.attribution.ablation import Ablation, AblationInterrupted
from actwidget.attribution.gradients import Gradients
from actwidget.attribution.guided_backprop import GuidedGradients
from actwidget.attribution.integrated_gradients import IntegratedGradients
from actwidget.attribution.methods import provide_methods
from actwidget.capture.errors import RecordingInterrupted, ScratchFullError
from actwidget.capture.record import record, recording_cost
from actwidget.comparing import ComparisonWidget, compare
from actwidget.comparison.comparison import Comparison
from actwidget.comparison.layer_comparison import LayerComparison
from actwidget.export.to_html import to_html
from actwidget.numerics.colormaps import BLUE_WHITE_RED, VIRIDIS
from actwidget.numerics.normalization import Affine, Normalization
from actwidget.recording.provided import provide
from actwidget.recording.recording import Recording
from actwidget.surveying.attach_images import attach_images
from actwidget.surveying.checkpoint import StaleCheckpointError
from actwidget.surveying.errors import IncompleteSurveyError, SurveyInterrupted
from actwidget.surveying.runner import UnreadableImageError
from actwidget.surveying.survey import survey
from actwidget.surveys.layer_survey import LayerSurvey
from actwidget.surveys.survey import Survey
from actwidget.widget import ActivationWidget

provide_methods()
provide(attach_images)

__version__ = version("actwidget")
__all__ = [
    "BLUE_WHITE_RED",
    "VIRIDIS",
    "Ablation",
    "AblationInterrupted",
    "ActivationWidget",
    "Affine",
    "Comparison",
    "ComparisonWidget",
    "Gradients",
    "GuidedGradients",
    "IncompleteSurveyError",
    "IntegratedGradients",
    "LayerComparison",
    "LayerSurvey",
    "Normalization",
    "Recording",
    "RecordingInterrupted",
    "ScratchFullError",
    "StaleCheckpointError",
    "Survey",
    "SurveyInterrupted",
    "UnreadableImageError",
    "compare",
    "record",
    "recording_cost",
    "survey",
    "to_html",
]
