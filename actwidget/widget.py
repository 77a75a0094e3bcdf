"""ActivationWidget: the sliders, the picture and the links between them."""

from __future__ import annotations

import base64
import contextlib
import inspect
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from actwidget.choices import check_channel, check_image, check_slice, layer_number
from actwidget.embedding import embed
from actwidget.figure import figure
from actwidget.following import ALL
from actwidget.kept_layer import Precision
from actwidget.mosaic import Columns, columns_for
from actwidget.names import unknown_name
from actwidget.normalization import Normalization, all_normalizations, check_limits
from actwidget.order import SORTS, Sort, tile_order
from actwidget.page import Follower, FromPage
from actwidget.prediction import check_class_names
from actwidget.preview import preview
from actwidget.recorder import record
from actwidget.recording import Recording
from actwidget.to_html import to_html
from actwidget.view import HeatmapGrid, first_shown

if TYPE_CHECKING:
    import plotly.graph_objects as go


class _IntSlider(Follower, ipywidgets.IntSlider):  # type: ignore[misc]
    """An integer slider that knows who moved it."""


class _SelectionSlider(Follower, ipywidgets.SelectionSlider):  # type: ignore[misc]
    """A slider over names that knows who moved it."""


class _Dropdown(Follower, ipywidgets.Dropdown):  # type: ignore[misc]
    """A choice that knows who made it."""


class _Checkbox(Follower, ipywidgets.Checkbox):  # type: ignore[misc]
    """A box that knows who ticked it."""


class _Limits(traitlets.Any):
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


class ActivationWidget(ipywidgets.VBox):  # type: ignore[misc]
    """Every layer's activations, under linked sliders.

    Parameters
    ----------
    model : keras.Model or Recording
        A model, which is run once on `image`; or what `record` returned, without `image`.
    image : array_like, optional
        One image ``(height, width, channels)`` or several ``(images, height, width, channels)``,
        in whatever numbers the model takes: a NumPy array, a TensorFlow tensor, a PIL image or
        nested lists. A missing batch or channel axis is added where there is one way to do it.
    preprocess : callable, optional
        Turns a batch of images into what the model takes, as ``preprocess_input`` of the
        ``keras.applications`` families does. The images themselves are shown beside the grid.
    layers, channel_axis, grid, memory_limit : optional
        Which layers to show, what can't be told of their outputs, and how much of their maps is
        kept in memory rather than in files: see `actwidget.record`.
    layer : str, optional
        The layer to begin with; by default the first convolution, or else the first layer.
    channel : int or None, optional
        The channel to begin with; None (the default) shows all.
    normalization : str, optional
        ``"raw"`` (the default), ``"symmetric"``, ``"channel percentile"``, ``"channel min-max"``
        or ``"channel z-score"``: see `actwidget.normalization`.
    image_index : int, optional
        The image to begin with.
    slice : int, optional
        The depth slice of volumes to begin with; by default the middle one.
    columns : int or {"auto", "square"}, optional
        Tiles in a row: see `actwidget.mosaic.columns_for`.
    sort : {"number", "strongest"}, optional
        The order of the tiles: by number, or by the channel's largest |x|.
    class_names : list of str, optional
        A name for each of the model's outputs: the header then ends in the prediction.
    normalizations : list of Normalization, optional
        Modes of one's own, after the five: see `actwidget.Normalization` for an example.
    embed : bool, optional
        Whether to put all pictures into the widget's state at once: see `embed`.
    static_preview : bool, optional
        Whether a notebook's output also carries a PNG of what is shown, for where no JavaScript
        runs: GitHub, notebooks that are not trusted, mails.

    Attributes
    ----------
    layer : str
        The path of the layer shown. Like the next three a trait: set it, observe it, link it.
    channel : int or None
        The channel shown, None for all. Of a sequence, whose channels are the columns of one
        picture, the column that is framed.
    normalization : str
        The name of the normalization.
    image_index : int
        Which of the images, from 0.
    slice : int
        Which depth slice of a volume is shown, from 0. It stays where the next volume has it, else
        that one's middle is shown; a layer that is no volume leaves it as it is. Statistics and
        colours are those of all slices, so that slices can be compared.
    sort : str
        The order of the tiles.
    hold_scale : bool
        Whether the colours keep their limits while layer or image changes.
    limits : tuple[float, float]
        The shown values at the ends of the colours. Setting them holds them; None lets go.
    layer_slider, normalization_slider : ipywidgets.SelectionSlider
    channel_slider, slice_slider, image_slider : ipywidgets.IntSlider
        The controls themselves; the channel slider's first stop, -1, is all channels. The slice
        slider is shown where the recording holds volumes.
    recording : Recording
        What the model computed: ``widget.recording["conv1"].maps`` has the shape
        ``(images, height, width, channels)``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be; the message says what is.
    traitlets.TraitError
        If a layer, channel, normalization or image is set that is not there, or an order or
        limits that are none. The widget stays as it was.
    """

    layer = traitlets.Unicode()
    channel = traitlets.Int(None, allow_none=True)
    normalization = traitlets.Unicode()
    image_index = traitlets.Int(0)
    slice = traitlets.Int(0)
    sort = traitlets.Unicode("number")
    hold_scale = traitlets.Bool(False)
    limits = _Limits()

    def __init__(
        self,
        model: Any,
        image: Any = None,
        *,
        preprocess: Callable[[Any], Any] | None = None,
        layers: Any = None,
        channel_axis: dict[str, int] | None = None,
        grid: Any = None,
        memory_limit: int | float | str | None = None,
        layer: str | None = None,
        channel: int | None = None,
        normalization: str = "raw",
        image_index: int = 0,
        slice: int | None = None,
        columns: Columns = "auto",
        sort: Sort = "number",
        class_names: Sequence[str] | None = None,
        normalizations: Sequence[Normalization] = (),
        embed: bool = False,
        static_preview: bool = True,
        **unknown: object,
    ) -> None:
        for name in unknown:
            accepted = list(inspect.signature(ActivationWidget).parameters)[:-1]
            raise TypeError("ActivationWidget: " + unknown_name("the keyword", name, accepted))
        columns_for(1, columns)
        self._normalizations = all_normalizations(normalizations)
        names = [each.name for each in self._normalizations]
        if normalization not in names:
            raise ValueError(unknown_name("normalization", normalization, names))
        if sort not in SORTS:
            raise ValueError(unknown_name("sort", sort, SORTS))
        self._owns_recording = not isinstance(model, Recording)
        if isinstance(model, Recording):
            ways = (image, preprocess, layers, channel_axis, grid, memory_limit)
            if any(given is not None for given in ways):
                raise TypeError(
                    "image and preprocess go with a model, as do layers, channel_axis, grid and "
                    "memory_limit; a recording already holds its images: "
                    "ActivationWidget(recording)"
                )
            recording = model
        else:
            recording = record(
                model,
                image,
                preprocess=preprocess,
                layers=layers,
                channel_axis=channel_axis,
                grid=grid,
                memory_limit=memory_limit,
            )
        try:
            start = self._start(recording, layer, channel, image_index, slice)
            classes = [] if class_names is None else check_class_names(class_names, recording)
            self._grid = HeatmapGrid(
                recording,
                normalizations=self._normalizations,
                columns=columns,
                class_names=classes,
                normalization=names.index(normalization),
                sort=SORTS.index(sort),
                **start,
            )
        except Exception:
            if self._owns_recording:
                recording.close()
            raise
        self.recording = recording
        self._static_preview = static_preview
        self._syncing = False
        self._make_controls(names, len(recording.images))
        super().__init__(children=[self._controls(), self._grid])
        self.add_class("actwidget-box")
        # Widgets of their own, which ipywidgets keeps alive until they are closed themselves.
        for widget in (self, self._grid, *self._parts):
            looks = [
                getattr(widget, name) for name in ("layout", "style") if widget.has_trait(name)
            ]
            self._parts += looks
        self._sync()
        self._connect()
        if embed:
            try:
                self.embed()
            except Exception:
                self.close()
                raise

    @staticmethod
    def _start(
        recording: Recording,
        layer: str | None,
        channel: int | None,
        image: int,
        slice: int | None,
    ) -> dict[str, Any]:
        """Check what is to be shown first, each with a message of its own."""
        check_image(len(recording.images), image)
        entries = [recording.input, *recording.values()]
        number = first_shown(entries) if layer is None else None
        if number is None:
            number = layer_number([entry.path for entry in entries], str(layer))
        check_channel(entries[number], channel)
        if slice is not None:
            check_slice(entries[number], slice, max(entry.depth for entry in entries))
        channel = ALL if channel is None else channel
        return {"layer": number, "channel": channel, "image": image, "slice": slice}

    def figure(self) -> go.Figure:
        """Draw what is shown now as a Plotly figure that stands alone.

        An overview is drawn at the widget's level of detail, one channel with every unit.
        """
        self._require_open()
        layer = self._grid.layer
        entry, number = self._grid.entry(), self._grid.slice_shown
        return figure(
            entry.slice(number),
            self.image_index,
            self.channel,
            self._grid.mosaic(layer),
            self._grid.sheet(layer).affines[self._grid.normalization],
            self.limits,
            tile_order(entry, self.image_index, self.sort),
            number if entry.depth > 1 else None,
        )

    @property
    def grid(self) -> HeatmapGrid:
        """The picture itself."""
        self._require_open()
        return self._grid

    def to_html(
        self,
        file: str | os.PathLike[str],
        *,
        layers: str | Sequence[str] | None = None,
        max_size: str | int = "10 MB",
        precision: Precision = "approximate",
        include_plotlyjs: bool | str = True,
        title: str | None = None,
    ) -> None:
        """Write this widget as a page that needs no kernel; see `actwidget.to_html`."""
        to_html(
            [self],
            file,
            layers=layers,
            max_size=max_size,
            precision=precision,
            include_plotlyjs=include_plotlyjs,
            title=title,
        )

    def embed(
        self,
        *,
        layers: str | Sequence[str] | None = None,
        max_size: str | int = "5 MB",
        precision: Precision = "approximate",
    ) -> None:
        """Put all pictures into the widget's state, so that a saved notebook stays alive.

        Parameters
        ----------
        layers, max_size, precision
            As for `actwidget.to_html`; the size is that of the pictures in the notebook's file.

        Raises
        ------
        ValueError, RuntimeError
            As `actwidget.to_html`.
        """
        embed(self.grid, layers=layers, max_size=max_size, precision=precision)

    def _display_(self) -> HeatmapGrid:
        """Give what marimo shows: it has no core sliders, so the picture brings its own."""
        self.grid.controls = True
        return self.grid

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any] | None:
        """Give the live widget and, for where it cannot be shown, a picture."""
        bundle: dict[str, Any] | None = super()._repr_mimebundle_(**kwargs)
        # A picture that cannot be drawn must not keep the widget from being shown.
        with contextlib.suppress(Exception):
            if bundle is not None and self._static_preview and self._grid.is_open:
                bundle["image/png"] = base64.b64encode(self._preview()).decode("ascii")
        return bundle

    def _preview(self) -> bytes:
        grid = self._grid
        several = f"image {self.image_index} · " if grid.images > 1 else ""
        entry, number = grid.entry(), grid.slice_shown
        several += f"slice {number} · " if entry.depth > 1 else ""
        return preview(
            entry.slice(number),
            self.image_index,
            self.channel,
            grid.columns,
            grid.sheet(grid.layer).affines[grid.normalization],
            self._limits_in_force(),
            tile_order(entry, self.image_index, self.sort),
            f"{several}{self.normalization} · a picture: run the notebook to explore it",
        )

    def close(self) -> None:
        """Close the view and free the activations.

        A recording that was given to the widget stays open: it is its owner's to close.
        """
        # A constructor that raised leaves a widget without parts, which is closed when collected.
        if "_parts" in self.__dict__:
            for widget in (self._grid, *self._parts):
                widget.close()
            if self._owns_recording:
                self.recording.close()
        super().close()

    def _require_open(self) -> None:
        if not self._grid.is_open:
            raise RuntimeError(
                "this widget is closed and its activations are freed; make a new one with "
                "ActivationWidget(model, image)"
            )

    def _make_controls(self, normalizations: list[str], images: int) -> None:
        """Make the sliders and the readouts beside them."""
        # What looks alike shares its look: each is a message of its own to the page.
        style = ipywidgets.SliderStyle(description_width="8em")
        # The style sheet keeps 16 pixels free: a slider's handle reaches over its ends.
        layout = ipywidgets.Layout(width="28em", max_width="calc(100% - 16px)", flex="0 1 auto")
        options: dict[str, Any] = {"style": style, "layout": layout, "readout": False}
        self.layer_slider = _SelectionSlider(
            options=self._grid.paths, index=self._grid.layer, description="layer", **options
        )
        self.channel_slider = _IntSlider(
            value=self._grid.channel,
            min=ALL,
            max=self._grid.channel_max,
            description="channel",
            **options,
        )
        self.normalization_slider = _SelectionSlider(
            options=normalizations,
            index=self._grid.normalization,
            description="normalization",
            **options,
        )
        self.image_slider = _IntSlider(
            value=self._grid.image, min=0, max=images - 1, description="image", **options
        )
        self.slice_slider = _IntSlider(
            value=self._grid.slice,
            min=0,
            # Where nothing is a volume it is not shown.
            max=self._grid.slice_max,
            disabled=self._grid.no_slices,
            description="slice",
            **options,
        )
        self._channel_box = ipywidgets.Text(
            value=self._grid.channel_text,
            continuous_update=False,
            tooltip="channel number, or all",
            layout=ipywidgets.Layout(width="5.5em"),
        )
        self._sort_box = _Dropdown(
            options=[("by number", "number"), ("strongest first", "strongest")],
            index=self._grid.sort,
            description="tiles",
            style={"description_width": "4em"},
            layout=ipywidgets.Layout(width="13em"),
        )
        self._hold_box = _Checkbox(
            description="hold scale",
            tooltip="keep the colours' limits while layer or image changes",
            indent=False,
            layout=ipywidgets.Layout(width="8em"),
        )
        wide = ipywidgets.Layout(flex="1 1 8em", min_width="0")
        narrow = ipywidgets.Layout(width="11em")
        first = ipywidgets.Label(layout=wide)
        self._readouts = {
            "layer_text": first,
            "slice_text": ipywidgets.Label(layout=wide, style=first.style),
            "image_text": ipywidgets.Label(layout=wide, style=first.style),
            "normalization_text": ipywidgets.Label(layout=narrow, style=first.style),
        }

    def _controls(self) -> ipywidgets.VBox:
        """Put each slider beside its readout, and link both to the picture in the page."""
        rows = {
            "layer": (self.layer_slider, self._readouts["layer_text"]),
            "channel": (self.channel_slider, self._channel_box, self._sort_box),
            "normalization": (
                self.normalization_slider,
                self._readouts["normalization_text"],
                self._hold_box,
            ),
            "slice": (self.slice_slider, self._readouts["slice_text"]),
            "image": (self.image_slider, self._readouts["image_text"]),
        }
        grid = self._grid
        # What there is nothing to choose from is not shown, and would be linked for nothing.
        left_out = {"image": grid.images == 1, "slice": grid.deepest == 1}
        shown = {name: row for name, row in rows.items() if not left_out.get(name)}
        links = [
            ipywidgets.jslink((grid, "layer"), (self.layer_slider, "index")),
            ipywidgets.jslink((grid, "channel"), (self.channel_slider, "value")),
            ipywidgets.jslink((grid, "normalization"), (self.normalization_slider, "index")),
            ipywidgets.jslink((grid, "channel_text"), (self._channel_box, "value")),
            ipywidgets.jsdlink((grid, "channel_max"), (self.channel_slider, "max")),
            ipywidgets.jslink((grid, "sort"), (self._sort_box, "index")),
            ipywidgets.jslink((grid, "hold"), (self._hold_box, "value")),
        ]
        if "image" in shown:
            links.append(ipywidgets.jslink((grid, "image"), (self.image_slider, "value")))
        if "slice" in shown:
            links += [
                ipywidgets.jslink((grid, "slice"), (self.slice_slider, "value")),
                ipywidgets.jsdlink((grid, "slice_max"), (self.slice_slider, "max")),
                ipywidgets.jsdlink((grid, "no_slices"), (self.slice_slider, "disabled")),
            ]
        for name, label in self._readouts.items():
            if name.removesuffix("_text") in shown:
                links.append(ipywidgets.jsdlink((grid, name), (label, "value")))
        layout = ipywidgets.Layout(align_items="center", flex_flow="row wrap")
        boxes = []
        for name, row in shown.items():
            box = ipywidgets.HBox(row, layout=layout)
            boxes.append(box.add_class("actwidget-control").add_class(f"actwidget-{name}"))
        controls = ipywidgets.VBox(boxes)
        self._parts: list[ipywidgets.Widget] = [
            *links,
            *(part for row in rows.values() for part in row),
            *boxes,
            controls,
        ]
        return controls

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
        grid.observe(self._sync_limits, "sheets_made")
        for slider, trait, name in (
            (self.layer_slider, "index", "layer"),
            (self.channel_slider, "value", "channel"),
            (self.normalization_slider, "index", "normalization"),
            (self.image_slider, "value", "image"),
            (self.slice_slider, "value", "slice"),
        ):
            slider.observe(self._follow_slider(slider, name), trait)
        self._sort_box.observe(self._follow_box, "index")
        self._hold_box.observe(self._follow_box, "value")
        self.observe(
            self._follow_trait,
            [
                *("layer", "channel", "normalization", "image_index", "slice"),
                *("sort", "hold_scale", "limits"),
            ],
        )

    def _follow_box(self, change: Any) -> None:
        box: FromPage = change.owner
        if box.from_page or self._syncing:
            return
        if box is self._sort_box:
            self.sort = SORTS[change.new]
        else:
            self.hold_scale = change.new

    def _follow_slider(self, slider: FromPage, name: str) -> Callable[[Any], None]:
        def follow(change: Any) -> None:
            # A slider that the page moved has moved the picture there already.
            if not slider.from_page and not self._syncing:
                self._show(**{name: change.new})

        return follow

    def _follow_trait(self, change: Any) -> None:
        if self._syncing:
            return
        grid = self._grid
        # All of them: several may be set at once, with their notifications held.
        target = {
            "layer": grid.paths.index(self.layer),
            "channel": ALL if self.channel is None else self.channel,
            "normalization": self._names().index(self.normalization),
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
                self._sync_controls()
                self._sync_traits()
            finally:
                self._syncing = False

    def _sync_controls(self) -> None:
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
        self._move(self._sort_box, {"index": grid.sort})
        self._move(self._hold_box, {"value": grid.hold})

    def _sync_traits(self) -> None:
        grid = self._grid
        self.layer = grid.paths[grid.layer]
        self.channel = None if grid.channel == ALL else grid.channel
        self.normalization = self._names()[grid.normalization]
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

    def _move(self, slider: Follower, state: dict[str, int]) -> None:
        """Move a slider; not in the page where the page has moved the picture itself."""
        state = {name: value for name, value in state.items() if getattr(slider, name) != value}
        if state and self._grid.from_page:
            slider.follow(state)
        else:
            for name, value in state.items():
                setattr(slider, name, value)

    def _names(self) -> list[str]:
        return [normalization.name for normalization in self._normalizations]

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
        entry = self.recording[self.layer] if known else self._grid.entry()
        check_channel(entry, channel)
        return channel

    @traitlets.validate("normalization")
    def _known_normalization(self, proposal: Any) -> str:
        if not self._syncing:
            self._require_open()
        if proposal.value not in self._names():
            raise traitlets.TraitError(unknown_name("normalization", proposal.value, self._names()))
        return str(proposal.value)

    @traitlets.validate("sort")
    def _known_sort(self, proposal: Any) -> str:
        if not self._syncing:
            self._require_open()
        if proposal.value not in SORTS:
            raise traitlets.TraitError(unknown_name("sort", proposal.value, SORTS))
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
            entry = self.recording[self.layer] if known else self._grid.entry()
            check_slice(entry, number, self._grid.deepest)
        return number

    @traitlets.validate("image_index")
    def _known_image(self, proposal: Any) -> int:
        image: int = proposal.value
        if not self._syncing:
            self._require_open()
            check_image(len(self.recording.images), image)
        return image
