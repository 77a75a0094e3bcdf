"""The notebooks' code: a network, its recording, and other ways to draw the same mosaic."""

from __future__ import annotations

NETWORK = """
import os; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
from skimage import data, transform
from actwidget import ActivationWidget, record
from actwidget.numerics.mosaic import mosaic_for
keras.utils.set_random_seed(1)
model = keras.applications.{name}(weights=None)
photograph = transform.resize(data.astronaut(), (224, 224), preserve_range=True).astype("float32")
preprocess = keras.applications.{module}.preprocess_input
recording = record(model, photograph, preprocess=preprocess)
layers = [recording[path] for path in recording.layers]
shapes = [("{{}} × {{}} × {{}}".format(*e.maps.shape[1:]), e.path) for e in layers]

def mosaic(path):
    maps = recording[path].maps[0]
    height, width, channels = maps.shape
    columns = mosaic_for(channels, height, width).columns
    rows = -(-channels // columns)
    picture = np.full((rows * (height + 1), columns * (width + 1)), np.nan, "float32")
    for channel in range(channels):
        top, left = channel // columns * (height + 1), channel % columns * (width + 1)
        picture[top : top + height, left : left + width] = maps[..., channel]
    return picture
"""

NETWORKS = {"VGG16": "vgg16", "ResNet50": "resnet50"}

# Recorded afresh, so that nothing is computed yet. IPython's Out holds what was shown,
# and with it a recording that nobody closes.
WIDGET = """
try:
    w.close()
    w.recording.close()
except NameError:
    pass
recording = record(model, photograph, preprocess=preprocess)
w = ActivationWidget(recording, layer=list(recording)[start])
w
"""

FIGURE_WIDGET = """
import plotly.graph_objects as go, ipywidgets
chosen = {paths}
figure = go.FigureWidget(go.Heatmap(z=mosaic(chosen[0])), layout=dict(width=700, height=700))
slider = ipywidgets.IntSlider(min=0, max=len(chosen) - 1)
def show(change):
    figure.data[0].z = mosaic(chosen[change["new"]])
slider.observe(show, "value")
ipywidgets.VBox([slider, figure])
"""

INTERACT = """
%matplotlib inline
import matplotlib.pyplot as plt, ipywidgets
chosen = {paths}
@ipywidgets.interact(number=ipywidgets.IntSlider(min=0, max=len(chosen) - 1))
def show(number):
    plt.figure(figsize=(7, 7))
    plt.imshow(mosaic(chosen[number]))
    plt.show()
"""

# The lower bound: existing numbers, coloured through a look-up table.
CANVAS = """
(cells) => {
  document.querySelector("#bare")?.remove();
  const side = Math.round(Math.sqrt(cells));
  const canvas = document.createElement("canvas");
  canvas.id = "bare";
  canvas.tabIndex = 0;
  canvas.width = canvas.height = side;
  Object.assign(canvas.style, {
    position: "fixed", left: 0, top: 0, width: "724px", height: "724px", zIndex: 1000,
    imageRendering: "pixelated",
  });
  const context = canvas.getContext("2d");
  const table = Uint32Array.from({ length: 1024 }, (_, i) => 0xff000000 + (i >> 2) * 0x010101);
  const pictures = [1, 2].map(() => Float32Array.from({ length: side * side }, Math.random));
  let shown = 0;
  canvas.addEventListener("keydown", () => {
    const picture = pictures[shown++ % 2];
    const image = new ImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[(picture[i] * 1023) | 0];
    context.putImageData(image, 0, 0);
  });
  document.body.append(canvas);
  canvas.focus();
}
"""

# The lower bound of a label: fixed text beside the pointer, with nothing to compute.
LABEL = """
() => {
  const label = document.createElement("div");
  label.id = "bare";
  label.hidden = true;
  Object.assign(label.style, { position: "fixed", zIndex: 1000, background: "white" });
  document.addEventListener("pointermove", ({ clientX, clientY }) => {
    label.hidden = false;
    label.textContent = `at ${clientX}, ${clientY} `;
    Object.assign(label.style, { left: `${clientX + 12}px`, top: `${clientY + 12}px` });
  });
  document.body.append(label);
}
"""
