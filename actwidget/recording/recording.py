"""What one forward pass left behind: every layer's maps, by the layer's path."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.thumbnail import (
    display_image,
    missing_thumbnail,
    saved_thumbnail,
    thumbnail,
)
from actwidget.recording.class_attributions import ClassAttributions
from actwidget.recording.layer import LayerMaps
from actwidget.recording.lazy_array import LazyArray
from actwidget.recording.lineage import LOOKING, first_non_finite
from actwidget.recording.map_array import Maps
from actwidget.recording.model_methods import ModelMethods, RecordedModel
from actwidget.recording.versions import installed_versions
from actwidget.utils.messages import unknown_name_message
from actwidget.utils.progress import Progress, each
from actwidget.utils.valid_text import valid_text

if TYPE_CHECKING:
    import xarray
    from zarr.abc.store import Store

    from actwidget.recording.health import Health

INPUT = "input"
"""The path of what the model received, an entry like those of the layers."""


class Closeable(Protocol):
    """What holds the maps of a recording, if they are not in memory."""

    def close(self) -> None:
        """Release them."""


class Thumbnails(Protocol):
    """The pictures of images that the page shows."""

    def __getitem__(self, image: int) -> dict[str, Any]:
        """Return what `actwidget.numerics.thumbnail.thumbnail` returns."""


class Recording(ModelMethods, Mapping[str, LayerMaps]):
    """A mapping of path to `LayerMaps`: what the model received, then every layer.

    The first entry is ``recording["input"]``, of several inputs the one that is shown as the image,
    ``recording["input:left"]``; then come the other inputs, and the layers in execution order.
    Whatever is listed can be a widget's ``layer``, and the other way round. ``recording.input`` is
    the first, by whatever path, and ``recording.layers`` has the paths of the layers alone.

    Displayed as a table of its layers. ``recording.save(path)`` saves it, and
    ``Recording.load(path)`` opens it again, without Keras.

    Parameters
    ----------
    entries : iterable of LayerMaps
        Those of the layers in execution order, after those of further inputs; each with a path of
        its own. One without units is listed in ``not_shown`` instead.
    model_name : str
        The model's name.
    inputs : NDArray[np.float32]
        What the model received, after preprocessing: ``(images, height, width, channels)``. Of
        several inputs the one that ``images`` shows, else the first.
    images : NDArray
        The images before preprocessing, in their own dtype: ``(images, height, width, channels)``.
        If ``preprocess`` resizes, height and width differ from those of ``inputs``. If no input
        can be shown as an image (vectors, tokens, volumes), the images have height 0:
        ``len(images)`` is still their number, and ``images.size`` is 0.
    not_shown : mapping of str to str, optional
        Layer path to the reason why the layer is not an entry.
    input : LayerMaps, optional
        What the model received as an entry, by default the first input among the entries, or else
        made of ``inputs``. Needed for vectors, sequences and volumes, and for one of several
        inputs, which has a name.
    versions : mapping of str to str, optional
        The versions of the packages that recorded it; by default those installed here.
    source : object with ``close()``, optional
        What holds the maps, if they are not in memory. It is closed with the recording.
    outputs : iterable of LayerMaps, optional
        What the model returned; by default the last of the layers.
    recorded_model : optional
        The model, for what is computed of it afterwards: :meth:`rerun`, :meth:`gradients`.
    thumbnails : optional
        The pictures of the images, if they are known already: what `thumbnail` returns.
    attributions : callable, optional
        Returns what explains the likeliest classes, if it was kept: see :meth:`attributions`.
    hint : str, optional
        What the viewer should know of the image's numbers: that they seem to be of another range
        than the model is made for.
    quantity : str, optional
        What the values are, if they are not the layers' own: ``"difference"``.

    Attributes
    ----------
    model_name : str
    layers : tuple[str, ...]
        The paths of the layers, without those of the inputs.
    not_shown : dict[str, str]
    versions : dict[str, str]
    hint, quantity : str
    class_names : list of str
        A name for each class that the model tells apart, if they are known: a widget that is given
        them sets them.

    Raises
    ------
    KeyError
        From ``recording[path]`` if no layer has that path; the message names the nearest.
    RuntimeError
        From ``recording[path]``, ``inputs`` and ``images`` after ``close()``.

    Examples
    --------
    >>> from actwidget import Recording, record
    >>> from actwidget.examples import shapes_cnn
    >>> recording = record(shapes_cnn.model(), shapes_cnn.images())
    >>> recording["conv3"].inputs
    ('pool2',)
    >>> float(recording["relu1"].maps.min())
    0.0
    >>> [row.layer for row in recording.health() if row.dead]
    ['relu4']
    >>> recording.save("shapes.zarr")
    >>> Recording.load("shapes.zarr")["conv3"].maps.shape
    (12, 8, 8, 32)
    """

    def __init__(
        self,
        entries: Iterable[LayerMaps],
        *,
        model_name: str,
        inputs: Maps,
        images: NDArray[np.generic] | LazyArray,
        not_shown: Mapping[str, str] | None = None,
        input: LayerMaps | None = None,
        versions: Mapping[str, str] | None = None,
        source: Closeable | None = None,
        outputs: Iterable[LayerMaps] | None = None,
        recorded_model: RecordedModel | None = None,
        thumbnails: Thumbnails | None = None,
        hint: str = "",
        quantity: str = "",
        attributions: Callable[[], ClassAttributions] | None = None,
    ) -> None:
        self._read_attributions = attributions
        self.hint = hint
        self.quantity = valid_text(quantity)
        self.class_names: list[str] = []
        self._recorded_model = recorded_model
        self.model_name = valid_text(model_name)
        reasons = (not_shown or {}).items()
        self.not_shown = {valid_text(path): valid_text(reason) for path, reason in reasons}
        self.versions = dict(installed_versions() if versions is None else versions)
        self._source = source
        self._thumbnails = thumbnails
        given = tuple(entries)
        # There is nothing to be seen of them, and nothing to be said of their values.
        listed = tuple(entry for entry in given if entry.maps.size)
        self.not_shown |= {entry.path: _why_empty(entry) for entry in given if not entry.maps.size}
        received = input or _input_among(listed, inputs) or _input_entry(listed, model_name, inputs)
        self._input_path = received.path
        self._entries: dict[str, LayerMaps | None] = {received.path: received}
        for entry in listed:
            if entry is received:
                continue
            if entry.path in self._entries:
                raise ValueError(f"entries holds the path {entry.path!r} twice; paths are unique")
            self._entries[entry.path] = entry
        others = (entry for entry in listed if entry is not received)
        self.layers = tuple(entry.path for entry in others if not entry.is_input)
        self._outputs = None if outputs is None else tuple(outputs)
        self._inputs: Maps | None = inputs
        self._images: NDArray[np.generic] | LazyArray | None = images

    @property
    def closed(self) -> bool:
        """Whether the activations have been freed."""
        return self._inputs is None

    @property
    def inputs(self) -> Maps:
        """What the model received, shape ``(images, height, width, channels)``."""
        if self._inputs is None:
            raise self._closed_error()
        return self._inputs

    @property
    def images(self) -> NDArray[np.generic] | LazyArray:
        """The images before preprocessing, shape ``(images, height, width, channels)``."""
        if self._images is None:
            raise self._closed_error()
        return self._images

    def thumbnail(self, image: int) -> dict[str, Any]:
        """Return one of the images as the page shows it; see `actwidget.numerics.thumbnail`."""
        height, width = self.images.shape[1:3]
        try:
            if self._thumbnails is not None:
                saved = saved_thumbnail(self._thumbnails[image]["data"], height, width)
                if saved is not None:
                    return saved
            return thumbnail(display_image(self.images[image]))
        except (OSError, ValueError, MemoryError):
            # The layers of a damaged recording can be looked at without it.
            return missing_thumbnail(height, width)

    @property
    def input(self) -> LayerMaps:
        """What the model received, as an entry like those of the layers."""
        return self[self._input_path]

    @property
    def outputs(self) -> tuple[LayerMaps, ...]:
        """What the model returned, whichever layers were asked for.

        An output that is not an entry is recorded only if it is a vector:
        ``(images, 1, 1, units)``.
        """
        if self.closed:
            raise self._closed_error()
        last = tuple(self[path] for path in self.layers[-1:])
        return last if self._outputs is None else self._outputs

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Save the recording as a folder in zarr format 3, which `load` opens.

        It is written completely or not at all. The folder can be put on a web server or in a
        bucket as it is; whoever opens it there reads only what they look at.

        Parameters
        ----------
        path : str or path-like
            A local folder that does not exist yet, conventionally named like ``vgg16.zarr``.
        overwrite : bool, optional
            Replace an existing recording, once the new one is complete. Nothing but a recording
            is replaced, and none in whose folder there is anything else. Others may save to the
            same path: the last one stays, and there is a recording at any time.

        Raises
        ------
        FileExistsError, FileNotFoundError, ValueError
            If the path cannot be written to; the message says why.
        RuntimeError
            If the recording is closed.
        """
        # The import takes long, too.
        with Progress(f"saving {os.fspath(path)}"):
            from actwidget.recording.saved.writer import save_recording

            save_recording(self, path, overwrite=overwrite)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str] | Store,
        *,
        timeout: float | None = 10,
        memory_limit: int | float | str | None = None,
        **storage_options: Any,
    ) -> Recording:
        """Open a recording that was saved.

        Maps are read when they are shown: opening takes little time and memory, however large
        the recording. It needs neither TensorFlow nor Keras, and executes nothing of what it
        reads.

        Parameters
        ----------
        path : str, path-like or zarr store
            The folder, a zip archive of its contents, or a URL that fsspec opens:
            ``"https://example.org/vgg16.zarr"``, ``"s3://bucket/vgg16.zarr"``.
        timeout : float or None, optional
            Seconds without a byte after which a server is given up, now or when maps are read;
            None waits for ever.
        memory_limit : int or str, optional
            ``"4 GB"``, or bytes: how much is read at once at most, by default a quarter of what is
            free, and at most 4 GB. Of larger maps parts are read.
        **storage_options
            For a URL, options of fsspec: ``anon=True``.

        Raises
        ------
        FileNotFoundError
            If there is nothing at the path.
        ValueError
            If it is not a recording, was saved by a newer actwidget, or is damaged. Damage at a
            URL is reported when the part is read.
        OSError
            If it cannot be read, or a server is silent (TimeoutError).
        MemoryError
            If what describes it takes more than `memory_limit`; from maps that are indexed, if
            the part does.
        ImportError
            If the package that opens the URL is missing; the message says what to install.
        """
        with Progress(f"opening {path}"):
            from actwidget.recording.saved.reader import open_recording
            from actwidget.recording.saved.source import Limits

            limits = Limits.of(timeout, memory_limit)
            return cls(**open_recording(path, storage_options, limits))

    @overload
    def to_xarray(self) -> xarray.Dataset: ...

    @overload
    def to_xarray(self, layer: str) -> xarray.DataArray: ...

    def to_xarray(self, layer: str | None = None) -> xarray.Dataset | xarray.DataArray:
        """Return the maps with named axes; those of a loaded recording are read.

        Parameters
        ----------
        layer : str, optional
            One layer's path.

        Returns
        -------
        xarray.DataArray or xarray.Dataset
            For one layer, an array with the axes ``image``, ``row``, ``column`` and ``channel``;
            of a volume, also ``slice`` before ``row``; of a sequence, ``image``, ``time`` and
            ``channel``. For all, a variable per layer, named by its path; as layers differ in
            size, they share the axis ``image`` alone, and the others carry the path:
            ``conv1 row``. The attribute ``finite`` says whether ``"all"``, ``"some"`` or
            ``"none"`` of a layer's values are finite.

        Raises
        ------
        KeyError
            If no layer has that path.
        ImportError
            If xarray is not installed.
        """
        from actwidget.recording.to_xarray import layer_to_xarray, recording_to_xarray

        return recording_to_xarray(self) if layer is None else layer_to_xarray(self[layer])

    def health(self) -> Health:
        """Tabulate which channels carry no information: dead, flat, saturated or not finite.

        Returns
        -------
        Health
            A list of a `LayerHealth` for each layer, shown as a table;
            ``pandas.DataFrame(recording.health().to_dict())`` makes a data frame of it.
        """
        from actwidget.recording.health import health

        return health(self[path] for path in self.layers)

    def first_non_finite(self, layer: str | None = None) -> str | None:
        """Return the path of the first input or layer with NaN or infinite units, or None.

        Parameters
        ----------
        layer : str, optional
            Where to look: at this layer and at what its inputs came from, however far back. None
            then also if that cannot be told, as an operation outside layers leaves no trace.
        """
        if layer is not None:
            return first_non_finite(self.values())[self[layer].path]
        entries = each(list(self.values()), LOOKING, lambda entry: entry.path)
        return next((entry.path for entry in entries if not entry.all_finite), None)

    def __getstate__(self) -> dict[str, Any]:
        """Pickle without the model, which may not be picklable."""
        return self.__dict__ | {"_recorded_model": None}

    def close(self) -> None:
        """Free the activations; paths can still be listed. Closing it twice is allowed."""
        self._inputs = self._images = self._outputs = self._recorded_model = None
        self._entries = dict.fromkeys(self._entries)
        if self._source is not None:
            self._source.close()

    def __getitem__(self, path: str) -> LayerMaps:
        """Return the entry of a layer, or of an input."""
        try:
            entry = self._entries[path]
        except KeyError:
            raise KeyError(unknown_name_message("layer", path, self._entries)) from None
        if entry is None:
            raise self._closed_error()
        return entry

    def __contains__(self, path: object) -> bool:
        """Check whether a layer or an input was recorded, even after `close`."""
        return path in self._entries

    def __iter__(self) -> Iterator[str]:
        """Iterate over the paths: the inputs', then the layers' in execution order."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of entries: layers and inputs."""
        return len(self._entries)

    def __repr__(self) -> str:
        """Return a table of the layers; of many, the middle ones are left out."""
        from actwidget.recording.table import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from actwidget.recording.table import as_html

        return as_html(self)

    def _closed_error(self) -> RuntimeError:
        return RuntimeError(
            f"the recording of {self.model_name} is closed and its activations are freed: "
            + getattr(self._source, "way_out", "record the model again")
        )


def _why_empty(entry: LayerMaps) -> str:
    return f"has no units: its output is {' × '.join(map(str, entry.sizes))}"


def _input_among(entries: Sequence[LayerMaps], inputs: Maps) -> LayerMaps | None:
    """Return the input that is listed, as when a recording is made of another's entries."""
    received = (entry for entry in entries if entry.is_input)
    return next((each for each in received if each.path == INPUT or each.maps is inputs), None)


def _input_entry(entries: Sequence[LayerMaps], model_name: str, inputs: Maps) -> LayerMaps:
    """Make the entry of an image as input; a layer that is called like it keeps its name."""
    taken = any(entry.path == INPUT for entry in entries)
    path = f"{INPUT} of {model_name}" if taken else INPUT
    return LayerMaps(path, "Input", None, "maps", inputs)
