"""Attribution: what a class or a unit depends on, for any model that can be recorded."""

from actwidget.attribution import (
    ablation,
    gradients,
    guided_backprop,
    integrated_gradients,
    smooth_grad,
)

__all__ = ["ablation", "gradients", "guided_backprop", "integrated_gradients", "smooth_grad"]
