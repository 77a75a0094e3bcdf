"""Cells that show each kind of model that people bring; what they make is `w`."""

from __future__ import annotations

BEGINNING = """
import os, tempfile; os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
from keras import layers
from actwidget import ActivationWidget, Recording, record
keras.utils.set_random_seed(3)
w = None

def numbers(*shape):
    return np.random.default_rng(5).normal(size=shape).astype("float32")

def show(*arguments, **options):
    global w
    if w is not None:
        w.close()
    w = ActivationWidget(*arguments, **options)
    return w
"""

SUBCLASSED = """
class Subclassed(keras.Model):
    def __init__(self):
        super().__init__(name="subclassed")
        self.blocks = [layers.Conv2D(4, 3, padding="same", name=f"block{n}") for n in range(3)]
        self.heads = {"up": layers.Dense(2, name="up"), "down": layers.Dense(3, name="down")}

    def call(self, x):
        for block in self.blocks:
            x = keras.ops.tanh(block(x)) + keras.ops.mean(x, axis=-1, keepdims=True)
        x = keras.ops.mean(x, axis=(1, 2))
        return {name: head(x) for name, head in self.heads.items()}

show(Subclassed(), numbers(2, 8, 9, 3))
"""

NESTED = """
base = keras.applications.VGG16(input_shape=(32, 32, 3), include_top=False, weights=None)
front = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        layers.RandomFlip("horizontal", name="flip"),
        layers.Rescaling(1 / 127.5, offset=-1, name="rescaling"),
    ],
    name="front",
)
features = keras.Sequential([front, base], name="features")
inputs = keras.Input((32, 32, 3))
x = layers.GlobalAveragePooling2D(name="average")(features(inputs))
x = layers.Dense(2, name="head")(layers.Dropout(0.5, name="dropout")(x))
show(keras.Model(inputs, x, name="transfer"), 255 * np.abs(numbers(32, 32, 3)))
"""

SEVERAL = """
left, right = keras.Input((8, 9, 1), name="left"), keras.Input((6, 7, 3), name="right")
age = keras.Input((3,), name="age")
x = layers.Flatten(name="flat")(layers.Conv2D(3, 3, name="left_conv")(left))
y = layers.Flatten(name="also")(layers.Conv2D(2, 3, name="right_conv")(right))
x = layers.Concatenate(name="all")([x, y, age])
outputs = {"kind": layers.Dense(4, name="kind")(x), "size": layers.Dense(1, name="size")(x)}
show(
    keras.Model({"left": left, "right": right, "age": age}, outputs),
    {"left": numbers(2, 8, 9, 1), "right": numbers(2, 6, 7, 3), "age": numbers(2, 3)},
    class_names=list("abcd"),
)
"""

VOLUME = """
inputs = keras.Input((9, 10, 11, 1))
x = layers.Conv3D(5, 3, padding="same", name="conv")(inputs)
x = layers.MaxPooling3D(2, name="pool")(x)
x = layers.Conv3DTranspose(4, 2, strides=2, name="transposed")(x)
x = layers.GlobalAveragePooling3D(name="average")(x)
show(keras.Model(inputs, layers.Dense(3, name="dense")(x)), numbers(2, 9, 10, 11, 1))
"""

RECURRENT = """
inputs = keras.Input((14, 6))
x = layers.TimeDistributed(layers.Dense(8), name="each")(inputs)
x = layers.Bidirectional(layers.LSTM(7, return_sequences=True, name="both"), name="bi")(x)
x = layers.LSTM(5, return_sequences=True, name="lstm")(x)
show(keras.Model(inputs, layers.GRU(4, name="gru")(x)), numbers(2, 14, 6))
"""

TOKENS = """
tokens = keras.Input((12,), dtype="int32")
x = layers.Embedding(50, 8, name="embedding")(tokens)
x = layers.MultiHeadAttention(2, 4, name="attention")(x, x, return_attention_scores=True)
y = layers.GlobalAveragePooling1D(name="average")(layers.LayerNormalization(name="norm")(x[0]))
model = keras.Model(tokens, [layers.Dense(2, name="dense")(y), x[1]])
show(model, np.random.default_rng(1).integers(0, 50, (2, 12)))
"""

GRID = """
inputs = keras.Input((8, 12, 3))
x = layers.Conv2D(8, 2, strides=2, name="patches")(inputs)
x = layers.ZeroPadding1D((1, 0), name="with_class")(layers.Reshape((24, 8), name="tokens")(x))
x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
x = layers.LayerNormalization(name="norm")(x)
show(keras.Model(inputs, x), numbers(8, 12, 3), grid=(4, 6), layers=["patches", "att*", "norm"])
"""

CHANNELS_FIRST = """
form = {"data_format": "channels_first"}
inputs = keras.Input((3, 10, 11))
x = layers.Conv2D(4, 3, name="conv", **form)(inputs)
x = layers.ReLU(name="relu")(layers.BatchNormalization(axis=1, name="norm")(x))
show(keras.Model(inputs, layers.MaxPooling2D(2, name="pool", **form)(x)), numbers(2, 3, 10, 11))
"""

SMALL_FLOATS = """
keras.config.set_dtype_policy("{policy}")
inputs = keras.Input((8, 8, 1))
x = layers.Conv2D(3, 3, name="conv")(inputs)
x = layers.ReLU(name="relu")(layers.BatchNormalization(name="norm")(x))
x = layers.Dense(2, name="dense")(layers.GlobalAveragePooling2D(name="average")(x))
model = keras.Model(inputs, x)
keras.config.set_dtype_policy("float32")
show(model, numbers(2, 8, 8, 1))
"""

SMALL = """
def small():
    parts = [layers.Conv2D(3, 3, name="conv"), layers.Flatten(name="flatten")]
    return keras.Sequential([keras.Input((6, 6, 1)), *parts, layers.Dense(4, name="dense")])
"""

CELLS = {
    "sequential, unbuilt": """
show(
    keras.Sequential([layers.Conv2D(4, 3, name="conv"), layers.MaxPooling2D(name="pool")]),
    numbers(2, 8, 8, 1),
)
""",
    "nested transfer learning": NESTED,
    "subclassed": SUBCLASSED,
    "several inputs and outputs": SEVERAL,
    "shared layer": """
shared = layers.Dense(4, name="dense")
inputs = keras.Input((4,))
show(keras.Model(inputs, shared(layers.ReLU(name="relu")(shared(inputs)))), numbers(2, 4))
""",
    "recurrent": RECURRENT,
    "tokens and attention": TOKENS,
    "token grid": GRID,
    "convolution over time": """
inputs = keras.Input((40, 3))
x = layers.SeparableConv1D(5, 3, name="separable")(layers.Conv1D(16, 3, name="conv")(inputs))
show(keras.Model(inputs, layers.MaxPooling1D(name="pool")(x)), numbers(2, 40, 3))
""",
    "volume": VOLUME,
    "channels first": CHANNELS_FIRST,
    "mixed_float16": SMALL_FLOATS.format(policy="mixed_float16"),
    "bfloat16": SMALL_FLOATS.format(policy="bfloat16"),
    "int8": SMALL
    + """
import warnings; warnings.simplefilter("ignore")
model = small()
model.quantize("int8")
show(model, numbers(2, 6, 6, 1))
""",
    "legacy h5": SMALL
    + """
import logging; logging.getLogger("absl").setLevel("ERROR")
small().save("small.h5")
show(keras.models.load_model("small.h5", compile=False), numbers(2, 6, 6, 1))
""",
    "tf_keras": """
import tf_keras
parts = [tf_keras.layers.Conv2D(4, 3, name="conv"), tf_keras.layers.Flatten(name="flatten")]
model = tf_keras.Sequential([tf_keras.Input((6, 6, 1)), *parts, tf_keras.layers.Dense(3, name="d")])
show(model, numbers(2, 6, 6, 1))
""",
    "saved": SMALL
    + """
file = tempfile.mkdtemp() + "/small.zarr"
record(small(), numbers(2, 6, 6, 1)).save(file)
show(Recording.load(file))
""",
    "saved volume": """
inputs = keras.Input((7, 8, 9, 1))
model = keras.Model(inputs, layers.Conv3D(4, 3, name="conv")(inputs))
file = tempfile.mkdtemp() + "/volume.zarr"
record(model, numbers(1, 7, 8, 9, 1)).save(file)
show(Recording.load(file))
""",
}
"""What the last line of each shows, by the kind of model."""
