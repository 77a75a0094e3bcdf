"""A picture that changes while somebody drags in it: from Python, by a link or by another view."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from view import OpenView

WHOLE = {"x": [0, 1], "y": [1, 0]}
"""The axes of one map."""

CHANGES = {
    "another layer": ("w.layer, w.channel = 'conv1', 0", False),
    "another layer and back": ("w.layer = 'pool1'; w.layer = 'conv2'", True),
    "other colours": ("w.normalization = 'symmetric'", True),
}
"""What is done meanwhile, and whether the picture is laid out as before then."""


@pytest.mark.parametrize(
    ("change", "pan"),
    [*((change, False) for change in CHANGES), ("another layer", True), ("other colours", True)],
)
def test_a_drag_outlives_a_change_of_the_picture(
    shapes_view: OpenView, change: str, pan: bool
) -> None:
    view = shapes_view(layer="conv2")
    code, stays = CHANGES[change]
    area = view.area()
    corner = area["x"] + 0.6 * area["width"], area["y"] + 0.6 * area["height"]
    view.page.mouse.move(*corner)
    if pan:
        view.stage.press("+")
        view.next_frame()
        view.page.keyboard.down("Shift")
    before = view.axes()
    view.page.mouse.down()
    view.page.mouse.move(corner[0] - 40, corner[1] - 30)
    view.page.mouse.move(corner[0] - 80, corner[1] - 60)
    view.notebook.python(code)
    view.next_frame()
    view.page.mouse.move(corner[0] - 90, corner[1] - 70)
    view.page.mouse.up()
    view.page.keyboard.up("Shift")
    view.leave()
    view.next_frame()
    expect(view.root.locator(".zoombox")).to_have_count(0)
    if stays:
        assert view.axes() != before
    else:
        # The drag was one in a picture that is gone.
        assert view.axes() == WHOLE
    view.show(layer="conv2", channel=None)
    view.reset()
    before = view.axes()
    view.drag(corner, (corner[0] + 60, corner[1] + 60))
    view.next_frame()
    assert view.axes() != before
