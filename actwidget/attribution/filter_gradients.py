"""Leaving out gradients of filters that nobody asked for, which TensorFlow computes all the same.

They take half of the time of a backward pass, and for a 1 × 1 convolution of stride 2 oneDNN ends
the process as it computes them (TensorFlow 2.21).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

Gradient = Callable[..., Any]


class ReplacedGradients:
    """Other gradients of some of TensorFlow's operations, in this thread and within a ``with``.

    Without TensorFlow, or where its registry of gradients is not found, nothing changes.

    Parameters
    ----------
    replacements : dict of str to callable
        The operation's name, and a function from its gradient to another.
    """

    def __init__(self, replacements: dict[str, Callable[[Gradient], Gradient]]) -> None:
        self._replacements = replacements
        self._registry = gradient_registry()
        self._before: dict[str, Any] = {}
        self._thread = threading.get_ident()
        self._is_running = False

    def __enter__(self) -> None:
        """Replace them."""
        self._is_running = True
        for name, make in self._replacements.items():
            entry = self._registry.get(name)
            if isinstance(entry, dict) and callable(entry.get("type")):
                self._before[name] = entry
                self._registry[name] = entry | {"type": self._in_this_thread(entry["type"], make)}

    def __exit__(self, *_: object) -> None:
        """Restore those before."""
        # What an interrupt leaves behind does as the one before from here on.
        self._is_running = False
        self._registry.update(self._before)
        self._before.clear()

    def _in_this_thread(self, before: Gradient, make: Callable[[Gradient], Gradient]) -> Gradient:
        other = make(before)

        def gradient(op: Any, *gradients: Any) -> Any:
            is_ours = self._is_running and threading.get_ident() == self._thread
            return (other if is_ours else before)(op, *gradients)

        return gradient


def gradient_registry() -> dict[str, Any]:
    """Return TensorFlow's gradients by the names of operations; empty if they are not found."""
    # It has no public name.
    ops = sys.modules.get("tensorflow.python.framework.ops")
    found = getattr(getattr(ops, "_gradient_registry", None), "_registry", None)
    return found if isinstance(found, dict) else {}


def _of_input(position: int, compute: Callable[[Any, Any, Any], Any]) -> Callable[..., Gradient]:
    """Return what makes a gradient of the data alone, if that of the filter is not wanted.

    The filter is input 1 of each of these operations; `position` is that of the data.
    """

    def make(before: Gradient) -> Gradient:
        def gradient(op: Any, grad: Any) -> Any:
            if 1 not in (getattr(op, "skip_input_indices", None) or ()):
                return before(op, grad)
            gradients: list[Any] = [None] * len(op.inputs)
            gradients[position] = compute(sys.modules["tensorflow"], op, grad)
            return gradients

        return gradient

    return make


def _attributes(op: Any, *names: str) -> dict[str, Any]:
    return {name: op.get_attr(name) for name in names}


def _convolution(tf: Any, op: Any, grad: Any) -> Any:
    if _is_its_own_transpose(op):
        # The same sums by the forward kernel, which oneDNN computes up to three times as fast.
        turned = tf.transpose(tf.reverse(op.inputs[1], (0, 1)), (0, 1, 3, 2))
        return tf.nn.conv2d(grad, turned, 1, "SAME")
    names = ("strides", "padding", "explicit_paddings", "data_format", "dilations")
    return tf.raw_ops.Conv2DBackpropInput(
        input_sizes=tf.shape(op.inputs[0]),
        filter=op.inputs[1],
        out_backprop=grad,
        use_cudnn_on_gpu=op.get_attr("use_cudnn_on_gpu"),
        **_attributes(op, *names),
    )


def _is_its_own_transpose(op: Any) -> bool:
    """Check whether the gradient is a convolution of the same kind, its filter turned round."""
    height, width, before, _ = op.inputs[1].shape
    return bool(
        set(op.get_attr("strides")) == set(op.get_attr("dilations")) == {1}
        and op.get_attr("padding") == b"SAME"
        and op.get_attr("data_format") == b"NHWC"
        and height % 2 == width % 2 == 1
        # Not in groups.
        and op.inputs[0].shape[-1] == before
    )


def _depthwise(tf: Any, op: Any, grad: Any) -> Any:
    names = ("strides", "padding", "explicit_paddings", "data_format", "dilations")
    return tf.raw_ops.DepthwiseConv2dNativeBackpropInput(
        input_sizes=tf.shape(op.inputs[0]),
        filter=op.inputs[1],
        out_backprop=grad,
        **_attributes(op, *names),
    )


def _convolution_3d(tf: Any, op: Any, grad: Any) -> Any:
    return tf.raw_ops.Conv3DBackpropInputV2(
        input_sizes=tf.shape(op.inputs[0]),
        filter=op.inputs[1],
        out_backprop=grad,
        **_attributes(op, "strides", "padding", "data_format", "dilations"),
    )


def _transposed(tf: Any, op: Any, grad: Any) -> Any:
    names = ("strides", "padding", "explicit_paddings", "data_format", "dilations")
    return tf.raw_ops.Conv2D(
        input=grad,
        filter=op.inputs[1],
        use_cudnn_on_gpu=op.get_attr("use_cudnn_on_gpu"),
        **_attributes(op, *names),
    )


def _transposed_3d(tf: Any, op: Any, grad: Any) -> Any:
    return tf.raw_ops.Conv3D(
        input=grad,
        filter=op.inputs[1],
        **_attributes(op, "strides", "padding", "data_format", "dilations"),
    )


WITHOUT_FILTERS: dict[str, Callable[[Gradient], Gradient]] = {
    "Conv2D": _of_input(0, _convolution),
    "DepthwiseConv2dNative": _of_input(0, _depthwise),
    "Conv3D": _of_input(0, _convolution_3d),
    # Transposed convolutions: the data is input 2.
    "Conv2DBackpropInput": _of_input(2, _transposed),
    "Conv3DBackpropInputV2": _of_input(2, _transposed_3d),
}
"""Of each convolution, the gradient without that of its filter unless it is wanted."""
