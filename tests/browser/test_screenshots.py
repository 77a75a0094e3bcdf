"""Screenshots of every mode and special case in both themes, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from cells import BY_HAND
from deuteranopia import simulate
from PIL import Image
from playwright.sync_api import expect
from short_form import short_form
from skimage.color import deltaE_ciede2000, rgb2lab
from view import OpenView, View

MODES = ["raw", "symmetric", "channel percentile", "channel min-max", "channel z-score"]

SPECIAL = f"""{BY_HAND}
rows, columns = np.mgrid[0:1:32j, 0:1:32j]

def waves(height, width, channels):
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    maps = [np.sin(3 * (1 + k % 7) * x) + np.cos(3 * (1 + k % 5) * y) for k in range(channels)]
    return np.stack(maps, -1)[None].astype("float32")

def layer(path, maps, kind="maps", activation=None, depth=1):
    return LayerMaps(path, "Conv2D", activation, kind, maps.astype("float32"), depth)

dead = np.maximum(waves(32, 32, 16), 0)
dead[..., 3] = 0
dead[..., 7] = 1e-33 * random.random((32, 32))
flat = waves(32, 32, 16)
flat[..., 5] = -0.771
bad = waves(32, 32, 16)
bad[0, 5:9, 5:9, 2] = np.nan
bad[0, :, :, 5] = np.nan
bad[0, 20, 20, 6] = np.inf
hot = np.zeros((1, 224, 224, 16))
hot[0, 100, 100, 4] = 5
odds = np.exp(2 * random.normal(size=(1, 1, 1, 60)))
entries = [
    layer("dead", dead),
    layer("flat", flat),
    layer("not finite", bad),
    layer("one hot unit", hot),
    layer("dense", np.maximum(random.normal(size=(1, 1, 1, 4096)), 0), "units"),
    layer("pixels", np.maximum(random.normal(size=(1, 1, 1, 2048)), 0)),
    layer("three channels", waves(64, 64, 3)),
    layer("one channel", waves(64, 64, 1)),
    layer("long", waves(2, 300, 16)),
    layer("volume", np.concatenate([waves(32, 32, 6) * k for k in range(9)], 1), depth=9),
    layer("sequence", waves(60, 40, 1), "sequence"),
    layer("softmax", odds / odds.sum(), "units", "softmax"),
]
w = ActivationWidget(recording(*entries), layer="dead")
w
"""

CASES = {
    "dead": "2 dead",
    "flat": "1 flat",
    "not finite": "1041 NaN or ∞ (first in not finite)",
    "one hot unit": "max 5",
    "dense": "4096 units",
    "pixels": "1 × 1 × 2048",
    "three channels": "64 × 64 × 3",
    "one channel": "64 × 64 × 1",
    "long": "2 × 300 × 16",
    "volume": "9 × 32 × 32 × 6 · slice 4 ·",
    "sequence": "60 × 40 (time × channels)",
    "softmax": "60 units",
}

SHORT = ["dead", "not finite", "one hot unit", "dense", "volume", "softmax"]


@pytest.fixture(scope="module", params=["Light", "Dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def in_theme(view: View, theme: str) -> Iterator[View]:
    view.notebook.command("apputils:change-theme", theme=f"JupyterLab {theme}")
    view.page.wait_for_function(
        "name => document.body.dataset.jpThemeName === name", arg=f"JupyterLab {theme}"
    )
    yield view
    view.notebook.command("apputils:change-theme", theme="JupyterLab Light")


@pytest.fixture(scope="module")
def opened_special(open_view: OpenView) -> View:
    return open_view("special", SPECIAL)


@pytest.fixture(scope="module")
def special(opened_special: View, theme: str) -> Iterator[View]:
    yield from in_theme(opened_special, theme)


@pytest.fixture(scope="module")
def shapes(opened_shapes: View, theme: str) -> Iterator[View]:
    opened_shapes.start_over()
    yield from in_theme(opened_shapes, theme)


@pytest.mark.parametrize("layer", short_form(CASES, SHORT))
def test_a_special_case_says_what_it_is(special: View, layer: str) -> None:
    special.notebook.python(f"w.layer = {layer!r}")
    special.scroll_into_sight()
    expect(special.header).to_contain_text(f"· {layer} ·")
    expect(special.header).to_contain_text(CASES[layer])


@pytest.mark.parametrize("mode", short_form(MODES, ["symmetric", "channel percentile"]))
def test_a_mode_is_seen_with_deuteranopia(shapes: View, theme: str, mode: str) -> None:
    shapes.show(layer="conv1", normalization=mode)
    shapes.scroll_into_sight()
    trace = shapes.trace()
    path = f"test-results/screenshots/mode-{mode.replace(' ', '-')}-{theme}.png"
    shapes.page.screenshot(path=path)
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), dtype=float) / 255
    extremes = shapes.chart.evaluate(EXTREMES)
    low, high = (lab_at(shapes, pixels, trace, extremes[end]) for end in ("low", "high"))
    # The weakest and the strongest unit differ at a glance.
    assert float(deltaE_ciede2000(low, high)) > 20


# Found in the page: to send all cells takes seconds.
EXTREMES = """(el) => {
  const [{ z }] = el.data, found = { low: [0, 0], high: [0, 0] };
  const at = ([row, column]) => z[row][column];
  for (const [row, cells] of z.entries()) {
    for (let column = 0; column < cells.length; column++) {
      if (!(cells[column] >= at(found.low))) {
        if (!Number.isNaN(cells[column])) found.low = [row, column];
      }
      if (!(cells[column] <= at(found.high))) {
        if (!Number.isNaN(cells[column])) found.high = [row, column];
      }
    }
  }
  return found;
}"""


def lab_at(
    view: View, pixels: np.ndarray, trace: dict[str, float], cell: tuple[int, int]
) -> np.ndarray:
    """Return the colour of a cell on the screen, as it is perceived."""
    row, column = cell
    x, y = view.pixel(trace["x0"] + column * trace["dx"], trace["y0"] + row * trace["dy"])
    return rgb2lab(simulate(pixels[round(y), round(x)]))
