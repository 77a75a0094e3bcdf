"""What is shown of a recording: one immutable state, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from actwidget.protocol.variants import (
    ACTIVATION,
    DIFFERENCE,
    MODES,
    SHOWN,
    SIDE_BY_SIDE,
    variant_name,
)
from actwidget.view.choices import (
    OVERLAYS,
    Choices,
    LayerChoice,
    can_ablate,
    is_alpha,
    valid_channel,
    valid_slice,
)
from actwidget.view.tile_order import IMPORTANCE, is_sort


@dataclass(frozen=True)
class ViewState:
    """What is shown; its fields are the public traits of `actwidget.ActivationWidget`.

    Attributes
    ----------
    layer : str
        The layer's path.
    channel : int or None
        None shows all channels.
    normalization : str
    image_index : int
    slice : int
        Which slice of a volume. Layers that are not volumes leave it as it is.
    sort : str
        The order of the tiles: see `actwidget.view.tile_order.tile_order`.
    alive_only : bool
        Whether dead channels are left out of the tiles.
    dead_only : bool
        Whether all are left out but those that are dead on every image of the survey.
    hold_scale : bool
        Whether the colours keep their limits while layer or image changes.
    limits : tuple[float, float] or None
        The shown values at the ends of the colours.
    alpha_overlay : float
        The opacity of a channel's map over the input image: 1 is the map alone.
    target : str, int, tuple or None
        What is explained, as `Recording.gradients` takes it; None: nothing.
    show : {"activation", "gradient", "gradient × activation"}
        What is shown of the layer; gradients are those of the target.
    overlay : {"grad-cam", "gradient"} or None
        What lies over the input image: the layer's Grad-CAM, or the input's gradient.
    overlay_opacity : float
        How opaque that is at its largest value.
    ablated : (str, int) or None
        The layer and the channel that are switched off.
    explored : int or None
        The number of the survey's image that is shown in place of the recording's.
    mode : {"side by side", "difference", "flicker"}
        How recordings are compared, if several are.
    panel : int
        Which of them is shown where there is room for one; as a difference, of that and the first.
    limits_are_due : bool
        Whether `limits` are still those of what was shown before: they become the
        normalization's own once its statistics of the layer are known.
    """

    layer: str
    channel: int | None = None
    normalization: str = "raw"
    image_index: int = 0
    slice: int = 0
    sort: str = "number"
    alive_only: bool = False
    dead_only: bool = False
    hold_scale: bool = False
    limits: tuple[float, float] | None = None
    alpha_overlay: float = 1.0
    target: Any = None
    show: str = ACTIVATION
    overlay: str | None = None
    overlay_opacity: float = 0.5
    ablated: tuple[str, int] | None = None
    explored: int | None = None
    mode: str = SIDE_BY_SIDE
    panel: int = 0
    limits_are_due: bool = True

    @property
    def variant(self) -> str:
        """What is shown in place of the layer's values: see `actwidget.protocol.variants`."""
        shown = self.show, self.target, self.ablated, self.explored
        return variant_name(*shown, self.mode, self.panel)

    @property
    def quantity(self) -> str:
        """What is shown, whatever is switched off."""
        panel = self.panel if self.mode == DIFFERENCE else 0
        return variant_name(self.show, self.target, None, None, self.mode, panel)

    def moved(self, choices: Choices, **changes: Any) -> ViewState:
        """Return the state after some changes, with all of it consistent.

        A layer, normalization or order that does not exist leaves the current one; a channel that
        the layer does not have becomes None, a slice that a volume does not have its middle one,
        and an image is clamped. ``limits`` are held, and None releases them; held limits do not
        survive another normalization, whose shown values they are not, but its own are held then.

        The twin in the page is `moved` of ``js/view/view_state.js``; both are checked against
        ``tests/shared/view_state.json``.
        """
        state = replace(self, **{name: changes[name] for name in changes if name != "limits"})
        if state.layer not in choices:
            state = replace(state, layer=self.layer)
        if state.normalization not in choices.normalizations:
            state = replace(state, normalization=self.normalization)
        if not is_sort(state.sort):
            state = replace(state, sort=self.sort)
        for name in ("alpha_overlay", "overlay_opacity"):
            if not is_alpha(getattr(state, name)):
                state = replace(state, **{name: getattr(self, name)})
        state = _explored_after(self._explained_after(state, choices, changes), changes)
        state = self._compared_after(state, choices)
        if state.alive_only and state.dead_only:
            wins = "dead_only" in changes
            state = replace(state, alive_only=not wins, dead_only=wins)
        layer = choices[state.layer]
        state = replace(
            state,
            channel=None if state.channel is None else valid_channel(state.channel, layer),
            image_index=min(max(state.image_index, 0), choices.images - 1),
            slice=valid_slice(state.slice, choices.slices(layer)),
        )
        return replace(state, **self._scale_after(state, layer, changes))

    def _explained_after(
        self, state: ViewState, choices: Choices, changes: dict[str, Any]
    ) -> ViewState:
        """Return a state in which all that is asked of a target has one.

        What needs a target makes it the likeliest class; without one there is none of it.
        """
        if state.show not in SHOWN:
            state = replace(state, show=self.show)
        if state.overlay not in OVERLAYS:
            state = replace(state, overlay=self.overlay)
        if not can_ablate(choices, state.ablated):
            state = replace(state, ablated=self.ablated)
        needs = {
            "show": state.show != ACTIVATION,
            "overlay": state.overlay is not None,
            "sort": state.sort == IMPORTANCE,
        }
        asked = any(needs[name] and name in changes for name in needs)
        if asked and state.target is None and self.target is None:
            state = replace(state, target="top")
        if state.target is None:
            sort = "number" if needs["sort"] else state.sort
            state = replace(state, show=ACTIVATION, overlay=None, sort=sort)
        # Gradients are those of the whole model.
        if state.ablated is not None and state.show != ACTIVATION:
            both = {"show": ACTIVATION} if "ablated" in changes else {"ablated": None}
            state = replace(state, **both)
        return state

    def _compared_after(self, state: ViewState, choices: Choices) -> ViewState:
        """Return a state that compares what there is: a difference is of two recordings."""
        last = choices.panels - 1
        mode = state.mode if state.mode in MODES else self.mode
        panel = min(max(state.panel, 0), last)
        if not last:
            mode = SIDE_BY_SIDE
        elif mode == DIFFERENCE and not panel:
            panel = last
        return replace(state, mode=mode, panel=panel)

    def _scale_after(
        self, state: ViewState, layer: LayerChoice, changes: dict[str, Any]
    ) -> dict[str, Any]:
        """Return what a move to `state` does to the scale."""
        limits = changes.get("limits")
        stays = self.hold_scale and "limits" not in changes
        held = changes.get("hold_scale", stays or limits is not None)
        if held and limits is not None:
            low, high = limits
            return {"hold_scale": True, "limits": (low, high), "limits_are_due": False}
        moves = (
            state.layer != self.layer
            or state.ablated != self.ablated
            or state.explored != self.explored
            or (layer.is_image and state.image_index != self.image_index)
        )
        due = (
            state.normalization != self.normalization
            or state.quantity != self.quantity
            or (moves and not (held and self.hold_scale))
            or (self.hold_scale and not held)
        )
        return {"hold_scale": held, "limits_are_due": self.limits_are_due or due}

    def with_own_limits(self, limits: tuple[float, float]) -> ViewState:
        """Return the state with the normalization's own limits, if limits are due."""
        if not self.limits_are_due:
            return self
        return replace(self, limits=limits, limits_are_due=False)

    def slice_shown(self, layer: LayerChoice) -> int:
        """Return the slice that is shown of a layer: 0 unless it is a volume.

        That is the one wanted if it exists, else the middle one, since what lies at a volume's edge
        is seldom of interest.
        """
        return valid_slice(self.slice, layer.depth) if layer.is_volume else 0


def _explored_after(state: ViewState, changes: dict[str, Any]) -> ViewState:
    """Return a state that explores an image, or explains those of the recording.

    What explains something is computed of the recording alone.
    """
    if state.explored is None:
        return state
    if "explored" not in changes and (state.target is not None or state.ablated is not None):
        return replace(state, explored=None)
    sort = "number" if state.sort == IMPORTANCE else state.sort
    return replace(state, target=None, ablated=None, show=ACTIVATION, overlay=None, sort=sort)


def traits_of(state: ViewState) -> dict[str, Any]:
    """Return the traits of the widget that a state stands for."""
    return {name: getattr(state, name) for name in TRAITS}


TRAITS = tuple(field.name for field in fields(ViewState) if field.name != "limits_are_due")
"""The fields of a state that are traits of the widget."""
