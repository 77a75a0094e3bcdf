"""A recording's maps as xarray, with named axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from actwidget.recording.layer import LayerMaps
from actwidget.recording.saved.format import AXES
from actwidget.utils.progress import each

if TYPE_CHECKING:
    import xarray

    from actwidget.recording.recording import Recording


def layer_to_xarray(entry: LayerMaps) -> xarray.DataArray:
    """Return a layer's maps with the axes ``image``, ``row``, ``column`` and ``channel``.

    A volume also has ``slice`` before ``row``; a sequence has ``image``, ``time`` and ``channel``.
    """
    axes, values = _with_axes(entry)
    array: xarray.DataArray = _xarray().DataArray(
        values, dims=axes, name=entry.path, attrs=_attributes(entry)
    )
    return array


def recording_to_xarray(recording: Recording) -> xarray.Dataset:
    """Return all layers' maps; all axes but ``image`` carry the layer's path."""
    variables: Mapping[str, Any] = {
        path: ([axes[0], *(f"{path} {axis}" for axis in axes[1:])], values, _attributes(entry))
        for path, entry in each(list(recording.items()), "reading the layers", lambda item: item[0])
        for axes, values in [_with_axes(entry)]
    }
    dataset: xarray.Dataset = _xarray().Dataset(variables, attrs={"model": recording.model_name})
    return dataset


def _with_axes(entry: LayerMaps) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return the names of an entry's axes, and its values in that shape."""
    if entry.kind == "sequence":
        return ("image", "time", "channel"), entry.maps[..., 0]
    if entry.depth > 1:
        return ("image", "slice", *AXES[1:]), entry.volume
    return AXES, np.asarray(entry.maps)


def _attributes(entry: LayerMaps) -> dict[str, str]:
    finite = "all" if entry.all_finite else "none" if entry.summary.nothing_finite else "some"
    return {
        "layer_type": entry.layer_type,
        "activation": entry.activation or "none",
        "finite": finite,
    }


def _xarray() -> Any:
    try:
        import xarray
    except ImportError as error:
        raise ImportError(
            f"to_xarray needs xarray, which cannot be imported here ({error}): pip install xarray"
        ) from error
    return xarray
