"""Exported pages: what works without a kernel, and that the numbers are right."""

from __future__ import annotations

import re
from pathlib import Path

import keras
import numpy as np
import plotly.offline
import pytest
from expected import colour, layout, number, places
from exported_page import ExportedPage, OpenPage
from playwright.sync_api import expect
from short_form import short_form
from view import View

from actwidget import ActivationWidget, to_html
from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.numerics.colormaps import crop_diverging
from actwidget.recording.layer import LayerMaps
from actwidget.recording.recording import Recording

RANDOM = np.random.default_rng(11)
NASTY = "</script><script>alert(1)</script><!-- <b>\"'&amp; \u2028 \u202eשלום"


def noise(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape).astype("f4")


def holes() -> np.ndarray:
    maps = noise(2, 10, 10, 6)
    maps[0, 4, 4, 0], maps[0, 4, 5, 0], maps[0, 4, 6, 0] = np.nan, np.inf, -np.inf
    maps[..., 5] = 0
    return maps


def recording() -> Recording:
    units = noise(2, 1, 1, 7)
    softmax = np.exp(units) / np.exp(units).sum(axis=-1, keepdims=True)
    entries = [
        LayerMaps("conv", "Conv2D", "relu", "maps", np.maximum(noise(2, 24, 30, 16), 0)),
        LayerMaps("large", "Conv2D", None, "maps", noise(2, 300, 300, 9)),
        LayerMaps("holes", "Conv2D", None, "maps", holes()),
        LayerMaps("far", "Conv2D", None, "maps", 1000 + noise(2, 12, 12, 5)),
        LayerMaps(NASTY, "Conv2D", None, "maps", noise(2, 8, 8, 3)),
        LayerMaps("softmax", "Dense", "softmax", "units", softmax),
    ]
    images = RANDOM.random((2, 24, 30, 3)).astype("f4")
    return Recording(entries, model_name="by hand", inputs=images, images=images)


@pytest.fixture(scope="module")
def recorded() -> Recording:
    return recording()


@pytest.fixture(scope="module")
def widget(recorded: Recording) -> ActivationWidget:
    return ActivationWidget(recorded, class_names=[f"<i>class {n}</i>" for n in range(7)])


@pytest.fixture(scope="module")
def opened(
    widget: ActivationWidget, tmp_path_factory: pytest.TempPathFactory, open_page: OpenPage
) -> ExportedPage:
    file = tmp_path_factory.mktemp("page") / "page.html"
    widget.to_html(file, title=NASTY)
    return open_page(file)


@pytest.fixture
def view(opened: ExportedPage) -> View:
    opened.page.reload()
    view = View(opened)
    view.wait_for_picture()
    return view


def show(view: View, recorded: Recording, layer: str, image: int = 0) -> None:
    view.move("layer", list(recorded).index(layer))
    view.move("image", image)
    view.expect_layer(layer)


def read(view: View, place: tuple[float, float]) -> list[str]:
    """The label's lines at a point of the screen."""
    view.leave()
    view.point(place)
    expect(view.hover).to_be_visible()
    return view.hover.inner_text().split("\n")


# What it needs


def test_it_shows_its_picture_and_fetches_nothing(view: View, opened: ExportedPage) -> None:
    view.expect_layer("conv")
    expect(view.input).to_be_visible()
    view.move("layer", 6)
    expect(view.root.locator(".actwidget-bars")).to_contain_text("class 3")
    assert opened.fetched == []


def test_its_policy_forbids_other_scripts_and_requests(view: View, opened: ExportedPage) -> None:
    opened.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const image = document.createElement("img");
          image.src = "https://example.org/picture.png";
          document.body.append(image);
        }"""
    )
    refused = opened.page.evaluate(
        """() => fetch("https://example.org/").then(() => "fetched", (error) => error.name)"""
    )
    assert refused == "TypeError"
    assert opened.page.evaluate("() => window.ran") is None
    problems = opened.take_problems()
    assert problems
    assert all("Content Security Policy" in problem for problem in problems), problems


# The controls


def test_the_layer_slider_changes_the_layer(view: View) -> None:
    view.slider("layer").press("ArrowRight")
    view.expect_layer("large")
    expect(view.slider("channel")).to_have_attribute("max", "8")


def test_the_channel_slider_and_its_box_open_a_channel(view: View) -> None:
    view.slider("channel").press("End")
    view.expect_channel(15)
    box = view.channel_box
    box.fill("7")
    box.press("Enter")
    view.expect_channel(7)
    view.back.click()
    view.expect_channel(None)


def test_the_normalization_slider_changes_the_colours(view: View) -> None:
    view.slider("normalization").press("End")
    view.expect_normalization("channel z-score")


def test_a_click_opens_a_channel(view: View, recorded: Recording) -> None:
    view.click(view.unit(layout(recorded["conv"].maps), 9, 3, 4))
    view.expect_channel(9)


def test_tiles_can_be_sorted_and_the_scale_held(view: View, recorded: Recording) -> None:
    view.root.get_by_role("button", name="order of the tiles").click()
    view.root.get_by_role("menuitemradio", name="strongest first").click()
    largest = recorded["conv"].maps.max(axis=(0, 1, 2))
    view.next_frame()
    lines = read(view, view.unit(layout(recorded["conv"].maps), 0, 5, 5))
    assert lines[0].startswith(f"channel {largest.argmax()} ")
    before = view.trace()["zmax"]
    view.root.get_by_label("hold scale").check()
    show(view, recorded, "large")
    assert view.trace()["zmax"] == before


# The numbers


@pytest.mark.parametrize("image", [0, 1])
@pytest.mark.parametrize("layer", short_form(["conv", "holes", "far"], ["holes"]))
def test_a_label_is_right_to_a_254th_of_the_channels_range(
    view: View, recorded: Recording, layer: str, image: int
) -> None:
    show(view, recorded, layer, image)
    maps = recorded[layer].maps
    for channel, row, column in places(layout(maps)):
        lines = read(view, view.unit(layout(maps), channel, row, column))
        assert lines[0] == f"channel {channel} · row {row} · column {column}"
        span = float(np.ptp(maps[..., channel][np.isfinite(maps[..., channel])]))
        if not np.isfinite(maps[image, row, column, channel]):
            continue
        assert ("≈" in lines[1]) == (span > 0)
        assert abs(number(lines[1]) - maps[image, row, column, channel]) <= span / 254


def test_nan_and_infinity_are_labelled_as_such(view: View, recorded: Recording) -> None:
    show(view, recorded, "holes")
    mosaic = layout(recorded["holes"].maps)
    lines = [read(view, view.unit(mosaic, 0, 4, column))[1] for column in (4, 5, 6)]
    assert lines == ["value NaN", "value ∞", "value −∞"]


def test_a_dead_channel_is_called_dead(view: View, recorded: Recording) -> None:
    show(view, recorded, "holes")
    lines = read(view, view.unit(layout(recorded["holes"].maps), 5, 4, 4))
    assert lines[1:] == ["value 0", "dead: all 0"]


@pytest.mark.parametrize("mode", short_form(range(len(NORMALIZATIONS)), [0, 2]))
def test_colours_are_those_of_the_values(view: View, recorded: Recording, mode: int) -> None:
    view.move("normalization", mode)
    normalization = NORMALIZATIONS[mode]
    view.expect_normalization(normalization.name)
    entry = recorded["conv"]
    affine = normalization(entry.statistics)
    stops = crop_diverging(affine.colours, affine.limits) if affine.diverging else affine.colours
    chosen = places(layout(entry.maps))[4:]
    seen = view.colours([view.unit(layout(entry.maps), *place) for place in chosen])
    for (channel, row, column), found in zip(chosen, seen, strict=True):
        value = float(entry.maps[0, row, column, channel])
        shown = value * affine.scale[channel] + affine.offset[channel]
        # A step of the codes is 1/252 of a channel's range, in some modes more of the colours.
        step = float(np.ptp(entry.maps[..., channel])) / 252 * affine.scale[channel]
        ends = [colour(stops, affine.limits, shown + error) for error in (-step, step)]
        assert (found >= np.min(ends, axis=0) - 4).all(), (found, ends)
        assert (found <= np.max(ends, axis=0) + 4).all(), (found, ends)


def test_zooming_goes_down_to_single_units(view: View, recorded: Recording) -> None:
    show(view, recorded, "large")
    maps, mosaic = recorded["large"].maps, layout(recorded["large"].maps)
    assert mosaic.block > 1
    place = view.unit(mosaic, 4, 150, 150)
    assert f"strongest of {mosaic.block} × {mosaic.block} units" in read(view, place)
    view.drag((place[0] - 20, place[1] - 20), (place[0] + 20, place[1] + 20))
    across = view.tiles().across
    view.page.wait_for_function(
        "([el, dx]) => Math.abs(el.data[0].dx - dx) < 1e-9",
        arg=[view.chart.element_handle(), 1 / across],
    )
    view.next_frame()
    lines = read(view, view.unit(mosaic, 4, 150, 151))
    assert lines[0] == "channel 4 · row 150 · column 151"
    assert abs(number(lines[1]) - maps[0, 150, 151, 4]) <= np.ptp(maps[..., 4]) / 254


def test_one_channel_is_shown_with_every_unit(view: View, recorded: Recording) -> None:
    show(view, recorded, "large", 1)
    view.click(view.unit(layout(recorded["large"].maps), 2, 100, 100))
    view.expect_channel(2)
    view.page.wait_for_function(
        "(el) => el.data[0].z.length === 300", arg=view.chart.element_handle()
    )
    maps = recorded["large"].maps
    lines = read(view, view.unit_alone(layout(maps), 17, 280))
    assert lines[0] == "channel 2 · row 17 · column 280"
    assert abs(number(lines[1]) - maps[1, 17, 280, 2]) <= np.ptp(maps[..., 2]) / 254


def test_single_units_are_exact(view: View, recorded: Recording) -> None:
    show(view, recorded, "softmax")
    values = sorted(recorded["softmax"].maps[0].ravel().tolist(), reverse=True)
    shown = view.root.locator(".actwidget-bar-value").all_inner_texts()
    assert [number(text) for text in shown] == pytest.approx(values, rel=1e-6)


def test_with_exact_precision_the_numbers_are_the_models_own(
    widget: ActivationWidget, recorded: Recording, tmp_path: Path, open_page: OpenPage
) -> None:
    widget.to_html(tmp_path / "exact.html", precision="exact", layers=["far", "holes"])
    exact = open_page(tmp_path / "exact.html")
    view = View(exact)
    view.wait_for_picture()
    view.move("layer", 1)
    view.expect_layer("far")
    maps = recorded["far"].maps
    for channel, row, column in places(layout(maps)):
        lines = read(view, view.unit(layout(maps), channel, row, column))
        assert "≈" not in lines[1]
        # Seven digits are shown.
        value = float(maps[0, row, column, channel])
        assert number(lines[1]) == pytest.approx(value, rel=1e-6)
    assert exact.take_problems() == []


# Layers that were left out


def test_a_page_says_which_layers_are_kept_in_blocks(
    widget: ActivationWidget, recorded: Recording, tmp_path: Path, open_page: OpenPage
) -> None:
    widget.to_html(tmp_path / "small.html", max_size="0.85 MB")
    small = open_page(tmp_path / "small.html")
    view = View(small)
    view.wait_for_picture()
    show(view, recorded, "large")
    kept = next(part for part in view.parts if part.startswith("kept in blocks of "))
    block = int(number(kept))
    assert block > layout(recorded["large"].maps).block
    expect(view.root.locator(".actwidget-note")).to_contain_text(f"large ({block} × {block})")
    view.click(view.pixel(0.5, 0.5))
    view.expect_channel(0)
    lines = read(view, view.pixel(0.5, 0.5))
    assert lines[-1] == f"strongest of {block} × {block} units"
    row, column = (int(text) for text in re.findall(r"(?:rows|columns) (\d+)", lines[0]))
    units = recorded["large"].maps[0, row : row + block, column : column + block, 0]
    strongest = float(units.flat[np.abs(units).argmax()])
    assert abs(number(lines[1]) - strongest) <= np.ptp(recorded["large"].maps[..., 0]) / 254
    assert small.take_problems() == []


# Text


def test_text_from_python_is_not_read_as_markup(view: View, opened: ExportedPage) -> None:
    view.move("layer", 5)
    expect(view.header).to_contain_text("8 × 8 × 3")
    assert NASTY in (view.header.text_content() or "")
    assert opened.page.locator("h1").text_content() == NASTY
    assert opened.page.title().startswith("</script><script>alert(1)</script>")
    view.move("layer", 6)
    expect(view.root.locator(".actwidget-bars")).to_contain_text("<i>class 3</i>")
    assert opened.page.locator("i, b").get_by_text(re.compile("class|alert")).count() == 0


# Several widgets, and Plotly.js from elsewhere


def test_several_widgets_on_a_page_are_independent(tmp_path: Path, open_page: OpenPage) -> None:
    made = [
        ActivationWidget(
            Recording(
                [
                    LayerMaps(f"{name}{n}", "Conv2D", None, "maps", noise(1, 9, 9, 4))
                    for n in (1, 2)
                ],
                model_name=name,
                inputs=noise(1, 9, 9, 1),
                images=noise(1, 9, 9, 1),
            )
        )
        for name in ("one", "two")
    ]
    to_html(made, tmp_path / "both.html")
    both = open_page(tmp_path / "both.html")
    views = [View(both, number) for number in (0, 1)]
    for view in views:
        view.wait_for_picture()
    views[1].move("layer", 2)
    views[1].expect_layer("two2")
    views[0].expect_layer("one1")
    assert both.fetched == both.take_problems() == []


def test_plotly_may_lie_beside_the_page(
    widget: ActivationWidget, tmp_path: Path, open_page: OpenPage
) -> None:
    (tmp_path / "plotly.js").write_text(plotly.offline.get_plotlyjs(), "utf-8")
    widget.to_html(tmp_path / "page.html", include_plotlyjs="plotly.js", layers=["conv"])
    assert (tmp_path / "page.html").stat().st_size < 240_000
    page = open_page(tmp_path / "page.html")
    View(page).wait_for_picture()
    assert page.take_problems() == []


def test_without_plotly_the_picture_is_there_and_the_page_says_what_is_missing(
    widget: ActivationWidget, tmp_path: Path, open_page: OpenPage
) -> None:
    widget.to_html(tmp_path / "page.html", include_plotlyjs="none.js", layers=["conv", "far"])
    page = open_page(tmp_path / "page.html")
    view = View(page)
    expect(view.message).to_contain_text("Plotly could not be loaded")
    expect(view.root.locator(".actwidget-canvas")).to_be_visible()
    view.move("layer", 1)
    view.expect_layer("far")
    (problem,) = page.take_problems()
    assert problem.startswith("Failed to load resource: net::ERR_FILE_NOT_FOUND (file:")


# Other kinds of layers


def test_volumes_and_sequences_work_in_a_page(tmp_path: Path, open_page: OpenPage) -> None:
    volume = LayerMaps("volume", "Conv3D", None, "maps", noise(1, 3 * 6, 7, 4), depth=3)
    sequence = LayerMaps("sequence", "LSTM", None, "sequence", noise(1, 9, 5, 1))
    images = RANDOM.random((1, 6, 7, 3)).astype("f4")
    made = Recording([volume, sequence], model_name="kinds", inputs=images, images=images)
    ActivationWidget(made, slice=0).to_html(tmp_path / "kinds.html", precision="exact")
    opened = open_page(tmp_path / "kinds.html")
    view = View(opened)
    view.expect_layer("volume")
    view.move("slice", 2)
    expect(view.header).to_contain_text("· slice 2 ·")
    last = volume.slice(2).maps
    view.point(view.unit(layout(last), 3, 4, 5))
    expect(view.hover).to_contain_text("slice 2 · channel 3 · row 4 · column 5")
    assert number(view.label()[1]) == pytest.approx(float(last[0, 4, 5, 3]), rel=1e-6)
    view.move("layer", 2)
    view.expect_layer("sequence")
    view.point(view.unit(layout(sequence.maps), 0, 6, 2))
    expect(view.hover).to_contain_text("time 6 · channel 2")
    assert number(view.label()[1]) == pytest.approx(float(sequence.maps[0, 6, 2, 0]), rel=1e-6)


@pytest.mark.parametrize("kind", ["bytes without a Rescaling", "fractions for integers"])
def test_a_hint_at_the_range_of_numbers_stands_below_the_picture_once(
    kind: str, tmp_path: Path, open_page: OpenPage
) -> None:
    whole = kind == "fractions for integers"
    rows = [keras.Input((9, 9, 3), dtype="uint8" if whole else None)]
    rows += [keras.layers.Rescaling(1 / 255)] if whole else []
    model = keras.Sequential([*rows, keras.layers.Conv2D(4, 3, name="conv")], name="net")
    image = RANDOM.random((2, 9, 9, 3)).astype("f4") * (1 if whole else 255)
    with pytest.warns(
        UserWarning, match=re.escape(advice := f"give image {'*' if whole else '/'}")
    ):
        widget = ActivationWidget(model, image)
    widget.to_html(tmp_path / "page.html")
    view = View(open_page(tmp_path / "page.html"))
    view.wait_for_picture()
    expect(view.root.locator(".actwidget-note")).to_contain_text(f"{advice} 255")
    view.press("layer", "ArrowRight")
    view.press("image", "ArrowRight")
    view.expect_stop("image", "1")
    assert view.root.inner_text().count(advice) == 1
