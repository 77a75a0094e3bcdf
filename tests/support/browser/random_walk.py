"""Random steps in a widget, by hand and from Python, and what must hold after each of them.

A step and all of its checks are a few messages to the page, so that many fit in a test.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from notebook import EXECUTE, SECONDS
from view import Point, View
from walk_checks import ORDERS, problems
from walked_recording import Shown

from actwidget.numerics.builtin_normalizations import NORMALIZATIONS
from actwidget.recording.recording import Recording

TRAITS = (
    "import json; print(json.dumps([w.layer, w.channel, w.normalization, w.image_index, w.slice, "
    "w.slice_shown, w.sort, w.hold_scale, w.limits]))"
)

LOOK = """
async ([roots, points, code]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const execute = EXECUTE;
  const [{ text, failure }] = await Promise.all([execute(code), frame().then(frame)]);
  const views = roots.map((root) => {
    const one = (selector) => root.querySelector(selector);
    const slider = (name) => one(`input[type=range][aria-label="${name}"]`);
    const chart = one(".js-plotly-plot"), hover = one(".actwidget-hover");
    const [{ z, x0, y0, dx, dy, zmin, zmax }] = chart.data;
    const { left, top, width, height } = one(".nsewdrag").getBoundingClientRect();
    return {
      busy: one(".actwidget-plot").ariaBusy === "true" || !one(".actwidget-message").hidden,
      header: one(".actwidget-header").textContent,
      stops: ["layer", "channel", "normalization", "depth slice", "image"]
        .map((name) => slider(name).getAttribute("aria-valuetext")),
      box: one("input.actwidget-box").value,
      sort: one('[aria-label="order of the tiles"]').textContent,
      held: one("input[type=checkbox]").checked,
      input: one(".actwidget-input").getAttribute("aria-label"),
      label: hover.hidden ? null : [...hover.children].map((line) => line.textContent),
      layout: JSON.parse(one(".actwidget-stage").dataset.layout),
      axes: [chart.layout.xaxis.range, chart.layout.yaxis.range],
      area: [left, top, width, height],
      limits: [zmin, zmax],
      cell: [dx, dy],
      cells: points.map(([u, v]) => {
        const row = Math.floor(v * z.length), column = Math.floor(u * z[0].length);
        return [x0 + column * dx, y0 + row * dy, z[row][column]];
      }),
    };
  });
  return { text, failure, views };
}
""".replace("EXECUTE", EXECUTE.strip())


class Walk:
    """A walk through a widget that two views show, the first of which is used."""

    def __init__(self, view: View, other: View, recording: Recording, seed: int) -> None:
        self.view, self.page = view, view.page
        self.recording = recording
        self.random = random.Random(seed)
        self.seed = seed
        self.taken: list[str] = []
        self._roots = [each.root.element_handle() for each in (view, other)]
        self._rests: Point | None = None
        """Where the pointer rests, if what is below it is what is pointed at."""
        self._top = 0.0
        """Where the view began when the pointer came to rest: a key may scroll the page later."""
        self._seen: dict[str, Any] = {}
        self._look()

    def run(self, steps: int) -> None:
        """Take random steps; after each all must hold, as soon as all news have come."""
        for _ in range(steps):
            self._come_back()
            self._step()
            self.expect_agreement()

    def expect_agreement(self) -> None:
        """Expect all to hold, once all news have come."""
        deadline = time.monotonic() + SECONDS
        while left := list(self._problems()):
            assert time.monotonic() < deadline, (
                f"seed {self.seed}, step {len(self.taken)}: {'; '.join(left)}\n"
                f"after {', '.join(self.taken[-15:])}\n{self._seen}"
            )

    def point(self, u: float, v: float) -> None:
        """Move the pointer to a share of the picture's width and height, and leave it there."""
        self._rest(self._at(u, v))
        self.taken.append(f"pointer to {self._rests}")

    def drag(self, start: Point, end: Point) -> None:
        """Drag from one place to another, both as shares of the picture."""
        self.view.drag(self._at(*start), self._at(*end))
        self.taken.append(f"drag from {start} to {end}")

    def _rest(self, place: Point) -> None:
        """Move the pointer to a place, and leave it there."""
        self.page.mouse.move(*place)
        self._rests, self._top = place, self._view_top()

    def _view_top(self) -> float:
        box = self._roots[0].bounding_box()
        return box["y"] if box else 0.0

    def _come_back(self) -> None:
        """Scroll to the view where the page has left it, as it does for some keys."""
        _, top, _, height = self._seen["area"]
        size = self.page.viewport_size
        assert size is not None
        if top < 0 or top + height > size["height"]:
            self.view.scroll_into_sight()
            self._rests = None
            self._look()

    # Steps

    def _step(self) -> None:
        ways: list[tuple[int, Callable[[], str]]] = [
            (6, self._press_key),
            (6, self._move_pointer),
            (2, self._click),
            (1, self._double_click),
            (2, self._turn_wheel),
            (1, self._drag),
            (4, self._move_slider),
            (1, self._type_channel),
            (1, self._choose_sort),
            (1, self._hold),
            (5, self._assign),
        ]
        way = self.random.choices([each for _, each in ways], [weight for weight, _ in ways])[0]
        self.taken.append(way())

    def _press_key(self) -> str:
        keys = [
            *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown"),
            *("Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"),
            *("Enter", "Escape", "+", "-", "0"),
        ]
        key = self.random.choice(keys)
        self.view.stage.evaluate("(el) => el.focus({ preventScroll: true })")
        self.page.keyboard.press(key)
        if key.startswith("Shift") or key == "Escape":
            self._rests = None
        return key

    def _point(self, *, inside: bool = False) -> Point:
        low, high = (0.02, 0.98) if inside else (-0.05, 1.05)
        return self._at(self.random.uniform(low, high), self.random.uniform(low, high))

    def _at(self, u: float, v: float) -> Point:
        left, top, width, height = self._seen["area"]
        # Whole pixels, as a mouse has them.
        return float(round(left + u * width)), float(round(top + v * height))

    def _move_pointer(self) -> str:
        place, rested = self._point(), self._rests
        self._rest(place)
        # One that comes and goes beside the picture leaves alone what keys chose.
        left, top, width, height = self._seen["area"]
        inside = left < place[0] < left + width and top < place[1] < top + height
        if rested is None and not inside:
            self._rests = None
        return f"pointer to {place}"

    def _click(self) -> str:
        place = self._point()
        self.page.mouse.move(*place)
        self.page.mouse.down()
        self.page.mouse.up()
        # Plotly lays something over the page while a button is pressed: that is no rest.
        self._rests = None
        return f"click at {place}"

    def _double_click(self) -> str:
        place = self._point(inside=True)
        self.page.mouse.dblclick(*place)
        self._rests = None
        return f"double-click at {place}"

    def _turn_wheel(self) -> str:
        self._rest(self._point(inside=True))
        turns = self.random.choice([-300, -120, 120, 300])
        # Without the key it would scroll the page.
        self.page.keyboard.down("Control")
        self.page.mouse.wheel(0, turns)
        self.page.keyboard.up("Control")
        return f"wheel {turns} at {self._rests}"

    def _drag(self) -> str:
        start, end = self._point(), self._point()
        self.view.drag(start, end)
        self._rests = None
        self.view.leave()
        return f"drag from {start} to {end}"

    def _move_slider(self) -> str:
        name = self.random.choice(["layer", "layer", "channel", "normalization", "image"])
        if self.random.random() < 0.2 and self.view.slider("slice").is_enabled():
            name = "slice"
        slider = self.view.slider(name)
        if not slider.is_enabled():
            # As where an image has no normalization.
            name, slider = "layer", self.view.slider("layer")
        low, high = (int(slider.get_attribute(end) or 0) for end in ("min", "max"))
        stop = self.random.randint(low, high)
        slider.fill(str(stop))
        return f"{name} slider to {stop}"

    def _type_channel(self) -> str:
        text = self.random.choice(["all", "0", "3", "11", "99", "x"])
        self.view.channel_box.fill(text)
        self.view.channel_box.press("Enter")
        return f"channel {text} typed"

    def _choose_sort(self) -> str:
        name = ORDERS[self.random.choice(sorted(ORDERS))]
        self.view.root.get_by_role("button", name="order of the tiles").evaluate(
            "(el) => el.click()"
        )
        entry = self.view.root.get_by_role("menuitemradio", name=name)
        entry.evaluate("(el) => el.click()")
        return f"sort {name}"

    def _hold(self) -> str:
        self.view.root.get_by_role("checkbox").evaluate("(el) => el.click()")
        return "hold scale"

    def _assign(self) -> str:
        """Assign traits in Python, one or several at once."""
        choice = self.random.choice
        layer = self.recording[choice(list(self.recording))]
        values: dict[str, Any] = {
            "layer": layer.path,
            "channel": choice([None, self.random.randrange(layer.channels)]),
            "normalization": choice(NORMALIZATIONS).name,
            "image_index": self.random.randrange(3),
            "slice": self.random.randrange(4),
            "sort": choice(sorted(ORDERS)),
            "hold_scale": choice([True, False]),
            "limits": choice([None, (-1.0, 2.0), (-0.25, 0.75)]),
        }
        names = self.random.sample(list(values), self.random.choice([1, 1, 2]))
        # A channel is one of the layer that is shown by then.
        if "channel" in names:
            names = ["layer", "channel"]
        code = "; ".join(f"w.{name} = {values[name]!r}" for name in names)
        self.view.notebook.python(code)
        return code

    # What must hold

    def _look(self) -> dict[str, Any]:
        """Ask page and kernel what is shown, in one message."""
        points = [[self.random.random(), self.random.random()] for _ in range(8)]
        found = self.page.evaluate(LOOK, [self._roots, points, TRAITS])
        assert found["failure"] is None, found["failure"]
        looked: dict[str, Any] = found
        self._seen = looked["views"][0]
        return looked

    def _problems(self) -> Iterator[str]:
        found = self._look()
        shown = Shown(self.recording, json.loads(found["text"]))
        one, other = found["views"]
        stays = abs(self._view_top() - self._top) < 1
        return problems(one, other, shown, self._rests if stays else None)
