"""The map of the model above the picture, in a notebook."""

from __future__ import annotations

from notebook import OpenNotebook
from view import View
from walked_recording import CODE

HEIGHTS = """
canvas => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const tall = new Set();
  for (let x = 0; x < width; x++) {
    let y = 0;
    while (y < height && data[4 * (y * width + x) + 3] < 128) y++;
    tall.add(height - y);
  }
  return tall.size;
}
"""


def test_it_is_drawn_before_anybody_turns_to_the_widget(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("map", [f"{CODE}\nActivationWidget(made)"])
    notebook.page.mouse.move(0, 0)
    notebook.run_all()
    view = View(notebook)
    view.wait_for_picture()
    canvas = view.root.locator(".actwidget-ticks").element_handle()
    # As long as no layer is known all ticks are equally high: two heights with the ground's.
    notebook.page.wait_for_function(f"(canvas) => ({HEIGHTS})(canvas) > 4", arg=canvas)
