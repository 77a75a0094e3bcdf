"""Core ipywidgets sliders for layouts of one's own, made at first use and linked to the traits."""

from __future__ import annotations

import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import ipywidgets

from actwidget.view.lifetime import register_weakly

if TYPE_CHECKING:
    from actwidget.view.activation_view import ActivationView

ALL_CHANNELS = -1
"""The channel slider's first stop."""


class CoreSliders:
    """The sliders of one view, by the trait that each moves."""

    def __init__(self, view: ActivationView) -> None:
        # A view is not kept alive by its own sliders.
        self._view = cast("ActivationView", weakref.proxy(view))
        self._made: dict[str, tuple[ipywidgets.Widget, ipywidgets.link]] = {}

    def __getitem__(self, trait: str) -> ipywidgets.Widget:
        """Return a trait's slider; RuntimeError if the view is closed."""
        self._view.require_open()
        if trait not in self._made:
            self._made[trait] = self._make(trait)
        return self._made[trait][0]

    def _make(self, trait: str) -> tuple[ipywidgets.Widget, ipywidgets.link]:
        view, choices = self._view, self._view.choices
        if trait in ("layer", "normalization"):
            options = choices.paths if trait == "layer" else choices.normalizations
            shown = getattr(view, trait)
            slider = ipywidgets.SelectionSlider(options=options, value=shown, description=trait)
        else:
            first = ALL_CHANNELS if trait == "channel" else 0
            name = trait.removesuffix("_index")
            slider = ipywidgets.IntSlider(min=first, description=name, **self._place(trait))

            def follow(_change: object) -> None:
                """Move range and value together: a range that shrinks first clamps the value."""
                with slider.hold_sync(), slider.hold_trait_notifications():
                    for name, number in self._place(trait).items():
                        slider.set_trait(name, number)

            # Before the link, which then finds the value in its place.
            view.observe(follow, ["layer", trait])
        for part in (slider, slider.layout, slider.style):
            register_weakly(part)
        transform = (_to_slider, _to_trait) if trait == "channel" else None
        return slider, ipywidgets.link((view, trait), (slider, "value"), transform=transform)

    def _place(self, trait: str) -> dict[str, int]:
        """Return the last stop of a slider over numbers, and where it stands."""
        view, choices = self._view, self._view.choices
        layer = choices[view.layer]
        count = {
            "channel": layer.channels,
            "slice": choices.slices(layer),
            "image_index": choices.images,
        }[trait]
        return {"max": count - 1, "value": _to_slider(getattr(view, trait))}

    def follow(self) -> None:
        """Bring every slider to where the view is; a link does not undo a move that failed."""
        for trait, (slider, _) in self._made.items():
            slider.value = _to_slider(getattr(self._view, trait))

    def close(self) -> None:
        """Close the sliders that were made."""
        for slider, link in self._made.values():
            # One that is collected cannot be reached by then.
            with suppress(ReferenceError):
                link.unlink()
            for part in (slider.layout, slider.style, slider):
                part.close()
        self._made.clear()


def _to_slider(value: Any) -> Any:
    return ALL_CHANNELS if value is None else value


def _to_trait(value: int) -> int | None:
    return None if value == ALL_CHANNELS else value


class HasCoreSliders:
    """The sliders of a view as its attributes, made at the first use."""

    _core_sliders: CoreSliders

    @property
    def layer_slider(self) -> ipywidgets.SelectionSlider:
        """A slider over the layers' paths."""
        return self._core_sliders["layer"]

    @property
    def channel_slider(self) -> ipywidgets.IntSlider:
        """A slider over the channels; its first stop, -1, is all of them."""
        return self._core_sliders["channel"]

    @property
    def normalization_slider(self) -> ipywidgets.SelectionSlider:
        """A slider over the normalizations."""
        return self._core_sliders["normalization"]

    @property
    def image_slider(self) -> ipywidgets.IntSlider:
        """A slider over the images."""
        return self._core_sliders["image_index"]

    @property
    def slice_slider(self) -> ipywidgets.IntSlider:
        """A slider over the slices of the volume that is shown."""
        return self._core_sliders["slice"]
