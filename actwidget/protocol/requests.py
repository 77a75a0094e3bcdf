"""The page's requests: one dataclass for each kind, and the check of what arrives.

The messages' shapes stand here and, as types, in actwidget/js/protocol/requests.js; both are
checked against tests/shared/messages.json.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, NamedTuple, get_args, get_origin, get_type_hints

from actwidget.protocol.pictures import Patch

Buffer = bytes | memoryview
"""Bytes beside a message."""

BUFFERS = "buffers"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What every request has.

    Fields are of type int, float, bool, str, or tuples of these: what JSON can hold. A subclass
    names its `kind`; `actwidget.protocol.registry.register` gives it a handler.

    Attributes
    ----------
    id : int
        Unique among the requests of all pages that show the widget. The reply carries it.
    buffers : tuple of bytes or memoryview
        What came beside the message.
    """

    kind: ClassVar[str]
    id: int
    buffers: tuple[Buffer, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class PictureRequest(Request):
    """A request about one picture: a layer's maps for one image, of a volume one slice.

    `variant` names what is shown in place of the layer's values: see `variants`.
    """

    layer: int
    image: int
    slice: int = 0
    variant: str = ""


@dataclass(frozen=True, kw_only=True)
class OverviewRequest(PictureRequest):
    """All channels at the overview's level of detail; `input` asks for the input image as well.

    The reply is that of `ShownRecording.overview`.
    """

    kind = "overview"
    input: bool


@dataclass(frozen=True, kw_only=True)
class DetailRequest(PictureRequest):
    """Windows of some channels at a finer level of detail. The reply: see `pictures.detail`."""

    kind = "detail"
    block: int
    patches: tuple[Patch, ...]


@dataclass(frozen=True, kw_only=True)
class ValueRequest(PictureRequest):
    """The model's own number at a block, whose `row` and `column` count blocks.

    The reply holds ``value`` (a word where JSON has no such number) and ``unit``, the row and the
    column of the unit that it is.
    """

    kind = "value"
    channel: int
    row: int
    column: int
    block: int


@dataclass(frozen=True, kw_only=True)
class ClippedRequest(Request):
    """Which ``share`` of a layer's units, over all images and slices, lies outside these limits."""

    kind = "clipped"
    layer: int
    normalization: int
    limits: tuple[float, float]
    variant: str = ""


@dataclass(frozen=True, kw_only=True)
class PrepareRequest(Request):
    """Work for about so many seconds on a layer's scales; the reply says whether it is ``done``."""

    kind = "prepare"
    layer: int
    seconds: float
    variant: str = ""


@dataclass(frozen=True, kw_only=True)
class InputRequest(Request):
    """One of the input images. The reply holds ``height`` and ``width``; its buffer is the file."""

    kind = "input"
    image: int


@dataclass(frozen=True, kw_only=True)
class CancelRequest(Request):
    """Nobody waits for the request with this `id` any more. It has no reply of its own."""

    kind = "cancel"


class Reply(NamedTuple):
    """A message to the page: what JSON can hold, and bytes beside it."""

    content: dict[str, Any]
    buffers: Sequence[bytes] = ()


def split_buffers(picture: dict[str, Any]) -> Reply:
    """Take a picture's bytes, and those of the input image, out of its message."""
    content = dict(picture)
    buffers = [content.pop("data")]
    if "input" in content:
        content["input"] = dict(content["input"])
        buffers.append(content["input"].pop("data"))
    return Reply(content, buffers)


def parse_request(
    content: object, classes: Mapping[str, type[Request]], buffers: Sequence[Buffer] = ()
) -> Request:
    """Check a message from the page; `classes` are the requests by their kinds.

    Raises
    ------
    TypeError, ValueError
        If the message is not an object, its kind is unknown, or a field is missing, unknown or of
        another type.
    """
    if not isinstance(content, dict):
        raise TypeError(f"a request is {content!r}; it takes an object with a kind and an id")
    given = dict(content)
    kind = given.pop("kind", None)
    if not isinstance(kind, str) or kind not in classes:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(sorted(classes))}")
    # Annotations are text until they are resolved.
    hints = get_type_hints(classes[kind])
    named = [each for each in fields(classes[kind]) if each.name != BUFFERS]
    types = {each.name: hints[each.name] for each in named}
    missing = [each.name for each in named if each.default is MISSING and each.name not in given]
    unknown = [name for name in given if name not in types]
    if missing or unknown:
        wrong = [f"no {name}" for name in missing] + [f"an unknown {name}" for name in unknown]
        raise ValueError(
            f"a request of kind {kind} has {', '.join(wrong)}; it takes {', '.join(types)}"
        )
    values = {name: _field(kind, name, value, types[name]) for name, value in given.items()}
    return classes[kind](**values, buffers=tuple(buffers))


def _field(kind: str, name: str, value: Any, expected: Any) -> Any:
    try:
        return _converted(value, expected)
    except TypeError:
        raise TypeError(
            f"{name} is {value!r}; a request of kind {kind} takes {_described(expected)}"
        ) from None


def _converted(value: Any, expected: Any) -> Any:
    """Return a value of JSON as the type that is expected, or raise TypeError."""
    if get_origin(expected) is tuple:
        if not isinstance(value, list | tuple):
            raise TypeError
        items = get_args(expected)
        if items[-1] is Ellipsis:
            items = items[:1] * len(value)
        if len(items) != len(value):
            raise TypeError
        return tuple(_converted(each, item) for each, item in zip(value, items, strict=True))
    if expected is float and type(value) is int:
        return float(value)
    if type(value) is not expected or (expected is float and not math.isfinite(value)):
        raise TypeError
    return value


def _described(expected: Any) -> str:
    """Describe a field's type: "a list of 2: a number, a number"."""
    if get_origin(expected) is tuple:
        items = get_args(expected)
        if items[-1] is Ellipsis:
            return f"a list, each of it {_described(items[0])}"
        return f"a list of {len(items)}: {', '.join(map(_described, items))}"
    words = {int: "an integer", float: "a number", bool: "true or false", str: "text"}
    return words.get(expected, str(expected))
