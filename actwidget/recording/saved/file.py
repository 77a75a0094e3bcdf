"""A saved recording that is open for reading, and the arrays in it."""

from __future__ import annotations

import json
import math
import operator
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actwidget.recording.lazy_array import LazyArray
from actwidget.recording.saved.format import ATTRIBUTE, CODECS, DESCRIPTION_BYTES, METADATA_FILE
from actwidget.recording.saved.source import DamagedPartError, Limits, TooLongError
from actwidget.recording.saved.store import open_store
from actwidget.recording.saved.zarr_library import zarr
from actwidget.utils.progress import Progress
from actwidget.utils.sizes import format_bytes
from actwidget.utils.urls import is_url

if TYPE_CHECKING:
    from zarr.abc.store import Store

TOKEN_BYTES = 50
"""About how much memory each value of the description takes once it is read."""

MOST_CHUNKS = 1 << 16
"""How many chunks an array may have if they are smaller than expected: zarr lists them."""

COPIES = 3
"""How often a chunk is in memory while it is read: packed, unpacked, and in the order of axes."""


class SavedRecording:
    """A saved recording that is open for reading; the parameters are those of `open_store`.

    Attributes
    ----------
    label : str
        The path, for messages.
    way_out : str
        What to do once it is closed, for messages.
    limits : Limits

    Raises
    ------
    FileNotFoundError, OSError, ImportError, ValueError
        If nothing is there, it cannot be read, a package is missing, or it is not a recording.
    """

    way_out = "load it again"

    def __init__(
        self,
        path: str | os.PathLike[str] | Store,
        storage_options: Mapping[str, Any],
        limits: Limits,
    ) -> None:
        self._store: Any = open_store(path, storage_options, limits)
        self._arrays: dict[str, Any] = {}
        self.label: str = self._store.label
        self.limits = limits

    def read_description(self) -> Any:
        """Read the JSON that describes the recording."""
        way_out = "it takes a folder that recording.save(path) made"
        try:
            content = self._store.read(METADATA_FILE)
        except DamagedPartError as error:
            memory = self.limits.memory
            if isinstance(error, TooLongError) and memory < DESCRIPTION_BYTES:
                raise MemoryError(
                    f"the recording {self.label!r}: its description takes more of memory than "
                    f"memory_limit, which is {format_bytes(memory)}: load it with a larger one"
                ) from error
            raise ValueError(
                f"path is {self.label!r}, which is not a saved recording ({error}); {way_out}"
            ) from error
        if content is None:
            # Whether anything else is at a URL is unknown.
            kind = FileNotFoundError if is_url(self.label) else ValueError
            raise kind(
                f"path is {self.label!r}, where there is no {METADATA_FILE}, so it is not a saved "
                f"recording; {way_out}"
            )
        self._check_memory(TOKEN_BYTES * sum(map(content.count, b",:[{")), "its description")
        try:
            group = json.loads(content)
            if (group["zarr_format"], group["node_type"]) != (3, "group"):
                raise ValueError("it is not a zarr group of format 3")
            attributes = group["attributes"]
            names = ", ".join(sorted(attributes)) or "none"
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(
                f"path is {self.label!r}, whose {METADATA_FILE} does not describe a recording or "
                f"is damaged ({type(error).__name__}: {error}); {way_out}"
            ) from error
        if ATTRIBUTE not in attributes:
            raise ValueError(
                f"path is {self.label!r}, a zarr group that is not a saved recording (its "
                f"attributes: {names:.200}); {way_out}"
            )
        return attributes[ATTRIBUTE]

    def read(self, array: SavedArray, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part of an array.

        Raises
        ------
        RuntimeError
            If the recording is closed.
        ValueError
            If it is damaged or was replaced.
        MemoryError
            If the part takes more than the memory limit.
        OSError
            If it cannot be read.
        """
        if self._store is None:
            raise RuntimeError(
                f"the recording {self.label!r} is closed: Recording.load opens it again"
            )
        # Of the part's shape, without its memory.
        part = np.broadcast_to(np.empty((), array.dtype), array.shape)[key]
        self._check_memory(part.nbytes, f"this part of {array.name}", may_be_less=part.size > 1)
        try:
            if array.name not in self._arrays:
                self._arrays[array.name] = self._open(array)
            return np.asarray(self._arrays[array.name][key], order="C")
        except (OSError, IndexError, MemoryError):
            raise
        except DamagedPartError as error:
            raise self._damaged(str(error)) from error
        except Exception as error:
            # zarr and its codecs pass on the exceptions of their libraries.
            problem = f"{array.name} cannot be read ({type(error).__name__}: {error})"
            raise self._damaged(problem) from error

    def _open(self, array: SavedArray) -> Any:
        """Open an array, and check that it agrees with the description."""
        content = self._store.read(f"{array.name}/{METADATA_FILE}")
        if content is None:
            raise DamagedPartError(f"{array.name}/{METADATA_FILE} is missing")
        unpacked = math.prod(array.chunks) * array.dtype.itemsize
        self._check_memory(COPIES * unpacked, f"a chunk of {array.name}")
        # Before zarr looks them up by name.
        codecs = [codec["name"] for codec in json.loads(content)["codecs"]]
        expected = ["transpose", *CODECS] if len(array.shape) == 4 else [*CODECS]
        if codecs != expected:
            raise DamagedPartError(
                f"{array.name} is encoded with {codecs!r:.200}; {expected} is expected"
            )
        found = zarr.open_array(self._store, path=array.name, mode="r", zarr_format=3)
        agrees = (found.shape, found.dtype) == (array.shape, array.dtype)
        # Chunks may be smaller, as those of single slices are to a format that knew of none.
        smaller = agrees and all(map(operator.le, found.chunks, array.chunks))
        if not smaller or (found.chunks != array.chunks and found.nchunks > MOST_CHUNKS):
            raise DamagedPartError(
                f"{array.name} is {found.shape} of {found.dtype} in chunks of {found.chunks}; "
                f"{array.shape} of {array.dtype} in chunks of {array.chunks} is expected"
            )
        self._store.chunk_bytes[array.name] = math.prod(found.chunks) * array.dtype.itemsize
        return found

    def _check_memory(self, needed: int, what: str, *, may_be_less: bool = False) -> None:
        """Raise MemoryError if more is to be read at once than the memory limit allows."""
        if needed > self.limits.memory:
            size = format_bytes(needed, round_up=True)
            raise MemoryError(
                f"the recording {self.label!r}: {what} takes {size} of memory, and memory_limit is "
                f"{format_bytes(self.limits.memory)}: {'index less of it, or ' * may_be_less}"
                f'load it with memory_limit="{size}"'
            )

    def _damaged(self, problem: str) -> ValueError:
        return ValueError(
            f"the recording {self.label!r} is damaged, or was replaced since it was opened: "
            f"{problem}. Open it again; if that does not help, copy it again or save it again"
        )

    def close(self) -> None:
        """Close it: nothing more can be read. Closing it twice is allowed."""
        if self._store is not None:
            self._store.close()
        self._store = None
        self._arrays = {}


class SavedArray(LazyArray):
    """An array in a saved recording, of which only the chunks that hold a part are read.

    Attributes
    ----------
    name : str
        Its name in the recording.
    chunks : tuple[int, ...]
        The shape of a chunk, at most.
    """

    def __init__(
        self,
        file: SavedRecording,
        name: str,
        shape: Sequence[int],
        dtype: DTypeLike,
        chunks: Sequence[int],
    ) -> None:
        LazyArray.__init__(self, shape, dtype)
        self._file = file
        self.name = name
        self.chunks = tuple(max(1, length) for length in chunks)

    def read(self, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part."""
        with Progress(f"reading {self._file.label}"):
            return self._file.read(self, key)
