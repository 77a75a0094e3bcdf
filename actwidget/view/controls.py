"""The sliders above the picture and their readouts, linked to it in the page."""

from __future__ import annotations

from typing import Any

import ipywidgets

from actwidget.view.heatmap_grid import HeatmapGrid
from actwidget.view.page_sync import Follower
from actwidget.view.view_state import ALL


class _IntSlider(Follower, ipywidgets.IntSlider):  # type: ignore[misc]
    """An integer slider that knows who moved it."""


class _SelectionSlider(Follower, ipywidgets.SelectionSlider):  # type: ignore[misc]
    """A slider over names that knows who moved it."""


class _Dropdown(Follower, ipywidgets.Dropdown):  # type: ignore[misc]
    """A choice that knows who made it."""


class _Checkbox(Follower, ipywidgets.Checkbox):  # type: ignore[misc]
    """A box that knows who ticked it."""


class ControlPanel:
    """The controls of one picture.

    Attributes
    ----------
    layer_slider, normalization_slider : ipywidgets.SelectionSlider
    channel_slider, slice_slider, image_slider : ipywidgets.IntSlider
    channel_box : ipywidgets.Text
    sort_box : ipywidgets.Dropdown
    hold_box : ipywidgets.Checkbox
    readouts : dict[str, ipywidgets.Label]
        By the picture's trait that each shows.
    box : ipywidgets.VBox
        All that is shown of them.
    parts : list of ipywidgets.Widget
        Whatever has to be closed: the controls, their links, rows and box.
    """

    def __init__(self, grid: HeatmapGrid) -> None:
        self._grid = grid
        self._make_controls()
        self.box = self._linked()

    def _make_controls(self) -> None:
        """Make the sliders and the readouts beside them."""
        grid = self._grid
        # What looks alike shares its look: each is a message of its own to the page.
        style = ipywidgets.SliderStyle(description_width="8em")
        # The style sheet keeps 16 pixels free: a slider's handle reaches over its ends.
        layout = ipywidgets.Layout(width="28em", max_width="calc(100% - 16px)", flex="0 1 auto")
        options: dict[str, Any] = {"style": style, "layout": layout, "readout": False}
        self.layer_slider = _SelectionSlider(
            options=grid.paths, index=grid.layer, description="layer", **options
        )
        self.channel_slider = _IntSlider(
            value=grid.channel,
            min=ALL,
            max=grid.channel_max,
            description="channel",
            **options,
        )
        self.normalization_slider = _SelectionSlider(
            options=grid.normalizations,
            index=grid.normalization,
            description="normalization",
            **options,
        )
        self.image_slider = _IntSlider(
            value=grid.image, min=0, max=grid.images - 1, description="image", **options
        )
        self.slice_slider = _IntSlider(
            value=grid.slice,
            min=0,
            # Where nothing is a volume it is not shown.
            max=grid.slice_max,
            disabled=grid.no_slices,
            description="slice",
            **options,
        )
        self.channel_box = ipywidgets.Text(
            value=grid.channel_text,
            continuous_update=False,
            tooltip="channel number, or all",
            layout=ipywidgets.Layout(width="5.5em"),
        )
        self.sort_box = _Dropdown(
            options=[("by number", "number"), ("strongest first", "strongest")],
            index=grid.sort,
            description="tiles",
            style={"description_width": "4em"},
            layout=ipywidgets.Layout(width="13em"),
        )
        self.hold_box = _Checkbox(
            description="hold scale",
            tooltip="keep the colours' limits while layer or image changes",
            indent=False,
            layout=ipywidgets.Layout(width="8em"),
        )
        wide = ipywidgets.Layout(flex="1 1 8em", min_width="0")
        narrow = ipywidgets.Layout(width="11em")
        first = ipywidgets.Label(layout=wide)
        self.readouts = {
            "layer_text": first,
            "slice_text": ipywidgets.Label(layout=wide, style=first.style),
            "image_text": ipywidgets.Label(layout=wide, style=first.style),
            "normalization_text": ipywidgets.Label(layout=narrow, style=first.style),
        }

    def _linked(self) -> ipywidgets.VBox:
        """Put each slider beside its readout, and link both to the picture in the page."""
        rows = {
            "layer": (self.layer_slider, self.readouts["layer_text"]),
            "channel": (self.channel_slider, self.channel_box, self.sort_box),
            "normalization": (
                self.normalization_slider,
                self.readouts["normalization_text"],
                self.hold_box,
            ),
            "slice": (self.slice_slider, self.readouts["slice_text"]),
            "image": (self.image_slider, self.readouts["image_text"]),
        }
        grid = self._grid
        # What there is nothing to choose from is not shown, and would be linked for nothing.
        left_out = {"image": grid.images == 1, "slice": grid.deepest == 1}
        shown = {name: row for name, row in rows.items() if not left_out.get(name)}
        links = [
            ipywidgets.jslink((grid, "layer"), (self.layer_slider, "index")),
            ipywidgets.jslink((grid, "channel"), (self.channel_slider, "value")),
            ipywidgets.jslink((grid, "normalization"), (self.normalization_slider, "index")),
            ipywidgets.jslink((grid, "channel_text"), (self.channel_box, "value")),
            ipywidgets.jsdlink((grid, "channel_max"), (self.channel_slider, "max")),
            ipywidgets.jslink((grid, "sort"), (self.sort_box, "index")),
            ipywidgets.jslink((grid, "hold"), (self.hold_box, "value")),
        ]
        if "image" in shown:
            links.append(ipywidgets.jslink((grid, "image"), (self.image_slider, "value")))
        if "slice" in shown:
            links += [
                ipywidgets.jslink((grid, "slice"), (self.slice_slider, "value")),
                ipywidgets.jsdlink((grid, "slice_max"), (self.slice_slider, "max")),
                ipywidgets.jsdlink((grid, "no_slices"), (self.slice_slider, "disabled")),
            ]
        for name, label in self.readouts.items():
            if name.removesuffix("_text") in shown:
                links.append(ipywidgets.jsdlink((grid, name), (label, "value")))
        layout = ipywidgets.Layout(align_items="center", flex_flow="row wrap")
        boxes = []
        for name, row in shown.items():
            box = ipywidgets.HBox(row, layout=layout)
            boxes.append(box.add_class("actwidget-control").add_class(f"actwidget-{name}"))
        controls = ipywidgets.VBox(boxes)
        self.parts: list[ipywidgets.Widget] = [
            *links,
            *(part for row in rows.values() for part in row),
            *boxes,
            controls,
        ]
        return controls

    def follow_picture(self) -> None:
        """Bring every control to where the picture is."""
        grid = self._grid
        self._move(self.layer_slider, {"index": grid.layer})
        highest = max(grid.channel_max, self.channel_slider.max)
        self._move(self.channel_slider, {"max": highest})
        self._move(self.channel_slider, {"value": grid.channel})
        self._move(self.channel_slider, {"max": grid.channel_max})
        self._move(self.normalization_slider, {"index": grid.normalization})
        self._move(self.image_slider, {"value": grid.image})
        deepest = max(grid.slice_max, self.slice_slider.max)
        self._move(self.slice_slider, {"max": deepest, "disabled": grid.no_slices})
        self._move(self.slice_slider, {"value": grid.slice})
        self._move(self.slice_slider, {"max": grid.slice_max})
        self._move(self.sort_box, {"index": grid.sort})
        self._move(self.hold_box, {"value": grid.hold})

    def _move(self, slider: Follower, state: dict[str, int]) -> None:
        """Move a slider; not in the page where the page has moved the picture itself."""
        state = {name: value for name, value in state.items() if getattr(slider, name) != value}
        if state and self._grid.from_page:
            slider.follow(state)
        else:
            for name, value in state.items():
                setattr(slider, name, value)
