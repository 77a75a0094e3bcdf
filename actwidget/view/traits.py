"""What is shown, as traits that can be set, observed and linked, and what they accept."""

from __future__ import annotations

from typing import Any

import traitlets

from actwidget.numerics.normalization import check_limits
from actwidget.utils.messages import unknown_name_message
from actwidget.view.heatmap_grid import HeatmapGrid
from actwidget.view.tile_order import SORTS
from actwidget.view.view_state import check_channel, check_image, check_slice, layer_number


class HeldLimits(traitlets.Any):
    """Two limits. To set them holds them, though they be those in force; None lets go."""

    def set(self, obj: Any, value: Any) -> None:
        """Set them; in an observer None would be told to a link that finds other limits by then."""
        if obj._syncing or obj._cross_validation_lock:
            super().set(obj, value)
        elif value is None:
            obj._require_open()
            obj._grid.hold_limits(None)
        else:
            super().set(obj, value)
            if not obj._grid.hold:
                obj._grid.hold_limits(obj.limits)


class ShownTraits(traitlets.HasTraits):
    """The traits of `ActivationWidget`, which describes them.

    What is set is checked against the picture's recording; what follows from the picture, while
    `_syncing` holds, is right as it is.
    """

    layer = traitlets.Unicode()
    channel = traitlets.Int(None, allow_none=True)
    normalization = traitlets.Unicode()
    image_index = traitlets.Int(0)
    slice = traitlets.Int(0)
    sort = traitlets.Unicode("number")
    hold_scale = traitlets.Bool(False)
    limits = HeldLimits()

    _grid: HeatmapGrid
    _syncing = False

    def _require_open(self) -> None:
        if not self._grid.is_open:
            raise RuntimeError(
                "this widget is closed and its activations are freed; make a new one with "
                "ActivationWidget(model, image)"
            )

    @traitlets.validate("layer")
    def _known_layer(self, proposal: Any) -> str:
        if self._syncing:
            return str(proposal.value)
        self._require_open()
        layer_number(self._grid.paths, proposal.value)
        return str(proposal.value)

    @traitlets.validate("channel")
    def _known_channel(self, proposal: Any) -> int | None:
        channel: int | None = proposal.value
        if self._syncing:
            return channel
        self._require_open()
        if channel is None:
            return channel
        # Not the grid's: with notifications held the layer may be set together with the channel.
        known = self.layer in self._grid.paths
        entry = self._grid.recording[self.layer] if known else self._grid.entry()
        check_channel(entry, channel)
        return channel

    @traitlets.validate("normalization")
    def _known_normalization(self, proposal: Any) -> str:
        if not self._syncing:
            self._require_open()
        if proposal.value not in self._grid.normalizations:
            raise traitlets.TraitError(
                unknown_name_message("normalization", proposal.value, self._grid.normalizations)
            )
        return str(proposal.value)

    @traitlets.validate("sort")
    def _known_sort(self, proposal: Any) -> str:
        if not self._syncing:
            self._require_open()
        if proposal.value not in SORTS:
            raise traitlets.TraitError(unknown_name_message("sort", proposal.value, SORTS))
        return str(proposal.value)

    @traitlets.validate("hold_scale")
    def _open_to_hold(self, proposal: Any) -> bool:
        if not self._syncing:
            self._require_open()
        return bool(proposal.value)

    @traitlets.validate("limits")
    def _real_limits(self, proposal: Any) -> tuple[float, float] | None:
        if not self._syncing:
            self._require_open()
        if proposal.value is None:
            return None
        try:
            return check_limits(proposal.value)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("slice")
    def _known_slice(self, proposal: Any) -> int:
        number: int = proposal.value
        if not self._syncing:
            self._require_open()
            # As with the channel: the layer may be set together with the slice.
            known = self.layer in self._grid.paths
            entry = self._grid.recording[self.layer] if known else self._grid.entry()
            check_slice(entry, number, self._grid.deepest)
        return number

    @traitlets.validate("image_index")
    def _known_image(self, proposal: Any) -> int:
        image: int = proposal.value
        if not self._syncing:
            self._require_open()
            check_image(len(self._grid.recording.images), image)
        return image
