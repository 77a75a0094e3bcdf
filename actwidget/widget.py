"""ActivationWidget: a model's activations under linked sliders, in a notebook or a file."""

from __future__ import annotations

import base64
import inspect
import os
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from actwidget.capture.options import RecordOptions
from actwidget.capture.record import record
from actwidget.export.embed import embed
from actwidget.export.figure import figure
from actwidget.export.preview import preview
from actwidget.export.to_html import to_html
from actwidget.numerics.builtin_normalizations import all_normalizations
from actwidget.numerics.mosaic import Columns, columns_for
from actwidget.numerics.normalization import Normalization
from actwidget.protocol.archived_layer import Precision
from actwidget.recording.recording import Recording
from actwidget.utils.messages import unknown_name_message
from actwidget.view.controls import ControlPanel
from actwidget.view.heatmap_grid import HeatmapGrid
from actwidget.view.prediction import check_class_names
from actwidget.view.tile_order import SORTS, Sort, tile_order
from actwidget.view.trait_sync import Agreement
from actwidget.view.view_state import start

if TYPE_CHECKING:
    import plotly.graph_objects as go


class ActivationWidget(Agreement, ipywidgets.VBox):  # type: ignore[misc]
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
        or ``"channel z-score"``: see `actwidget.numerics.normalization`.
    image_index : int, optional
        The image to begin with.
    slice : int, optional
        The depth slice of volumes to begin with; by default the middle one.
    columns : int or {"auto", "square"}, optional
        Tiles in a row: see `actwidget.numerics.mosaic.columns_for`.
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
            raise TypeError(
                "ActivationWidget: " + unknown_name_message("the keyword", name, accepted)
            )
        columns_for(1, columns)
        modes = all_normalizations(normalizations)
        names = [each.name for each in modes]
        if normalization not in names:
            raise ValueError(unknown_name_message("normalization", normalization, names))
        if sort not in SORTS:
            raise ValueError(unknown_name_message("sort", sort, SORTS))
        self._owns_recording = not isinstance(model, Recording)
        options = RecordOptions(preprocess, layers, channel_axis, grid, memory_limit)
        if isinstance(model, Recording):
            if image is not None or not options.is_default:
                raise TypeError(
                    "image and preprocess go with a model, as do layers, channel_axis, grid and "
                    "memory_limit; a recording already holds its images: "
                    "ActivationWidget(recording)"
                )
            recording = model
        else:
            recording = record(model, image, **vars(options))
        try:
            shown = start(recording, layer, channel, image_index, slice)
            classes = [] if class_names is None else check_class_names(class_names, recording)
            self._grid = HeatmapGrid(
                recording,
                normalizations=modes,
                columns=columns,
                class_names=classes,
                normalization=names.index(normalization),
                sort=SORTS.index(sort),
                **shown,
            )
        except Exception:
            if self._owns_recording:
                recording.close()
            raise
        self.recording = recording
        self._static_preview = static_preview
        self._panel = ControlPanel(self._grid)
        self.layer_slider = self._panel.layer_slider
        self.channel_slider = self._panel.channel_slider
        self.normalization_slider = self._panel.normalization_slider
        self.slice_slider = self._panel.slice_slider
        self.image_slider = self._panel.image_slider
        self._parts = list(self._panel.parts)
        super().__init__(children=[self._panel.box, self._grid])
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
        if bundle is not None and self._static_preview and self._grid.is_open:
            try:
                bundle["image/png"] = base64.b64encode(self._preview()).decode("ascii")
            except Exception as error:
                # It must not keep the widget from being shown.
                warnings.warn(
                    f"the picture for where no JavaScript runs is left out: {error}; "
                    "static_preview=False does without it",
                    stacklevel=2,
                )
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
