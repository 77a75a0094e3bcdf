"""A notebook's own style sheets leave the widget as it is on a page of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from exported_page import OpenPage
from playwright.sync_api import expect
from view import OpenView, View, box_of

# What a page's rules for lists, keys, buttons and figures change.
STYLES = """
(root) => Object.fromEntries([...root.querySelectorAll("*")]
  .filter((el) => !el.closest(".js-plotly-plot, [hidden]"))
  .map((el) => {
    const styles = getComputedStyle(el), name = `${el.tagName}.${el.getAttribute("class")}`;
    return [name, Object.fromEntries(NAMES.map((each) => [each, styles[each]]))];
  }).reverse())
"""

NAMES = [
    *("fontWeight", "fontStyle", "fontSize", "lineHeight", "textTransform", "letterSpacing"),
    *("float", "clear", "margin", "padding", "borderWidth", "boxSizing", "listStyleType"),
    *("textAlign", "verticalAlign", "whiteSpace", "textDecorationLine", "opacity", "cursor"),
]


def open_channel(view: View) -> None:
    view.channel_box.fill("14")
    view.channel_box.press("Enter")
    view.expect_channel(14)


def open_list(view: View) -> None:
    view.stage.press("/")


def open_help(view: View) -> None:
    view.root.get_by_role("button", name="help", exact=True).click()


@pytest.mark.parametrize("opened", [open_channel, open_list, open_help])
def test_every_part_is_styled_alike(
    shapes_view: OpenView, open_page: OpenPage, opened: Callable[[View], None]
) -> None:
    view = shapes_view(layer="conv2")
    view.notebook.python("w.to_html('styles.html', layers=['input', 'conv2'])")
    page = View(open_page(view.notebook.folder / "styles.html"))
    page.wait_for_picture()
    # As wide as in the notebook: how close things stand depends on the room.
    width, own = (box_of(each.root)["width"] for each in (view, page))
    size = page.page.viewport_size
    assert size is not None
    page.page.set_viewport_size({**size, "width": round(size["width"] + width - own)})
    page.move("layer", 1)
    found = []
    for each in (view, page):
        opened(each)
        found.append(each.root.evaluate(STYLES.replace("NAMES", str(NAMES))))
    # From where the focus is, which closes a list and the help.
    view.page.keyboard.press("Escape")
    expect(
        view.root.locator(".actwidget-help, .actwidget-layers").locator("visible=true")
    ).to_have_count(0)
    ours, alone = found
    both = ours.keys() & alone.keys()
    assert len(both) > 30
    assert {name: (ours[name], alone[name]) for name in both if ours[name] != alone[name]} == {}
