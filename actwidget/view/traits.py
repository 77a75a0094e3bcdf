"""Traits of the widget that take what they are given in more than one form."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, SupportsIndex

import traitlets

from actwidget.view.choice_checks import layer_path

if TYPE_CHECKING:
    from actwidget.view.activation_view import ActivationView


class LimitsTrait(traitlets.Any):
    """Two limits. Assigning them holds the scale, even if they equal the current ones.

    None releases it. (At once: in an observer, a link would be told of None and find the layer's
    own limits by then.)
    """

    def __set__(self, obj: ActivationView, value: Any) -> None:  # type: ignore[override]
        """Assign the limits; the widget itself goes through `set`."""
        if value is None:
            obj.require_open()
            obj.hold_scale = False
            return
        super().__set__(obj, value)
        if not (obj.hold_scale or obj._cross_validation_lock):
            obj.hold_scale = True


class LayerTrait(traitlets.Unicode[str, Any]):
    """A layer's path; assigned as that, as a number, or as a layer of the model."""

    def validate(self, obj: ActivationView, value: Any) -> Any:
        """Return the layer's path."""
        return super().validate(obj, layer_path(obj.choices, value))


class TargetTrait(traitlets.Any):
    """What is explained: None, or as `Recording.gradients` takes it; lists count as tuples."""

    def validate(self, obj: ActivationView, value: Any) -> Any:
        """Return it as the state keeps it."""
        return plain(value)


def plain(value: Any) -> Any:
    """Return tuples for lists, and plain integers for NumPy's."""
    if isinstance(value, (list, tuple)):
        return tuple(plain(each) for each in value)
    if isinstance(value, SupportsIndex) and not isinstance(value, bool):
        return index(value)
    return value


def sent_value(name: str, value: Any) -> Any:
    """Return what a page sent of a trait as the state keeps it."""
    return plain(value) if name in ("target", "ablated") else value


def is_same(sent: Any, value: Any) -> bool:
    """Check whether the page has a value already; JSON has lists only."""
    return bool(value == (plain(sent) if isinstance(sent, (list, tuple)) else sent))
