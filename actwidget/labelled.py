"""A recording's maps as xarray, with named axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from actwidget.recording import Entry, Recording

if TYPE_CHECKING:
    import xarray

AXES = ("image", "row", "column", "channel")


def one_layer(entry: Entry) -> xarray.DataArray:
    """Give a layer's maps with the axes ``image``, ``row``, ``column`` and ``channel``."""
    array: xarray.DataArray = _xarray().DataArray(
        np.asarray(entry.maps), dims=AXES, name=entry.path, attrs=_attributes(entry)
    )
    return array


def all_layers(recording: Recording) -> xarray.Dataset:
    """Give all layers' maps; all axes but ``image`` carry the layer's path."""
    variables: Mapping[str, Any] = {
        path: (
            [AXES[0], *(f"{path} {axis}" for axis in AXES[1:])],
            np.asarray(entry.maps),
            _attributes(entry),
        )
        for path, entry in recording.items()
    }
    dataset: xarray.Dataset = _xarray().Dataset(variables, attrs={"model": recording.model_name})
    return dataset


def _attributes(entry: Entry) -> dict[str, str]:
    return {"layer_type": entry.layer_type, "activation": entry.activation or "none"}


def _xarray() -> Any:
    try:
        import xarray
    except ImportError as error:
        raise ImportError(
            f"to_xarray takes xarray, which cannot be imported here ({error}): pip install xarray"
        ) from error
    return xarray
