"""A request that takes long in one widget delays nothing else, there or in another widget."""

from __future__ import annotations

import pytest
from cells import BY_HAND
from notebook import Notebook, OpenNotebook
from playwright.sync_api import expect
from view import View

# The share of clipped units takes until it may end; of a layer that is sent in blocks Python has to
# count it. Layers of so many units are sent as codes, so that the pointer's label waits for Python.
CELL = f"""{BY_HAND}
import threading
from actwidget.protocol.handlers import handle_clipped
from actwidget.protocol.registry import register
from actwidget.protocol.requests import ClippedRequest

begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

def slow(request, shown, cancelled):
    begun.set()
    may_end.wait()
    ended.set()
    return handle_clipped(request, shown, cancelled)

register(ClippedRequest, slow, slow=True)
w = ActivationWidget(recording(entry("first", 224, 224, 64), entry("second", 60, 60, 24)))
other = ActivationWidget(recording(entry("one", 60, 60, 32), entry("two", 60, 60, 24)))
w
"""


@pytest.fixture(scope="module")
def opened(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("slow request", [CELL, "other"], height=2600)
    notebook.run_all()
    return notebook


def test_all_else_goes_on_while_a_request_takes_long(opened: Notebook) -> None:
    one, other = View(opened, 0), View(opened, 1, widget="other")
    for view in (one, other):
        view.wait_for_picture()
    opened.python("w.layer, other.layer = 'first', 'one'; w.limits = (-0.5, 0.5)")
    assert opened.value("begun.wait(60)")

    for view, path, image in ((one, "second", "first"), (other, "two", "one")):
        view.scroll_into_sight()
        view.press("layer", "ArrowRight")
        view.expect_layer(path)
        view.point(view.pixel(0.5, 0.5))
        assert "value" in " ".join(view.label())
        view.press("layer", "ArrowLeft")
        view.expect_layer(image)
        view.press("channel", "ArrowRight")
        view.expect_channel(0)
        view.press("channel", "ArrowLeft")
        view.expect_channel(None)
        view.expect_agreement()
    assert not opened.value("ended.is_set()")
    expect(one.scale).not_to_contain_text("beyond")

    opened.python("may_end.set()")
    expect(one.scale).to_contain_text("% beyond")
