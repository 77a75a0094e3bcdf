"""What is shown of a recording: one immutable state, how it moves, and what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from operator import index
from typing import Any, SupportsIndex

from traitlets import TraitError

from actwidget.protocol.variants import ACTIVATION, SHOWN, variant_name
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording
from actwidget.utils.messages import quoted, unknown_name_message
from actwidget.view.tile_order import IMPORTANCE, SORTS, is_sort


@dataclass(frozen=True)
class LayerChoice:
    """What limits the choice of channel and slice while a layer is shown."""

    path: str
    channels: int
    depth: int = 1
    """Slices of a volume, else 1."""
    is_image: bool = False
    """Whether each image has limits of its own: see `LayerMaps.is_image`."""

    @property
    def is_volume(self) -> bool:
        """Whether the layer has slices to choose from."""
        return self.depth > 1


class Choices:
    """What can be chosen of a recording: the input and its layers, images and normalizations."""

    def __init__(
        self, layers: Sequence[LayerChoice], images: int, normalizations: Sequence[str]
    ) -> None:
        self.layers = tuple(layers)
        self.images = images
        self.normalizations = tuple(normalizations)
        self.paths = tuple(layer.path for layer in layers)
        self.deepest = max((layer.depth for layer in layers), default=1)
        self._by_path = {layer.path: layer for layer in layers}

    @classmethod
    def of(cls, layers: Sequence[LayerMaps], images: int, normalizations: Sequence[str]) -> Choices:
        """Return the choices that some layers offer."""
        choices = [
            LayerChoice(layer.path, layer.channels, layer.depth, layer.is_image) for layer in layers
        ]
        return cls(choices, images, normalizations)

    def __contains__(self, path: object) -> bool:
        """Whether there is such a layer."""
        return path in self._by_path

    def __getitem__(self, path: str) -> LayerChoice:
        """Return a layer by its path."""
        return self._by_path[path]

    def slices(self, layer: LayerChoice) -> int:
        """Return how many slices can be chosen from while a layer is shown.

        A layer that is not a volume leaves the choice to the volumes after it.
        """
        return layer.depth if layer.is_volume else self.deepest


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
    hold_scale: bool = False
    limits: tuple[float, float] | None = None
    alpha_overlay: float = 1.0
    target: Any = None
    show: str = ACTIVATION
    overlay: str | None = None
    overlay_opacity: float = 0.5
    ablated: tuple[str, int] | None = None
    limits_are_due: bool = True

    @property
    def variant(self) -> str:
        """What is shown in place of the layer's values: see `actwidget.protocol.variants`."""
        return variant_name(self.show, self.target, self.ablated)

    @property
    def quantity(self) -> str:
        """What is shown, whatever is switched off."""
        return variant_name(self.show, self.target, None)

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
        state = self._explained_after(state, choices, changes)
        layer = choices[state.layer]
        state = replace(
            state,
            channel=None if state.channel is None else _valid_channel(state.channel, layer),
            image_index=min(max(state.image_index, 0), choices.images - 1),
            slice=_valid_slice(state.slice, choices.slices(layer)),
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
        if not _can_ablate(choices, state.ablated):
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
        return _valid_slice(self.slice, layer.depth) if layer.is_volume else 0


TRAITS = tuple(field.name for field in fields(ViewState) if field.name != "limits_are_due")
"""The fields of a state that are traits of the widget."""


OVERLAYS = (None, "grad-cam", "gradient")
"""What can lie over the input image."""

ALPHA = "it takes a number from 0, the input alone, to 1, the map alone"


def is_alpha(value: object) -> bool:
    """Check whether this is an opacity."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _can_ablate(choices: Choices, ablated: Any) -> bool:
    """Check whether this is None, or a channel of a layer that is no input."""
    if ablated is None:
        return True
    path, channel = ablated
    return path in choices and 0 <= channel < choices[path].channels


def _valid_channel(channel: int, layer: LayerChoice) -> int | None:
    return channel if 0 <= channel < layer.channels else None


def _valid_slice(number: int, slices: int) -> int:
    return number if 0 <= number < slices else slices // 2


def layer_path(choices: Choices, layer: Any) -> Any:
    """Return the path of a layer that is given by its number, or as a layer of the model.

    Numbers count from the input, which is 0; negative ones from the end. Text is returned as it is.
    Raises TraitError if there is no such layer, or several of the same name.
    """
    if isinstance(layer, SupportsIndex) and not isinstance(layer, bool):
        number, count = index(layer), len(choices.paths)
        if not -count <= number < count:
            raise TraitError(f"layer is {number}; the recording has layers 0 to {count - 1}")
        return choices.paths[number]
    name = getattr(layer, "name", None)
    if isinstance(layer, str) or not isinstance(name, str):
        return layer
    found = [path for path in choices.paths if path.rpartition("/")[2] == name]
    if len(found) != 1:
        which = "is not in the recording" if not found else f"may be {' or '.join(found)}"
        raise TraitError(f"layer is the model's {name}, which {which}; give its path as text")
    return found[0]


def check_choice(choices: Choices, layer: str, name: str, value: Any) -> None:
    """Raise TraitError if a trait cannot have a value while a layer is shown."""
    if name == "layer" and value not in choices:
        raise TraitError(unknown_name_message("layer", value, choices.paths))
    if name == "normalization" and value not in choices.normalizations:
        raise TraitError(unknown_name_message("normalization", value, choices.normalizations))
    if name == "sort" and not is_sort(value):
        raise TraitError(unknown_name_message("sort", value, [*SORTS, "like 0"]))
    _check_explained(choices, name, value)
    if name == "alive_only" and not isinstance(value, bool):
        raise TraitError(f"alive_only is {quoted(value)}; it takes True or False")
    if name == "alpha_overlay" and not is_alpha(value):
        raise TraitError(f"alpha_overlay is {quoted(value)}; {ALPHA}")
    if name == "image_index" and not 0 <= value < choices.images:
        last = choices.images - 1
        raise TraitError(f"image_index is {value}; the recording has images 0 to {last}")
    if name == "channel" and value is not None:
        _check_channel(choices[layer], value)
    if name == "slice":
        _check_slice(choices, choices[layer], value)


def _check_channel(layer: LayerChoice, channel: int) -> None:
    if _valid_channel(channel, layer) is None:
        raise TraitError(
            f"channel is {channel}; {layer.path} has channels 0 to {layer.channels - 1}, and "
            "None shows all of them"
        )


def _check_explained(choices: Choices, name: str, value: Any) -> None:
    if name == "show" and value not in SHOWN:
        raise TraitError(unknown_name_message("show", value, SHOWN))
    if name == "overlay" and value not in OVERLAYS:
        raise TraitError(f'overlay is {quoted(value)}; it takes "grad-cam", "gradient" or None')
    if name == "overlay_opacity" and not is_alpha(value):
        raise TraitError(f"overlay_opacity is {quoted(value)}; it takes a number from 0 to 1")
    if name == "ablated" and value is not None:
        _check_ablated(choices, value)


def _check_ablated(choices: Choices, value: Any) -> None:
    if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], int)):
        raise TraitError(f"ablated is {quoted(value)}; it takes (layer, channel), or None")
    path, channel = value
    if path not in choices:
        raise TraitError(unknown_name_message("layer", path, choices.paths))
    if not 0 <= channel < choices[path].channels:
        last = choices[path].channels - 1
        raise TraitError(f"ablated is channel {channel} of {path}, which has 0 to {last}")


def _check_slice(choices: Choices, layer: LayerChoice, number: int) -> None:
    slices = choices.slices(layer)
    if 0 <= number < slices:
        return
    if slices == 1:
        raise TraitError(f"slice is {number}; the recording has no volumes, and slice stays 0")
    where = layer.path if layer.is_volume else "the deepest layer"
    raise TraitError(f"slice is {number}; {where} has slices 0 to {slices - 1}")


def initial_view(
    recording: Recording,
    choices: Choices,
    *,
    layer: Any,
    channel: int | None,
    slice: int | None,
    **rest: Any,
) -> ViewState:
    """Return the state to begin with.

    By default that is the first convolution, or else the first layer after the input, and the
    middle slice of the first volume from there on. Raises TraitError if a choice does not exist.
    """
    if layer is None:
        layer = initial_layer(list(recording.values()))
    layer = layer_path(choices, layer)
    given = {"layer": str(layer), "channel": channel, **rest}
    if slice is not None:
        given["slice"] = slice
    for name, value in given.items():
        check_choice(choices, str(layer), name, value)
    given.setdefault("slice", _initial_slice(choices, str(layer)))
    return ViewState(**given)


def initial_layer(layers: Sequence[LayerMaps]) -> str:
    """Return the path of the first convolution, or else of the first layer after the input."""
    after_input = [layer for layer in layers if not layer.is_input] or list(layers)
    convolutions = [layer for layer in layers if "Conv" in layer.layer_type]
    return (convolutions or after_input)[0].path


def _initial_slice(choices: Choices, layer: str) -> int:
    """Return the middle slice of the first volume from a layer on."""
    first = choices.paths.index(layer)
    depths = [each.depth for each in (*choices.layers[first:], *choices.layers) if each.is_volume]
    return depths[0] // 2 if depths else 0
