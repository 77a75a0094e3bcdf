"""One layer of a recording: its maps, what describes them, and what is computed from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from actwidget.numerics.measures import Measures, measures
from actwidget.numerics.photograph import image_limits
from actwidget.numerics.profile import Profile, profile
from actwidget.numerics.statistics import Statistics
from actwidget.numerics.summary import Summary
from actwidget.recording.array_maps import as_map_array
from actwidget.recording.map_array import MapArray, Maps
from actwidget.utils.incremental import Incremental, run_to_completion
from actwidget.utils.progress import Progress
from actwidget.utils.valid_text import valid_text

Kind = Literal["maps", "units", "sequence"]


@dataclass(frozen=True, eq=False, repr=False)
class LayerMaps:
    """One layer of a recording.

    Attributes
    ----------
    path : str
        The layer's name below the model, unique in the recording: ``"block1_conv1"``,
        ``"mobilenet/Conv1"`` inside a nested model, ``"dense#2"`` for a layer's second call,
        ``"lstm:0"`` for the first of several outputs, ``"heads:age"`` for one with a name.
    layer_type : str
        The layer's class: ``"Conv2D"``.
    activation : str or None
        The activation fused into the layer: ``"relu"``; None if it is linear or there is none.
    kind : {"maps", "units", "sequence"}
        ``"units"``: the output of a dense or flatten layer, with maps of
        ``(images, 1, 1, units)``. ``"sequence"``: one map whose rows are time steps (or tokens)
        and whose columns are the layer's channels, ``(images, time, channels, 1)``.
    maps : NDArray[np.float32] or MapArray
        Exactly what the model computed, shape ``(images, height, width, channels)``, C-contiguous
        and read-only. Of a volume the slices lie one below the other,
        ``(images, depth × height, width, channels)``: see `volume` and `slice`. Those of a
        recording that was loaded are read when they are indexed.
    depth : int
        How many slices a map has: 1 for all but volumes. Slices are those of a
        three-dimensional convolution, or the time steps of a sequence of images.
    inputs : tuple of str
        The paths of the entries that the layer's inputs came from, in the layer's own order, as
        far as they are known: an operation outside layers, such as ``x * 2``, leaves no trace.
    """

    path: str
    layer_type: str
    activation: str | None
    kind: Kind
    maps: Maps
    depth: int = 1
    inputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Write out what no page and no message could hold of names."""
        for name in ("path", "layer_type", "activation"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, valid_text(getattr(self, name)))
        object.__setattr__(self, "inputs", tuple(map(valid_text, self.inputs)))

    @cached_property
    def map_array(self) -> MapArray:
        """The maps with what is asked of them, wherever they lie."""
        return as_map_array(self.maps)

    @cached_property
    def statistics(self) -> Statistics:
        """The layer's statistics over all images, computed at the first use."""
        with Progress(f"computing the statistics of {self.path}"):
            return run_to_completion(self.map_array.statistics_incrementally())

    def statistics_incrementally(self) -> Incremental[Statistics]:
        """Compute `statistics`, if they are not known, some milliseconds at a time."""
        if "statistics" not in self.__dict__:
            found = yield from self.map_array.statistics_incrementally()
            # Into __dict__, where cached_property looks first.
            self.__dict__["statistics"] = found
        return self.statistics

    @cached_property
    def summary(self) -> Summary:
        """The layer's range and its share of zeros, which are quicker to compute."""
        with Progress(f"looking at {self.path}"):
            return self.map_array.summarize()

    @property
    def summary_is_known(self) -> bool:
        """Whether `summary` is available without reading the units."""
        return self.map_array.summary_is_stored or "summary" in self.__dict__

    @cached_property
    def profile(self) -> Profile:
        """How strong the layer and its channels are, in one pass."""
        single = self.height * self.width * self.depth == 1
        return profile(self.map_array.blocks(), self.tiles, one_group=single)

    @cached_property
    def measures(self) -> Measures:
        """What the channels can be sorted by, in one pass."""
        images = (np.asarray(self.map_array[image]) for image in range(self.images))
        return measures(images, self.tiles)

    @cached_property
    def all_finite(self) -> bool:
        """Whether no unit is NaN or infinite."""
        return self.map_array.all_finite()

    @property
    def is_input(self) -> bool:
        """Whether it is what the model received: it came from nothing."""
        return self.layer_type == "Input" and not self.inputs

    @property
    def is_image(self) -> bool:
        """Whether it is what the model received, and that is an image, grey or RGB."""
        is_map = self.kind == "maps" and self.depth == 1 and self.height * self.width > 1
        return self.is_input and is_map and self.tiles in (1, 3)

    def image_limits(self, image: int) -> tuple[float, float]:
        """Return the smallest and the largest finite value of an image, for black and white."""
        if image not in self._image_limits:
            self._image_limits[image] = image_limits(np.asarray(self.maps[image]))
        return self._image_limits[image]

    @cached_property
    def _image_limits(self) -> dict[int, tuple[float, float]]:
        return {}

    @property
    def images(self) -> int:
        """The number of images."""
        return int(self.maps.shape[0])

    @property
    def height(self) -> int:
        """Rows of a map; of a volume, of one slice."""
        return int(self.maps.shape[1]) // self.depth

    @property
    def width(self) -> int:
        """Columns of a map."""
        return int(self.maps.shape[2])

    @property
    def tiles(self) -> int:
        """The number of maps of an image: one of a sequence, otherwise one per channel."""
        return int(self.maps.shape[3])

    @property
    def channels(self) -> int:
        """The number of channels: maps, columns of a sequence, units of a dense layer."""
        return self.width if self.kind == "sequence" else self.tiles

    @property
    def sizes(self) -> tuple[int, ...]:
        """The shape for one image, with the axes of its kind.

        ``(height, width, channels)``, of a volume ``(depth, height, width, channels)``, of a
        sequence ``(time, channels)``; of units ``(1, 1, units)``, as their maps are.
        """
        if self.kind == "sequence":
            return self.height, self.width
        depth = (self.depth,) if self.depth > 1 else ()
        return *depth, self.height, self.width, self.channels

    @property
    def volume(self) -> NDArray[np.float32]:
        """The maps by slices, shape ``(images, depth, height, width, channels)``; a view."""
        images, rows, width, channels = self.maps.shape
        return self.maps.reshape(images, self.depth, rows // self.depth, width, channels)

    def slice(self, number: int) -> LayerMaps:
        """Return one slice of a volume as an entry of its own.

        Its maps are a view, read when they are indexed if the recording was loaded; its
        statistics are those of all slices, so that slices can be compared.

        Raises
        ------
        IndexError
            If the slice does not exist.
        """
        if not 0 <= number < self.depth:
            raise IndexError(f"slice is {number}; {self.path} has slices 0 to {self.depth - 1}")
        one = replace(self, maps=self.map_array.slice(number, self.depth), depth=1)
        # Into __dict__, where cached_property looks first.
        one.__dict__["statistics"] = self.statistics
        return one

    def __repr__(self) -> str:
        """Describe the layer without reading a unit."""
        kind = self.layer_type + (f" + {self.activation}" if self.activation else "")
        return f"<LayerMaps {self.path}: {kind}, {' × '.join(map(str, self.sizes))}>"
