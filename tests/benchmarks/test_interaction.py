"""Another normalization, opening a channel, zooming in until refined, hover to label."""

from __future__ import annotations

from benchmark import OpenBenchmark
from contenders import CANVAS, LABEL, NETWORK, WIDGET
from explorer import Explorer
from results import Results
from stopwatch import Stopwatch

LAYER = "block1_conv1"
CHANNEL = 17
TIMES = 9
CELLS = "document.querySelector('.actwidget-canvas').dataset.cells"


def _explorer(open_notebook: OpenBenchmark, name: str) -> Explorer:
    notebook = open_notebook(name, [WIDGET], height=1200)
    notebook.python(NETWORK.format(name="VGG16", module="vgg16") + "\nstart = 1")
    notebook.run_cell(0)
    explorer = Explorer(notebook)
    explorer.wait_for_picture()
    explorer.wait_until_fetched()
    return explorer


def test_normalization(open_notebook: OpenBenchmark, results: Results) -> None:
    explorer = _explorer(open_notebook, "normalization")
    group = "changing the normalization"
    explorer.focus("normalization")
    samples = [
        explorer.press(key).milliseconds
        for _ in range(2)
        for key in [*["ArrowRight"] * 4, *["ArrowLeft"] * 4]
    ]
    trace = explorer.view.trace()
    cells = trace["rows"] * trace["columns"]
    _add_beside_canvas(explorer, results, group, f"VGG16 {LAYER}", samples, cells)

    # Full detail, about 512 × 512 cells: a part of the picture, unit by unit.
    view = explorer.view
    coarse = explorer.page.evaluate(f"() => {CELLS}")
    view.drag(view.pixel(1.02, 1.02), view.pixel(3.2, 3.2))
    explorer.page.wait_for_function(f"() => {CELLS} !== '{coarse}'")
    explorer.wait_until_fetched()
    trace = explorer.view.trace()
    cells = trace["rows"] * trace["columns"]
    explorer.focus("normalization")
    samples = [
        explorer.press(key).milliseconds
        for _ in range(2)
        for key in [*["ArrowRight"] * 4, *["ArrowLeft"] * 4]
    ]
    name = f"refined, {trace['rows']} × {trace['columns']} cells"
    _add_beside_canvas(explorer, results, group, name, samples, cells)


def _add_beside_canvas(
    explorer: Explorer, results: Results, group: str, name: str, samples: list[float], cells: int
) -> None:
    explorer.page.evaluate(CANVAS, cells)
    canvas = Stopwatch(explorer.notebook, "document.querySelector('#bare')")
    bare = [
        canvas.time(lambda: explorer.page.keyboard.press("ArrowRight")).milliseconds
        for _ in range(TIMES)
    ]
    explorer.page.evaluate("() => document.querySelector('#bare').remove()")
    results.add(group, name, "actwidget", samples, target="≤ 40 ms")
    results.add(group, name, "bare canvas", bare)
    results.ratio(group, name, "actwidget", "bare canvas", target="≤ 2.5 times")


def test_opening(open_notebook: OpenBenchmark, results: Results) -> None:
    explorer = _explorer(open_notebook, "opening")
    group, view = "opening a channel", explorer.view
    taken: dict[str, list[float]] = {"to the picture": [], "to every unit": []}
    for channel in range(CHANNEL, CHANNEL + TIMES):
        explorer.wait_until_fetched()
        place = view.pixel(channel % 8 + 0.5, channel // 8 + 0.5)
        view.point(place)
        explorer.stopwatch.settle()
        explorer.stopwatch.arm(right=f"{explorer.header}.includes('channel {channel} ')")
        explorer.page.evaluate(
            "(condition) => { window.ended = window.stopwatch.until(condition) }",
            f"{explorer.header}.includes('channel {channel} ') && {CELLS} === '224 × 224'",
        )
        explorer.page.mouse.down()
        explorer.page.mouse.up()
        taken["to the picture"].append(explorer.stopwatch.painted())
        taken["to every unit"].append(float(explorer.page.evaluate("() => window.ended")))
        explorer.page.keyboard.press("Escape")
        view.expect_channel(None)
    for what, samples in taken.items():
        results.add(group, f"VGG16 {LAYER}", what, samples)


def test_zoom(open_notebook: OpenBenchmark, results: Results) -> None:
    explorer = _explorer(open_notebook, "zoom")
    view, page = explorer.view, explorer.page
    samples = []
    for tile in range(5):
        start, end = view.pixel(tile + 0.2, tile + 0.2), view.pixel(tile + 0.8, tile + 0.8)
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=3)
        explorer.stopwatch.settle()
        coarse = page.evaluate(f"() => {CELLS}")
        # From the release, which does not start the time by itself.
        page.evaluate(
            """(condition) => {
              window.stopwatch.arm({ root: "null", running: true });
              window.ended = new Promise((resolve) => {
                addEventListener("pointerup", () => {
                  window.stopwatch.arm({ root: "null", running: true });
                  resolve(window.stopwatch.until(condition));
                }, { capture: true, once: true });
              });
            }""",
            f"{CELLS} !== '{coarse}'",
        )
        page.mouse.up()
        samples.append(float(page.evaluate("() => window.ended")))
        explorer.stopwatch.settle()
        view.reset()
    results.add("zooming in until refined", f"VGG16 {LAYER}", "from the release", samples)


def test_hover(open_notebook: OpenBenchmark, results: Results) -> None:
    explorer = _explorer(open_notebook, "hover")
    view, group = explorer.view, "hover to label"
    label = "document.querySelector('.actwidget-hover')"
    for path in (LAYER, "block3_conv1", "block5_conv3"):
        view.show(layer=path)
        channels = view.notebook.value(f"recording[{path!r}].channels")
        columns = round(view.axes()["x"][1])
        samples = []
        for channel in range(7, 7 + TIMES):
            place = view.pixel(channel % columns + 0.5, channel // columns + 0.45)
            shown = f"!{label}.hidden && {label}.textContent.startsWith('channel {channel} ')"
            samples.append(_labelled(explorer, place, shown))
        name = f"VGG16 {path}, {channels} channels"
        results.add(group, name, "actwidget", samples, target="within one frame")
    # A label with nothing to compute takes less than one frame.
    explorer.page.evaluate(LABEL)
    bare = []
    for number in range(TIMES):
        place = 40.0 + 10 * number, 300.0
        shown = f"document.querySelector('#bare').textContent === 'at {place[0]:.0f}, 300 '"
        bare.append(_labelled(explorer, place, shown))
    results.add(group, "a bare label", "limit", bare)


def _labelled(explorer: Explorer, place: tuple[float, float], shown: str) -> float:
    """Measure from the pointer's move to the end of the first frame with the right label."""
    return explorer.stopwatch.until(lambda: explorer.view.point(place), shown)
