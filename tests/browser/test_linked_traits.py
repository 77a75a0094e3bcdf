"""Traits joined to other widgets: in the page alone, without a kernel, and through the kernel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cells import TWO_IMAGES
from front_end import FrontEnd, OpenFrontEnd
from notebook import Notebook, OpenNotebook
from notebook_file import write_notebook
from playwright.sync_api import Locator, Page, expect
from view import View, box_of

# The second is ten times as strong: its own limits are ten times as wide.
TWO = f"""{TWO_IMAGES}
import ipywidgets
from dataclasses import replace

strong = Recording(
    [replace(each, maps=each.maps * np.float32(10)) for each in entries],
    model_name="strong", inputs=pixels, images=pixels,
)
"""

IN_THE_PAGE = """
one, other = ActivationWidget(made, embed=True), ActivationWidget(strong, embed=True)
mine = ipywidgets.IntSlider(max=1, description="mine")
ipywidgets.jslink((mine, "value"), (one, "image_index"))
for trait in ("channel", "limits", "normalization"):
    ipywidgets.jslink((one, trait), (other, trait))
ipywidgets.VBox([mine, one, other])
"""

BY_THE_KERNEL = """
a, b = ActivationWidget(made), ActivationWidget(strong)
names = ipywidgets.Dropdown(options=list(made), value=a.layer)
ipywidgets.link((names, "value"), (a, "layer"))
for trait in ("layer", "channel", "normalization"):
    ipywidgets.link((a, trait), (b, trait))
ipywidgets.dlink((a, "limits"), (b, "limits"))
two = ipywidgets.Layout(grid_template_columns="repeat(2, minmax(0, 1fr))")
ipywidgets.VBox([names, ipywidgets.GridBox([a, b], layout=two)])
"""

# The page looks beside itself before it turns to the CDN.
BENIGN = r"^Failed to load resource: net::ERR_FILE_NOT_FOUND \(file:.*/anywidget\.js:0\)$"


def views_of(opened: Notebook | FrontEnd) -> tuple[View, View]:
    one, other = View(opened, 0, widget="one"), View(opened, 1, widget="other")
    other.wait_for_picture()
    one.wait_for_picture()
    return one, other


def limits(view: View) -> list[float]:
    """The limits of the colours on the screen."""
    view.next_frame()
    ends: list[float] = view.chart.evaluate("(el) => [el.data[0].zmin, el.data[0].zmax]")
    return ends


def expect_limits(view: View, expected: list[float]) -> None:
    view.page.wait_for_function(
        """([el, [low, high]]) => {
          const [{ zmin, zmax }] = el.data, near = 1e-6 * (high - low);
          return Math.abs(zmin - low) < near && Math.abs(zmax - high) < near;
        }""",
        arg=[view.chart.element_handle(), expected],
    )


def core_slider(page: Page) -> Locator:
    return page.locator(".noUi-handle")


def expect_links_that_need_no_kernel(one: View, other: View) -> None:
    """Move what `IN_THE_PAGE` has joined, at either end."""
    one.expect_layer("first")
    core_slider(one.page).press("ArrowRight")
    expect(one.input).to_have_attribute("aria-label", "the input image 1")
    one.expect_stop("image", "1")
    one.press("image", "ArrowLeft")
    expect(one.page.locator(".widget-readout")).to_have_text("0")
    expect(other.input).to_have_attribute("aria-label", "the input image 0")

    one.press("channel", "ArrowRight", "ArrowRight")
    other.expect_channel(1)
    other.press("channel", "Home")
    one.expect_channel(None)

    other.press("normalization", "ArrowRight")
    one.expect_normalization("symmetric")
    one.press("normalization", "ArrowLeft")
    other.expect_normalization("raw")

    # The layers are not joined: where one goes, the other has its limits only.
    one.press("layer", "ArrowRight")
    one.expect_layer("second")
    expect_limits(other, limits(one))
    other.expect_layer("first")


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("linked", [f"{TWO}{IN_THE_PAGE}"], height=2000, subshells=False)
    notebook.run_all()
    return notebook


def test_jslink_joins_traits_while_the_kernel_is_busy(notebook: Notebook) -> None:
    one, other = views_of(notebook)
    with notebook.busy():
        expect_links_that_need_no_kernel(one, other)
    seen = "[[w.layer, w.channel, w.normalization, w.image_index] for w in (one, other)]"
    expected = [["second", None, "raw", 0], ["first", None, "raw", 0]]
    notebook.until(lambda: notebook.value(seen) == expected, lambda: notebook.value(seen))
    notebook.until(
        lambda: notebook.value("one.limits == other.limits and other.hold_scale"),
        lambda: notebook.value("[one.limits, other.limits, other.hold_scale]"),
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, open_front_end: OpenFrontEnd) -> FrontEnd:
    folder = tmp_path_factory.mktemp("nbconvert")
    file = write_notebook(folder / "linked.ipynb", [f"{TWO}{IN_THE_PAGE}"])
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return open_front_end(Path(file).with_suffix(".html").as_uri(), benign=BENIGN)


def test_jslink_joins_traits_on_a_page_of_nbconvert_without_a_kernel(page: FrontEnd) -> None:
    expect_links_that_need_no_kernel(*views_of(page))


# Through the kernel: what the page does not know, and widgets linked before they are displayed, as
# in watch_training.ipynb.


@pytest.fixture(scope="module")
def linked(open_notebook: OpenNotebook) -> Notebook:
    notebook = open_notebook("linked-in-the-kernel", [f"{TWO}{BY_THE_KERNEL}"])
    notebook.run_all()
    return notebook


@pytest.fixture
def pair(linked: Notebook) -> tuple[View, View]:
    a, b = View(linked, 0, widget="a"), View(linked, 1, widget="b")
    for view in (a, b):
        view.wait_for_picture()
    a.show(layer="first", channel=None)
    b.expect_layer("first")
    return a, b


def expect_limits_of_the_first(pair: tuple[View, View]) -> None:
    a, b = pair
    own = a.notebook.value("a.limits")
    a.notebook.until(
        lambda: limits(a) == limits(b) == own,
        lambda: (own, limits(a), limits(b), a.notebook.value("[b.limits, b.hold_scale]")),
    )
    assert a.notebook.value("b.limits") == own


def test_a_dropdown_of_layers_moves_the_picture_and_follows_it(pair: tuple[View, View]) -> None:
    a, b = pair
    dropdown = a.page.locator(".widget-dropdown select")
    expect(dropdown).to_have_value("first")
    dropdown.select_option("third")
    for view in pair:
        view.expect_layer("third")
        view.expect_agreement()
    b.press("layer", "ArrowLeft")
    a.expect_layer("second")
    expect(dropdown).to_have_value("second")


def test_limits_linked_before_the_display_are_those_on_the_screen(pair: tuple[View, View]) -> None:
    expect_limits_of_the_first(pair)


def test_linked_limits_follow_the_layer(pair: tuple[View, View]) -> None:
    a, b = pair
    before = a.notebook.value("a.limits")
    a.press("layer", "ArrowRight")
    for view in (a, b):
        view.expect_layer("second")
    a.notebook.until(lambda: a.notebook.value("a.limits") != before, lambda: before)
    expect_limits_of_the_first(pair)


def test_pictures_side_by_side_keep_their_input_above_them(pair: tuple[View, View]) -> None:
    for view in pair:
        stage, image = box_of(view.stage), box_of(view.input)
        assert image["y"] + image["height"] <= stage["y"]
        assert image["x"] >= stage["x"] - 1
        assert box_of(view.root)["height"] <= 560
