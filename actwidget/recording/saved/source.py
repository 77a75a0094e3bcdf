"""Where the files of a saved recording are read from, each up to a number of bytes."""

from __future__ import annotations

import asyncio
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from actwidget.utils.memory import parse_memory_limit

LEAST_MEMORY = 1 << 28
"""The default limit is never less than this: the system can make room for as much."""


@dataclass(frozen=True)
class Limits:
    """What opening and reading a recording may take.

    Attributes
    ----------
    timeout : float
        Seconds without a byte after which a server is given up; infinity for none.
    memory : int
        Bytes that are read at once at most.
    """

    timeout: float
    memory: int

    @classmethod
    def of(cls, timeout: float | None, memory_limit: int | float | str | None) -> Limits:
        """Return the limits that were given to `Recording.load`; ValueError if they are none."""
        if timeout is None:
            timeout = math.inf
        is_number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
        if not is_number or not timeout > 0:
            raise ValueError(
                f"timeout is {timeout!r}; it takes seconds, such as 10, or None for no limit"
            )
        memory = parse_memory_limit(memory_limit)
        return cls(float(timeout), max(memory, LEAST_MEMORY) if memory_limit is None else memory)

    @property
    def seconds(self) -> float | None:
        """The timeout as asyncio takes it."""
        return None if self.timeout == math.inf else self.timeout


class DamagedPartError(Exception):
    """A file is missing, or not what the description says of it."""


class TooLongError(DamagedPartError):
    """A file is longer than it may be."""


class Source(ABC):
    """The files of a recording, by their paths below its root."""

    @abstractmethod
    async def read(self, key: str, limit: int) -> bytes | None:
        """Return a file, None if there is none.

        Raises
        ------
        DamagedPartError
            If it is longer than the limit, or not a file. No more than that is read or unpacked.
        TimeoutError
            If nothing came for the timeout.
        OSError
            If it cannot be read.
        """

    def close(self) -> None:  # noqa: B027 (not all have something to close)
        """Release what it holds."""


def too_long(key: str, limit: int) -> TooLongError:
    """Return the error of a file that is longer than it may be."""
    return TooLongError(f"{key} is longer than the {limit:,} bytes that it may have")


def silent(limits: Limits) -> TimeoutError:
    """Return the error of a server that sends nothing."""
    return TimeoutError(
        f"nothing came for {limits.timeout:g} s: load it with timeout={10 * limits.timeout:g} to "
        "wait longer"
    )


class StoreSource(Source):
    """A store of zarr that the user made."""

    def __init__(self, store: Any, limits: Limits) -> None:
        self._store, self._limits = store, limits

    async def read(self, key: str, limit: int) -> bytes | None:
        """Return a file."""
        from zarr.core.buffer import default_buffer_prototype

        reading = self._store.get(key, default_buffer_prototype())
        try:
            found = await asyncio.wait_for(reading, self._limits.seconds)
        except asyncio.TimeoutError:
            raise silent(self._limits) from None
        if found is not None and len(found) > limit:
            raise too_long(key, limit)
        return None if found is None else bytes(found.to_bytes())

    def close(self) -> None:
        """Close it."""
        self._store.close()
