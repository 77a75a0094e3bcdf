"""A saved recording that is open for reading, and the arrays in it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from actwidget.recording.lazy_array import LazyArray
from actwidget.recording.saved.format import ATTRIBUTE, CODECS, METADATA_FILE
from actwidget.recording.saved.store import MissingPartError, is_url, open_store
from actwidget.recording.saved.zarr_library import zarr

if TYPE_CHECKING:
    from zarr.abc.store import Store


class SavedRecording:
    """A saved recording that is open for reading; the parameters are those of `open_store`.

    Attributes
    ----------
    label : str
        The path, for messages.
    way_out : str
        What to do once it is closed, for messages.

    Raises
    ------
    FileNotFoundError, OSError, ImportError, ValueError
        If nothing is there, it cannot be read, a package is missing, or it is not a recording.
    """

    way_out = "load it again"

    def __init__(
        self, path: str | os.PathLike[str] | Store, storage_options: Mapping[str, Any]
    ) -> None:
        self._store: Any = open_store(path, storage_options)
        self._arrays: dict[str, Any] = {}
        self.label: str = self._store.label

    def read_description(self) -> Any:
        """Read the JSON that describes the recording."""
        way_out = "it takes a folder that recording.save(path) made"
        try:
            attributes = zarr.open_group(self._store, mode="r", zarr_format=3).attrs.asdict()
        except FileNotFoundError as error:
            # Whether anything else is at a URL is unknown.
            kind = FileNotFoundError if is_url(self.label) else ValueError
            raise kind(
                f"path is {self.label!r}, where there is no {METADATA_FILE}, so it is not a saved "
                f"recording; {way_out}"
            ) from error
        except OSError:
            raise
        except Exception as error:
            raise ValueError(
                f"path is {self.label!r}, whose {METADATA_FILE} does not describe a recording or "
                f"is damaged ({type(error).__name__}: {error}); {way_out}"
            ) from error
        if ATTRIBUTE not in attributes:
            names = ", ".join(sorted(attributes)) or "none"
            raise ValueError(
                f"path is {self.label!r}, a zarr group that is not a saved recording (its "
                f"attributes: {names}); {way_out}"
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
        OSError
            If it cannot be read.
        """
        if self._store is None:
            raise RuntimeError(
                f"the recording {self.label!r} is closed: Recording.load opens it again"
            )
        try:
            if array.name not in self._arrays:
                self._arrays[array.name] = self._open(array)
            return np.asarray(self._arrays[array.name][key], order="C")
        except (OSError, IndexError):
            raise
        except MissingPartError as error:
            raise self._damaged(f"{error} is missing") from error
        except Exception as error:
            # zarr and its codecs pass on the exceptions of their libraries.
            problem = f"{array.name} cannot be read ({type(error).__name__}: {error})"
            raise self._damaged(problem) from error

    def _open(self, array: SavedArray) -> Any:
        """Open an array, and check that it agrees with the description."""
        try:
            found = zarr.open_array(self._store, path=array.name, mode="r", zarr_format=3)
        except FileNotFoundError:
            raise MissingPartError(f"{array.name}/{METADATA_FILE}") from None
        codecs: Any = found.metadata.to_dict()["codecs"]
        names = {codec["name"] for codec in codecs}
        if (found.shape, found.dtype) != (array.shape, array.dtype) or names - CODECS:
            raise ValueError(
                f"it is {found.shape} of {found.dtype} encoded with {sorted(names)}; "
                f"{array.shape} of {array.dtype} encoded with {sorted(CODECS)} is expected"
            )
        return found

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
    """

    def __init__(
        self, file: SavedRecording, name: str, shape: Sequence[int], dtype: DTypeLike
    ) -> None:
        LazyArray.__init__(self, shape, dtype)
        self._file = file
        self.name = name

    def read(self, key: tuple[Any, ...]) -> NDArray[Any]:
        """Read a part."""
        return self._file.read(self, key)
