"""Messages from the page are checked field by field."""

from __future__ import annotations

from typing import Any

import pytest

from actwidget.protocol.registry import parse
from actwidget.protocol.requests import ClippedRequest, DetailRequest, OverviewRequest

OVERVIEW = {"kind": "overview", "id": 3, "layer": 1, "image": 0, "slice": 2, "input": True}
DETAIL = {
    "kind": "detail",
    "id": 3,
    "layer": 1,
    "image": 0,
    "block": 2,
    "patches": [[0, 1, 2, 3, 4]],
}
CLIPPED = {"kind": "clipped", "id": 3, "layer": 1, "normalization": 0, "limits": [0, 1.5]}


def test_a_message_becomes_a_request() -> None:
    assert parse(OVERVIEW) == OverviewRequest(id=3, layer=1, image=0, slice=2, input=True)


def test_lists_become_tuples_and_a_slice_is_the_first() -> None:
    patches = ((0, 1, 2, 3, 4),)
    assert parse(DETAIL) == DetailRequest(id=3, layer=1, image=0, slice=0, block=2, patches=patches)
    assert parse(CLIPPED) == ClippedRequest(id=3, layer=1, normalization=0, limits=(0.0, 1.5))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1], "a request is [1]; it takes an object with a kind and an id"),
        (
            OVERVIEW | {"kind": "nonsense"},
            "kind is 'nonsense'; it is one of ablation, attribution, ",
        ),
        (OVERVIEW | {"kind": ["overview"]}, "kind is ['overview']; it is one of "),
        ({"kind": "cancel"}, "a request of kind cancel has no id; it takes id"),
        (OVERVIEW | {"channel": 1}, "overview has an unknown channel; it takes id, layer, image, "),
        (
            OVERVIEW | {"layer": "conv1"},
            "layer is 'conv1'; a request of kind overview takes an inte",
        ),
        (OVERVIEW | {"layer": True}, "layer is True; a request of kind overview takes an integer"),
        (OVERVIEW | {"layer": 1.0}, "layer is 1.0; a request of kind overview takes an integer"),
        (OVERVIEW | {"input": 1}, "input is 1; a request of kind overview takes true or false"),
        (
            CLIPPED | {"limits": [1]},
            "limits is [1]; a request of kind clipped takes a list of 2: a",
        ),
        (
            CLIPPED | {"limits": [0, None]},
            "limits is [0, None]; a request of kind clipped takes a ",
        ),
        (CLIPPED | {"limits": 5}, "limits is 5; a request of kind clipped takes a list of 2: a nu"),
        (
            DETAIL | {"patches": [[1, 2]]},
            "patches is [[1, 2]]; a request of kind detail takes a lis",
        ),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_message_is_named(content: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        parse(content)
    assert message in str(raised.value)
