"""ActivationWidget: a model's activations under linked sliders, in a notebook or a file."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from actwidget.capture.errors import kept_if_interrupted
from actwidget.capture.options import RecordOptions
from actwidget.capture.record import record
from actwidget.export.embed import embed
from actwidget.export.figure import check_size, figure
from actwidget.export.kept_top_images import TopImagesOption
from actwidget.export.preview import add_preview
from actwidget.export.snapshot_panels import snapshot_panels
from actwidget.export.to_html import to_html
from actwidget.live.grey_image import image_or_grey
from actwidget.live.methods import LiveMethods
from actwidget.live.model_frames import record_frame
from actwidget.numerics.builtin_normalizations import all_normalizations
from actwidget.numerics.mosaic import Columns, columns_for
from actwidget.numerics.normalization import Normalization
from actwidget.protocol.archived_layer import Precision
from actwidget.recording.recording import Recording
from actwidget.surveys.survey import Survey
from actwidget.utils.messages import unknown_name_message
from actwidget.utils.progress import Progress
from actwidget.view.prediction import check_class_names
from actwidget.view.tile_order import SORTS, Sort, is_sort

if TYPE_CHECKING:
    import plotly.graph_objects as go


class ActivationWidget(LiveMethods):
    """Every layer's activations, under linked sliders.

    Parameters
    ----------
    model : keras.Model or Recording
        A model, which is run once on `image`; or what `record` returned, without `image`.
    image : array_like, optional
        One image ``(height, width, channels)`` or several ``(images, height, width, channels)``,
        in whatever numbers the model takes: a NumPy array, a TensorFlow tensor, a PIL image or
        nested lists. A missing batch or channel axis is added if that is unambiguous.
    preprocess : callable, optional
        Turns a batch of images into what the model takes, as ``preprocess_input`` of the
        ``keras.applications`` families does. The images themselves are shown beside the grid.
    layers, channel_axis, grid, memory_limit : optional
        Which layers to show, what cannot be inferred of their outputs, and how much of their maps
        is kept in memory rather than in files: see `actwidget.record`.
    layer : str, int or keras.layers.Layer, optional
        The layer to begin with: its path, its number (0 is the input, -1 the last) or the model's
        own layer; by default the first convolution, or else the first layer.
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
    sort : str, optional
        The order of the tiles: by ``"number"``, or those channels first that are ``"strongest"``
        (by their largest |x|), have the largest ``"mean"``, share of ``"zeros"`` or ``"variance"``
        over the images, or are most ``"like 17"``; or those that add most to the target or take
        most from it, by ``"importance"``: the sum of gradient × activation, a first-order estimate.
        Of a survey: by class ``"selectivity"``, or ``"activity"``, the share of images on which a
        channel is active.
    alive_only : bool, optional
        Whether dead channels, which are 0 throughout, are left out of the tiles.
    dead_only : bool, optional
        Whether all channels are left out but those that are 0 on every image of the survey.
    alpha_overlay : float, optional
        The opacity of an open channel's map over the input image, as in captum's
        ``visualize_image_attr``: 1 (the default) is the map alone, 0 the image.
    target : str, int or tuple, optional
        What is explained: a class by its name or its number; ``"top"``, each image's likeliest;
        a channel, ``(layer, channel)``; or a unit, ``(layer, channel, (row, column))``.
    show : str, optional
        What is shown of a layer: its ``"activation"``, the ``"gradient"`` of the target by it, or
        ``"gradient × activation"``.
    overlay : str, optional
        What lies over the input image: the shown layer's ``"grad-cam"``, or the input's
        ``"gradient"``.
    overlay_opacity : float, optional
        How opaque that is at its largest value, from 0 to 1.
    class_names : list of str, optional
        A name for each of the model's outputs: the header then ends in the prediction.
    normalizations : list of Normalization, optional
        Modes of one's own, after the five: see `actwidget.Normalization` for an example.
    embed : bool, optional
        Whether to put all pictures into the widget's state at once: see `embed`.
    static_preview : bool, optional
        Whether a notebook's output also carries a PNG of what is shown, for where no JavaScript
        runs: GitHub, notebooks that are not trusted, mails.
    controls : bool, optional
        Whether the page draws its own controls above the picture. Without, put `layer_slider` and
        the others into a layout of your own.
    survey : Survey, optional
        What `actwidget.survey` found over a data set: an opened channel then shows the images that
        excite it most. Without one it shows those of the recording, if they are several.
    live : str, path, array or iterable, optional
        Frames to feed to the model, ``"camera"`` or whatever `live` takes; `image` may be left out
        then.

    Attributes
    ----------
    layer : str
        The path of the layer shown; it can be set as a number or a layer, too. Like the next three
        a trait: set it, observe it, link it.
    channel : int or None
        The channel shown, None for all. Of a sequence, whose channels are the columns of one
        picture, the column that is framed.
    normalization : str
        The name of the normalization.
    image_index : int
        Which of the images, from 0.
    slice : int
        Which depth slice of a volume is shown, from 0. It stays if the next volume has it, else
        that one's middle is shown; a layer that is not a volume leaves it as it is. Statistics and
        colours are those of all slices, so that slices can be compared.
    sort : str
        The order of the tiles.
    alive_only : bool
        Whether dead channels are left out of the tiles; of a layer in which all are dead none is.
    dead_only : bool
        Whether only those that are dead on all images of the survey are shown; where there are none
        all are. It ends `alive_only`, and the other way round.
    hold_scale : bool
        Whether the colours keep their limits while layer or image changes.
    alpha_overlay : float
        The opacity of an open channel's map over the input, which is drawn in greys below it.
    target : str, int, tuple or None
        What is explained. `show`, `overlay` and ``sort="importance"`` make it ``"top"`` if it is
        None, and end when it becomes None.
    show, overlay, overlay_opacity
        As above.
    ablated : (str, int) or None
        A layer's path and the number of its channel that is switched off: the layers behind it show
        what they give then, and the prediction what is left of it.
    explored : int or None
        The number of the survey's image that is shown in place of the recording's: the model is run
        on it. None shows the recording again.
    survey : Survey or None
        The survey that was given.
    limits : tuple[float, float]
        The shown values at the ends of the colours. Setting them holds them; None releases them.
    live_state : {"off", "live", "paused"}
        Whether live frames are shown: see `live`, `pause`, `resume` and `stop`.
    frames_per_second : float
        How many of them were sent to the page in a second; read-only.
    layer_slider, normalization_slider : ipywidgets.SelectionSlider
    channel_slider, slice_slider, image_slider : ipywidgets.IntSlider
        Core sliders for a layout of your own, made at the first use and linked to the traits. The
        channel slider's first stop, -1, is all channels.
    recording : Recording
        What the model computed: ``widget.recording["conv1"].maps`` has the shape
        ``(images, height, width, channels)``.

    Notes
    -----
    A widget frees its memory, files and scratch space by itself once nobody uses it: no variable,
    box or `jslink` refers to it and no page shows it. JupyterLab and Notebook 7 report when the
    last output that shows it is cleared or replaced; IPython's ``Out`` lets go of it then. Other
    front ends do not: there, a widget that was displayed stays until ``close()``, as does one in a
    box or a `jslink` that was not closed, which ipywidgets keeps.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it should be; the message says what is.
    RecordingInterrupted
        A KeyboardInterrupt, if one came while a model was recorded, or what it computed was looked
        at. Its ``recording`` holds the layers that were recorded until then.
    traitlets.TraitError
        If a layer, channel, normalization or image is set that does not exist, or an order or
        limits that are not valid. The widget stays as it was.

    Examples
    --------
    >>> from actwidget import ActivationWidget
    >>> from actwidget.examples import shapes_cnn
    >>> w = ActivationWidget(shapes_cnn.model(), shapes_cnn.images(), layer="conv2")
    >>> w.channel = 5
    >>> w.normalization = "channel z-score"
    >>> w.recording["conv2"].maps.shape
    (12, 20, 20, 24)
    >>> w.close()
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
        layer: Any = None,
        channel: int | None = None,
        normalization: str = "raw",
        image_index: int = 0,
        slice: int | None = None,
        columns: Columns = "auto",
        sort: Sort | str = "number",
        alive_only: bool = False,
        dead_only: bool = False,
        alpha_overlay: float = 1.0,
        target: Any = None,
        show: str = "activation",
        overlay: str | None = None,
        overlay_opacity: float = 0.5,
        class_names: Sequence[str] | None = None,
        normalizations: Sequence[Normalization] = (),
        embed: bool = False,
        static_preview: bool = True,
        controls: bool = True,
        survey: Survey | None = None,
        live: Any = None,
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
        if not is_sort(sort):
            raise ValueError(unknown_name_message("sort", sort, [*SORTS, "like 0"]))
        self._owns_recording = not isinstance(model, Recording)
        options = RecordOptions(preprocess, layers, channel_axis, grid, memory_limit)
        if isinstance(model, Recording) and (image is not None or not options.is_default):
            raise TypeError(
                "image and preprocess go with a model, as do layers, channel_axis, grid and "
                "memory_limit; model is a recording, which already holds its images: leave "
                "them out"
            )
        self._static_preview = static_preview
        with Progress("making the widget"), ExitStack() as stack:
            if isinstance(model, Recording):
                recording = model
            else:
                image = image_or_grey(model, image, live)
                recording = record(model, image, **vars(options))
                stack.enter_context(kept_if_interrupted(recording))
            try:
                super().__init__(
                    recording,
                    normalizations=modes,
                    columns=columns,
                    class_names=[]
                    if class_names is None
                    else check_class_names(class_names, recording),
                    controls=controls,
                    survey=survey,
                    layer=layer,
                    channel=channel,
                    normalization=normalization,
                    image_index=image_index,
                    slice=slice,
                    sort=sort,
                    alive_only=alive_only,
                    dead_only=dead_only,
                    alpha_overlay=alpha_overlay,
                    target=target,
                    show=show,
                    overlay=overlay,
                    overlay_opacity=overlay_opacity,
                )
            except Exception:
                if self._owns_recording:
                    recording.close()
                raise
            self.shown.survey.record = partial(record_frame, recording)
            self._begin_with(live, embed=embed)

    def _begin_with(self, live: Any, *, embed: bool) -> None:
        """Do what the constructor was asked for beside; closed if that cannot be."""
        try:
            if embed:
                self.embed()
            if live is not None:
                self.live(live)
        except Exception:
            self.close()
            raise

    def figure(
        self,
        *,
        width: float | None = None,
        height: float | None = None,
        alpha_overlay: float | None = None,
    ) -> go.Figure:
        """Draw what is shown now as a Plotly figure that stands alone.

        An overview is drawn at the widget's level of detail, one channel with every unit. It has
        what the page shows: the tiles in their order with their numbers and hatches, or the classes
        as bars, and the share of units beyond the ends of the colours. What a comparison shows
        side by side stands side by side, with one colour bar.

        Parameters
        ----------
        width, height : float, optional
            In pixels; by default what the picture needs, at most 900 × 560. Tiles are arranged for
            the room, and what is written is cut to fit.
        alpha_overlay : float, optional
            The opacity of an open channel's map over the input image; by default the widget's own.

        Raises
        ------
        TypeError, ValueError
            If a size is not from 200 to 10,000, or a map is to lie over an input that it cannot.
        RuntimeError
            If the widget is closed.
        """
        self.require_open()
        with Progress(f"drawing {self.layer}"):
            panels = snapshot_panels(self)
            if alpha_overlay is not None:
                panels = [panel.over_input(alpha_overlay) for panel in panels]
            return figure(panels, check_size("width", width), check_size("height", height))

    def to_html(
        self,
        file: str | os.PathLike[str],
        *,
        layers: str | Sequence[str] | None = None,
        max_size: str | int = "10 MB",
        precision: Precision = "approximate",
        top_images: TopImagesOption = None,
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
            top_images=top_images,
            include_plotlyjs=include_plotlyjs,
            title=title,
        )

    def embed(
        self,
        *,
        layers: str | Sequence[str] | None = None,
        max_size: str | int = "5 MB",
        precision: Precision = "approximate",
        top_images: TopImagesOption = None,
    ) -> None:
        """Put all pictures into the widget's state, so that a saved notebook stays alive.

        Parameters
        ----------
        layers, max_size, precision, top_images
            As for `actwidget.to_html`; the size is that of the pictures in the notebook's file.

        Raises
        ------
        ValueError, RuntimeError
            As `actwidget.to_html`.
        """
        self.require_open()
        with Progress("embedding the pictures"):
            embed(
                self,
                layers=layers,
                max_size=max_size,
                precision=precision,
                top_images=top_images,
            )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live widget and, for where it cannot be shown, a picture."""
        bundle = super()._repr_mimebundle_(**kwargs)
        # ipywidgets returns a bundle, anywidget a bundle and its metadata.
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None and self._static_preview and self.is_open:
            add_preview(data, self)
        return bundle

    def close(self) -> None:
        """Close the view and free the activations.

        A recording that was given to the widget stays open: it is its owner's to close.
        """
        super().close()
        if getattr(self, "_owns_recording", False) and hasattr(self, "recording"):
            self.recording.close()
