"""The agreement of traits, controls and picture: whichever is changed, the others follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from actwidget.view.controls import ControlPanel
from actwidget.view.page_sync import TURN, FromPage
from actwidget.view.tile_order import SORTS
from actwidget.view.traits import ShownTraits
from actwidget.view.view_state import ALL


class Agreement(ShownTraits):
    """Traits that agree with a picture and the controls above it, once `_connect` was called.

    The picture leads: what is set on a trait or a control moves the picture, and the rest goes
    to where the picture is then.
    """

    _panel: ControlPanel

    def _connect(self) -> None:
        """Follow every change that is made in Python, whichever part it is made on."""
        grid = self._grid
        grid.observe(
            self._sync,
            [
                *("layer", "channel", "channel_max", "normalization", "image"),
                *("slice", "slice_max", "no_slices", "sort", "hold", "limits"),
            ],
        )
        grid.observe(self._sync_limits, "scales_ready")
        panel = self._panel
        for slider, trait, name in (
            (panel.layer_slider, "index", "layer"),
            (panel.channel_slider, "value", "channel"),
            (panel.normalization_slider, "index", "normalization"),
            (panel.image_slider, "value", "image"),
            (panel.slice_slider, "value", "slice"),
        ):
            slider.observe(self._follow_slider(slider, name), trait)
        panel.sort_box.observe(self._follow_box, "index")
        panel.hold_box.observe(self._follow_box, "value")
        self.observe(
            self._follow_trait,
            [
                *("layer", "channel", "normalization", "image_index", "slice"),
                *("sort", "hold_scale", "limits"),
            ],
        )

    def _follow_box(self, change: Any) -> None:
        box: FromPage = change.owner
        with TURN:
            if box.from_page or self._syncing:
                return
            if box is self._panel.sort_box:
                self.sort = SORTS[change.new]
            else:
                self.hold_scale = change.new

    def _follow_slider(self, slider: FromPage, name: str) -> Callable[[Any], None]:
        def follow(change: Any) -> None:
            # A slider that the page moved has moved the picture there already.
            with TURN:
                if not slider.from_page and not self._syncing:
                    self._show(**{name: change.new})

        return follow

    def _follow_trait(self, change: Any) -> None:
        with TURN:
            if self._syncing:
                return
            grid = self._grid
            # All of them: several may be set at once, with their notifications held.
            target = {
                "layer": grid.paths.index(self.layer),
                "channel": ALL if self.channel is None else self.channel,
                "normalization": grid.normalizations.index(self.normalization),
                "image": self.image_index,
                "slice": self.slice,
            }
            if any(getattr(grid, name) != value for name, value in target.items()):
                self._show(**target)
            grid.sort = SORTS.index(self.sort)
            if change.name == "limits" and change.new != self._limits_in_force():
                grid.hold_limits(change.new)
            elif change.name == "hold_scale" and change.new != grid.hold:
                grid.hold_limits(grid.own_limits() if change.new else None)
            # Where the picture did not follow, the traits say where it is.
            self._sync()

    def _show(self, **target: int) -> None:
        """Move the picture, and only when all of it has moved the rest."""
        self._syncing = True
        try:
            self._grid.show(**target)
        finally:
            self._syncing = False
            self._sync()

    def _limits_in_force(self) -> tuple[float, float]:
        grid = self._grid
        return tuple(grid.limits) if grid.limits else grid.own_limits()

    def _sync(self, _change: Any = None) -> None:
        """Bring sliders and traits to where the picture is."""
        grid = self._grid
        if self._syncing or not grid.is_open:
            return
        # Observers see all traits where they belong, and may set others.
        with self.hold_trait_notifications():
            self._syncing = True
            try:
                self._panel.follow_picture()
                self._sync_traits()
            finally:
                self._syncing = False

    def _sync_traits(self) -> None:
        grid = self._grid
        self.layer = grid.paths[grid.layer]
        self.channel = None if grid.channel == ALL else grid.channel
        self.normalization = grid.normalizations[grid.normalization]
        self.image_index = grid.image
        self.slice = grid.slice
        self.sort = SORTS[grid.sort]
        self.hold_scale = grid.hold
        # Lest a page that goes through many layers has the kernel work out every one.
        if grid.limits or grid.has_sheet() or not grid.from_page:
            self.limits = self._limits_in_force()

    def _sync_limits(self, _change: Any) -> None:
        """Take the limits of statistics that the page has asked for; no control is moved."""
        if self._syncing or not self._grid.has_sheet():
            return
        with self.hold_trait_notifications():
            self._syncing = True
            try:
                self.limits = self._limits_in_force()
            finally:
                self._syncing = False
