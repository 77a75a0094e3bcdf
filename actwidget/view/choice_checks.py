"""What a trait of the widget cannot be set to, and why."""

from __future__ import annotations

from operator import index
from typing import Any, SupportsIndex

from traitlets import TraitError

from actwidget.protocol.variants import MODES, SHOWN, SIDE_BY_SIDE
from actwidget.utils.messages import quoted, unknown_name_message
from actwidget.view.choices import ALPHA, OVERLAYS, Choices, LayerChoice, is_alpha, valid_channel
from actwidget.view.tile_order import LARGEST_DIFFERENCE, SORTS, is_sort

NOT_COMPARED = "nothing is compared here: see actwidget.compare"


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
    _check_compared(choices, name, value)
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
    if valid_channel(channel, layer) is None:
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


def _check_compared(choices: Choices, name: str, value: Any) -> None:
    last = choices.panels - 1
    if name == "mode" and value not in MODES:
        raise TraitError(unknown_name_message("mode", value, MODES))
    needs = (name, value) == ("sort", LARGEST_DIFFERENCE) or (
        name == "mode" and value != SIDE_BY_SIDE
    )
    if needs and not last:
        raise TraitError(f"{name} is {quoted(value)}, but {NOT_COMPARED}")
    if name == "panel" and not 0 <= value <= last:
        known = f"there are recordings 0 to {last}" if last else NOT_COMPARED
        raise TraitError(f"panel is {value}; {known}")


def _check_slice(choices: Choices, layer: LayerChoice, number: int) -> None:
    slices = choices.slices(layer)
    if 0 <= number < slices:
        return
    if slices == 1:
        raise TraitError(f"slice is {number}; the recording has no volumes, and slice stays 0")
    where = layer.path if layer.is_volume else "the deepest layer"
    raise TraitError(f"slice is {number}; {where} has slices 0 to {slices - 1}")
