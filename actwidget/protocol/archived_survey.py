"""What a survey found, as a page without a kernel keeps it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

from actwidget.protocol.survey_requests import facts_message, top_message
from actwidget.protocol.survey_slot import SurveySlot

Part = Sequence[int]
"""Where a part begins in the archive's bytes, and how long it is."""


class ArchivedSurvey:
    """What a survey found of some layers; of some of these each channel's strongest images.

    Parameters
    ----------
    slot : SurveySlot
    paths : sequence of str
        The layers of the archive, in its order.
    with_images : collection of str
        Those of which the strongest images are kept.
    input_size : (int, int)
        Rows and columns of the input, in which what units see is counted.
    is_optional : bool
        Whether nobody has asked for the images: they go if there is no room for them.
    """

    def __init__(
        self,
        slot: SurveySlot,
        paths: Sequence[str],
        with_images: Collection[str],
        input_size: tuple[int, int],
        *,
        is_optional: bool = False,
    ) -> None:
        self.is_optional = is_optional
        self._slot, self._paths, self._with_images = slot, paths, with_images
        self._input_size = input_size

    @cached_property
    def _facts(self) -> list[bytes | None]:
        """What is known of all channels, by layer; of the recording's own images it is left out."""
        slot = self._slot
        return [
            _packed(facts_message(slot.survey[path]))
            if slot.has(path) and not slot.is_own
            else None
            for path in self._paths
        ]

    @cached_property
    def _tops(self) -> list[tuple[bytes, list[bytes]] | None]:
        """The messages of each layer's channels, and their strips."""
        return [self._top(path) if path in self._with_images else None for path in self._paths]

    def _top(self, path: str) -> tuple[bytes, list[bytes]]:
        channels = range(self._slot.survey[path].channels)
        found = [top_message(self._slot, path, channel) for channel in channels]
        # The recording's own images are in the archive: the page cuts pictures out of them.
        strips = [] if self._slot.is_own else [strip or b"" for _, strip in found]
        return _packed([message for message, _ in found]), strips

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return sum(len(facts) for facts in self._facts if facts) + self.images_size

    @property
    def images_size(self) -> int:
        """The size in bytes of the strongest images."""
        found = [top for top in self._tops if top]
        return sum(len(messages) + sum(map(len, strips)) for messages, strips in found)

    def drop_images(self) -> None:
        """Leave out the strongest images."""
        self._with_images = ()
        for name in ("_tops", "_facts"):
            self.__dict__.pop(name, None)

    def index(self, put: Callable[[bytes], Part]) -> dict[str, Any]:
        """Return where each part is; `put` adds its bytes to the archive.

        ``facts`` and ``tops`` are JSON, gzipped, by layer, ``tops`` with the strips of all
        channels; None where there is nothing. ``size`` has the rows and columns of the input.
        """

        def part(data: bytes | None) -> Part | None:
            return None if data is None else put(data)

        return {
            "size": list(self._input_size),
            "facts": [part(facts) for facts in self._facts],
            "tops": [
                top and [put(top[0]), [put(strip) if strip else None for strip in top[1]]]
                for top in self._tops
            ],
        }


def _packed(message: Any) -> bytes:
    text = json.dumps(message, separators=(",", ":"), allow_nan=False)
    return gzip.compress(text.encode("utf-8"), mtime=0)
