"""The methods of recordings that this room provides."""

from __future__ import annotations

from actwidget.attribution.attach import attach
from actwidget.attribution.channel_ablation import ablate
from actwidget.attribution.computed_gradients import gradients
from actwidget.attribution.guided_backprop import guided_backprop
from actwidget.attribution.integrated_gradients import integrated_gradients
from actwidget.attribution.kept import attributions
from actwidget.attribution.receptive_field import receptive_field
from actwidget.attribution.receptive_windows import receptive_windows
from actwidget.attribution.smooth_grad import smooth_grad
from actwidget.attribution.target import check_target
from actwidget.attribution.without import without
from actwidget.recording.provided import provide


def provide_methods() -> None:
    """Have recordings compute what depends on the model."""
    for method in (
        *(
            ablate,
            attach,
            attributions,
            check_target,
            gradients,
            guided_backprop,
            integrated_gradients,
        ),
        *(receptive_field, receptive_windows, smooth_grad, without),
    ):
        provide(method)
