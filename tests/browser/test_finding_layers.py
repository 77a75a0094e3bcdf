"""Finding a layer: the map of the model, the list, the keys."""

from __future__ import annotations

import numpy as np
import pytest
from exported_page import ExportedPage, OpenPage
from playwright.sync_api import Locator, expect
from view import View, box_of

from actwidget import ActivationWidget
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

TYPES = ("Conv2D", "BatchNormalization", "ReLU", "Add", "MaxPooling2D")
COUNT = 1000


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage) -> ExportedPage:
    random = np.random.default_rng(2)
    entries = []
    for number in range(COUNT):
        maps = (random.normal(size=(1, 2, 2, 2)) * 10.0 ** (number % 4)).astype("f4")
        if number >= 900:
            maps[0, 0, 0, 0] = np.nan
        if number == 7:
            maps[..., 1] = 0
        before = f"layer_{number - 1}" if number else "input"
        kind = TYPES[number % len(TYPES)]
        path = f"layer_{number}"
        entries.append(LayerMaps(path, kind, None, "maps", maps, inputs=(before, "input")))
    image = random.random((1, 8, 8, 3)).astype("f4")
    made = Recording(entries, model_name="deep", inputs=image, images=image)
    file = tmp_path_factory.mktemp("deep") / "page.html"
    ActivationWidget(made, layer="layer_0").to_html(file)
    page = open_page(file)
    View(page).wait_for_picture()
    return page


@pytest.fixture
def view(opened: ExportedPage) -> View:
    view = View(opened)
    opened.page.keyboard.press("Escape")
    view.move("layer", 1)
    view.expect_layer("layer_0")
    return view


def layers(view: View) -> Locator:
    return view.root.get_by_role("dialog", name="layers")


def open_list(view: View) -> Locator:
    view.readout("layer").click()
    expect(layers(view)).to_be_visible()
    return layers(view)


def test_the_list_finds_layers_by_words_of_name_and_type(view: View) -> None:
    found = open_list(view)
    found.get_by_role("combobox").fill("conv 45")
    rows = found.get_by_role("option")
    expect(rows.first).to_contain_text("layer_45")
    expect(found).to_contain_text("12 of 1001")
    found.get_by_role("combobox").press("ArrowDown")
    found.get_by_role("combobox").press("Enter")
    view.expect_layer("layer_145")
    expect(found).to_be_hidden()


def test_the_list_says_what_it_shows_and_how_many_there_are(view: View) -> None:
    found = open_list(view)
    names = found.locator(".actwidget-layers-names > span:not(:empty)")
    assert names.all_inner_texts() == ["layer", "type", "shape", "mean |x|", "silent"]
    expect(found.get_by_role("button", name="Pool")).to_have_text("Pool200")
    # Each name stands over its column.
    row = found.get_by_role("option").first
    for column in ("path", "type", "shape"):
        over, under = (
            box_of(part.locator(f".actwidget-layers-{column}"))
            for part in (found.locator(".actwidget-layers-names"), row)
        )
        # But for the width of a scroll bar.
        assert over["x"] == pytest.approx(under["x"], abs=16), column
    found.get_by_role("combobox").press("Escape")


def test_a_search_that_matches_nothing_says_so(view: View) -> None:
    found = open_list(view)
    found.get_by_role("combobox").fill("no such layer")
    expect(found).to_contain_text("No layer is like that.")
    found.get_by_role("combobox").press("Enter")
    expect(found).to_be_visible()
    found.get_by_role("combobox").press("Escape")
    expect(found).to_be_hidden()
    expect(view.readout("layer")).to_be_focused()


def test_chips_choose_kinds_and_what_is_silent(view: View) -> None:
    found = open_list(view)
    found.get_by_role("button", name="Pool").click()
    expect(found).to_contain_text("200 of 1001")
    found.get_by_role("button", name="Pool").click()
    found.get_by_role("button", name="dead or NaN").click()
    expect(found).to_contain_text("101 of 1001")
    expect(found.get_by_role("option").first).to_contain_text("1 dead")
    found.get_by_role("button", name="dead or NaN").click()
    found.get_by_role("combobox").press("Escape")


def test_of_a_thousand_layers_only_rows_in_sight_are_made(view: View) -> None:
    found = open_list(view)
    assert found.get_by_role("option").count() < 40
    found.get_by_role("combobox").press("PageDown")
    for share in (0.3, 0.6, 1):
        scroll = "(el, share) => { el.scrollTop = share * el.scrollHeight; }"
        found.locator(".actwidget-layers-scroller").evaluate(scroll, share)
        expect(found.get_by_role("option").first).to_be_visible()
    assert found.get_by_role("option").count() < 40
    found.get_by_role("option", name="layer_999").click()
    view.expect_layer("layer_999")


def test_the_list_begins_at_the_layer_that_is_shown(view: View) -> None:
    view.move("layer", 501)
    view.expect_layer("layer_500")
    found = open_list(view)
    shown = found.get_by_role("option", selected=True)
    expect(shown).to_contain_text("layer_500")
    row, box = box_of(shown), box_of(found)
    assert box["y"] < row["y"] < box["y"] + box["height"]


def test_a_key_opens_the_list_and_alt_goes_to_the_next_of_a_kind(view: View) -> None:
    view.stage.press("Alt+ArrowDown")
    view.expect_layer("layer_5")
    view.stage.press("Alt+ArrowUp")
    view.expect_layer("layer_0")
    view.stage.press("/")
    expect(layers(view)).to_be_visible()
    expect(layers(view).get_by_role("combobox")).to_be_focused()


def test_links_lead_to_where_the_input_came_from(view: View) -> None:
    view.move("layer", 11)
    view.expect_layer("layer_10")
    view.toolbar.get_by_role("button", name="layer_9", exact=True).click()
    view.expect_layer("layer_9")
    view.toolbar.get_by_role("button", name="input", exact=True).click()
    view.expect_layer("input")


def test_pointing_at_the_map_names_a_layer(view: View) -> None:
    track = box_of(view.slider("layer"))
    view.point((track["x"] + track["width"] / 2, track["y"] + 8))
    tip = view.root.locator(".actwidget-tip")
    expect(tip).to_contain_text("layer_499 · MaxPooling2D · 2 × 2 × 2 · mean |x|")
    view.leave()
    expect(tip).to_be_hidden()


def test_the_map_is_red_from_where_units_are_not_finite(view: View) -> None:
    red = """(canvas) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      const columns = [];
      for (let x = 0; x < width; x++) {
        const at = 4 * ((height - 3) * width + x);
        if (data[at + 3] && data[at] > 120 && data[at + 1] < 70 && data[at + 2] < 70) {
          columns.push(x / width);
        }
      }
      return columns;
    }"""
    columns = view.root.locator(".actwidget-ticks").evaluate(red)
    assert columns
    assert 0.88 < min(columns) < 0.91
    assert max(columns) > 0.98
