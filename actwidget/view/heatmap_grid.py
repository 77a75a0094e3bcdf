"""HeatmapGrid: the picture's state, shared with the page, and its answers to the page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.mosaic import Columns, Mosaic
from actwidget.numerics.normalization import Normalization
from actwidget.protocol.archive import Archive
from actwidget.protocol.requests import split_buffers
from actwidget.protocol.responder import Responder
from actwidget.protocol.scales import LayerScales
from actwidget.protocol.shown_recording import ShownRecording, show_recording
from actwidget.recording.layer import LayerMaps
from actwidget.recording.lineage import shares_input_grid
from actwidget.recording.recording import Recording
from actwidget.view.assets import _bundled
from actwidget.view.page_sync import TURN, FromPage
from actwidget.view.plotly_js import plotly_library
from actwidget.view.prediction import classified_output, predictions
from actwidget.view.view_state import (
    ALL,
    DERIVED,
    derived,
    effective_slice,
    initial_layer,
    initial_slice,
)


def _current_picture(_value: object, grid: HeatmapGrid) -> dict[str, Any]:
    """Work out the picture only when the state is sent: nothing is kept twice."""
    if not grid.is_open:
        return {}
    return grid.overview(grid.layer, grid.image, grid.slice_shown, with_input=True, saved=True)


class HeatmapGrid(FromPage, anywidget.AnyWidget):
    """One picture of a recording: which layer, channel, slice and image, and how normalized.

    `slice` is the slice that is shown of a volume: where the layer has none such, its middle. A
    layer that is no volume leaves it as it is, for the volumes after it.

    All of it is state that the page shares. The page changes it, follows from it what depends on
    it (the channel's range, every readout) and asks for the pictures that it does not hold. The
    current overview is part of the state, so that it is there at once in a second view, in a saved
    notebook and while the kernel is busy.
    """

    # Text, not paths: for a path anywidget watches the file and keeps every instance alive.
    _esm = _bundled("heatmap_grid.js")
    _css = _bundled("heatmap_grid.css")

    _responder: Responder | None = None

    grid_id = traitlets.Unicode().tag(sync=True)
    layers: Any = traitlets.List().tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)
    channel = traitlets.Int(ALL).tag(sync=True)
    channel_max = traitlets.Int(0).tag(sync=True, echo_update=False)
    slice = traitlets.Int(0).tag(sync=True)
    slice_max = traitlets.Int(0).tag(sync=True, echo_update=False)
    no_slices = traitlets.Bool(True).tag(sync=True, echo_update=False)
    normalizations: Any = traitlets.List().tag(sync=True)
    normalization = traitlets.Int(0).tag(sync=True)
    images = traitlets.Int(1).tag(sync=True)
    has_input_image = traitlets.Bool(True).tag(sync=True)
    image = traitlets.Int(0).tag(sync=True)
    sort = traitlets.Int(0).tag(sync=True)
    hold = traitlets.Bool(False).tag(sync=True)
    limits: Any = traitlets.List().tag(sync=True)
    class_names: Any = traitlets.List().tag(sync=True)
    predictions: Any = traitlets.List().tag(sync=True)
    first_non_finite = traitlets.Unicode().tag(sync=True)
    layer_text = traitlets.Unicode().tag(sync=True, echo_update=False)
    channel_text = traitlets.Unicode().tag(sync=True, echo_update=False)
    slice_text = traitlets.Unicode().tag(sync=True, echo_update=False)
    normalization_text = traitlets.Unicode().tag(sync=True, echo_update=False)
    image_text = traitlets.Unicode().tag(sync=True, echo_update=False)
    controls = traitlets.Bool(False).tag(sync=True)
    library = traitlets.Unicode().tag(sync=True)
    archive = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True, to_json=_current_picture)

    # Counts up when the statistics of a layer have been worked out for the page.
    scales_ready = traitlets.Int(0)

    def __init__(
        self,
        recording: Recording,
        *,
        normalizations: Sequence[Normalization] = NORMALIZATIONS,
        columns: Columns = "auto",
        class_names: Sequence[str] = (),
        controls: bool = False,
        layer: int | None = None,
        channel: int = ALL,
        normalization: int = 0,
        image: int = 0,
        sort: int = 0,
        slice: int | None = None,
    ) -> None:
        if not len(recording):
            raise ValueError(
                f"{recording.model_name} has no layer to show; its recording lists why in not_shown"
            )
        shown = show_recording(recording, normalizations, columns, self._count_scales)
        self._shown: ShownRecording | None = shown
        self._entries: list[LayerMaps] = list(shown.layers)
        self.columns = columns
        first = initial_layer(self._entries) if layer is None else layer
        self.deepest = max(entry.depth for entry in self._entries)
        named = classified_output(recording, class_names) if class_names else None
        # What follows from them is worked out once the state holds them all.
        choice = {
            "layer": first,
            "channel": channel,
            "slice": initial_slice(self._entries, first) if slice is None else slice,
            "normalization": normalization,
            "image": image,
        }
        names = [normalization.name for normalization in normalizations]
        self._names = names
        grid_id = uuid.uuid4().hex
        super().__init__(
            model_id=grid_id,
            grid_id=grid_id,
            layers=[
                describe(entry, mosaic) | {"named": entry is named, "sees": sees}
                for entry, mosaic, sees in zip(
                    self._entries,
                    shown.mosaics,
                    shares_input_grid(self._entries),
                    strict=True,
                )
            ],
            # All of it from the beginning: what is changed later may cross the page's links.
            **choice,
            **self._derived(**choice),
            sort=sort,
            normalizations=names,
            images=len(recording.images),
            has_input_image=bool(recording.images.size),
            class_names=list(class_names),
            predictions=predictions(recording, class_names) if class_names else [],
            first_non_finite=recording.first_non_finite() or "",
            controls=controls,
            library=f"IPY_MODEL_{plotly_library().model_id}",
        )
        responder = Responder(shown, lambda content, data: self.send(content, data))
        self._responder = responder
        self.on_msg(lambda _grid, content, _buffers: responder.receive(content))

    @property
    def is_open(self) -> bool:
        """Whether there is a recording to show."""
        return self._shown is not None and not self._shown.recording.closed

    def show(
        self,
        *,
        layer: int | None = None,
        channel: int | None = None,
        normalization: int | None = None,
        image: int | None = None,
        slice: int | None = None,
    ) -> None:
        """Change from Python what is shown; the channel stays where the layer has it, else all.

        The slice stays where the layer has it, else it is the middle one.

        The picture goes ahead of the change that needs it, so that it is shown even while the
        kernel runs on. If it cannot be made, nothing changes.
        """
        if not self.is_open:
            raise RuntimeError("the recording is closed; make a new widget")
        layer = self.layer if layer is None else layer
        image = self.image if image is None else image
        channel = self.channel if channel is None else channel
        if normalization is None or normalization == self.normalization:
            normalization, limits = self.normalization, self.limits
        else:
            # Limits are in shown values: another normalization's mean nothing here.
            limits = list(self.sheet(layer).affines[normalization].limits) if self.hold else []
        last = self._entries[layer].channels - 1
        if channel > last:
            channel = ALL
        number = self.slice if slice is None else slice
        if self._entries[layer].depth > 1:
            number = effective_slice(self._entries[layer], number)
        place = layer, image, effective_slice(self._entries[layer], number)
        if place != (self.layer, self.image, self.slice_shown):
            self.sheet(layer)
            if self.comm is not None:
                self.send_picture(self.overview(*place, with_input=image != self.image))
        # A slider's range grows before its value moves and shrinks after: else it would clamp.
        self.channel_max = max(last, self.channel_max)
        self.slice_max = max(number, self.slice_max)
        with self.hold_sync(), self.hold_trait_notifications():
            self.set_trait("channel", channel)
            self.set_trait("layer", layer)
            self.set_trait("image", image)
            self.set_trait("slice", number)
            self.set_trait("limits", limits)
            self.set_trait("normalization", normalization)
        with self.hold_sync():
            shown = {"channel": channel, "slice": number, "normalization": normalization}
            for name, value in self._derived(layer, **shown, image=image).items():
                self.set_trait(name, value)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take a state from the page, but not what follows from it.

        The page works that out as well, for itself. Of several changes on their way it may arrive
        here when the layer has moved on.
        """
        with TURN:
            state = {name: value for name, value in sync_data.items() if name not in DERIVED}
            if self._entries:
                names = ("layer", "channel", "slice", "normalization", "image")
                shown = {name: state.get(name, getattr(self, name)) for name in names}
                entry = self._entries[shown["layer"]]
                if (
                    entry.depth > 1
                    and (middle := effective_slice(entry, shown["slice"])) != shown["slice"]
                ):
                    shown["slice"] = state["slice"] = middle
                state |= self._derived(**shown)
            super().set_state(state)

    def _derived(self, layer: int, **shown: int) -> dict[str, Any]:
        """Work out what follows from what is shown."""
        return derived(self._entries[layer], self.deepest, self._names, **shown)

    def hold_limits(self, limits: tuple[float, float] | None) -> None:
        """Hold these limits from Python, or none and follow each layer's own."""
        # Each is sent at once, the limits first: held back, they would come after the box that
        # follows `hold`, on whose word the page holds the limits of its own picture.
        self.set_trait("limits", [] if limits is None else list(limits))
        self.set_trait("hold", limits is not None)

    def own_limits(self) -> tuple[float, float]:
        """Give the limits that the normalization has for this layer."""
        return self.sheet(self.layer).affines[self.normalization].limits

    def has_sheet(self) -> bool:
        """Whether the statistics of the layer shown are worked out."""
        return self.layer in self.shown.scales

    @property
    def paths(self) -> list[str]:
        """The paths on the layer slider: the input, then the layers."""
        return [layer["path"] for layer in self.layers]

    @property
    def entries(self) -> list[LayerMaps]:
        """What is on the layer slider: the input, then the layers."""
        return self._entries

    @property
    def recording(self) -> Recording:
        """What is shown."""
        return self.shown.recording

    @property
    def shown(self) -> ShownRecording:
        """What is shown, as it is laid out."""
        if self._shown is None:
            raise RuntimeError("this widget is closed and its activations are freed")
        return self._shown

    def entry(self) -> LayerMaps:
        """Give the layer that is shown now; of a volume, all of it."""
        return self._entries[self.layer]

    @property
    def slice_shown(self) -> int:
        """The slice that is shown of the layer, 0 of what is no volume."""
        return effective_slice(self.entry(), self.slice)

    def mosaic(self, layer: int) -> Mosaic:
        """Give a layer's layout."""
        return self.shown.mosaics[layer]

    def sheet(self, layer: int) -> LayerScales:
        """Give a layer's sheet, worked out on first use."""
        return self.shown.layer_scales(layer)

    def _count_scales(self) -> None:
        with TURN:
            self.scales_ready += 1

    def overview(
        self, layer: int, image: int, slice: int, *, with_input: bool, saved: bool = False
    ) -> dict[str, Any]:
        """Make the message that holds a layer's overview, and the input image where asked."""
        return self.shown.overview(layer, image, slice, with_input=with_input, saved=saved)

    def embed(self, numbers: Sequence[int], kept: Archive) -> None:
        """Put an archive of some layers into the state, laid out as it is kept."""
        index: list[Any] = [None] * len(self._entries)
        layers = list(self.layers)
        mosaics = dict(zip(numbers, kept.mosaics, strict=True))
        self._shown = self.shown.with_mosaics(mosaics)
        if self._responder:
            self._responder.shown = self._shown
        for (number, mosaic), layer in zip(mosaics.items(), kept.index["layers"], strict=True):
            index[number] = layer
            layers[number] |= describe(self._entries[number], mosaic)
        with self.hold_sync():
            self.layers = layers
            self.archive = {"index": {**kept.index, "layers": index}, "data": kept.data}

    def send_picture(self, message: dict[str, Any]) -> None:
        """Send a picture: its bytes, and those of the input image, beside the message."""
        self.send(*split_buffers(message))

    def close(self) -> None:
        """Close the page's view and let go of the recording."""
        super().close()
        if self._responder:
            self._responder.close()
        self._entries = []
        self._shown = None


def describe(entry: LayerMaps, mosaic: Mosaic) -> dict[str, Any]:
    """Say what the page must know of a layer before it is shown."""
    return {
        "path": entry.path,
        "type": entry.layer_type,
        "activation": entry.activation,
        "kind": entry.kind,
        "depth": entry.depth,
        "height": entry.height,
        "width": entry.width,
        "channels": entry.channels,
        "tiles": entry.tiles,
        "columns": mosaic.columns,
        "block": mosaic.block,
        "repeat": mosaic.repeat,
        "gutter": mosaic.gutter,
    }
