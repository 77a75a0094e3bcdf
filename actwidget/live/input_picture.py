"""What the model received, as the page shows it beside the layer: made anew for every frame."""

from __future__ import annotations

import io
from typing import Any

from numpy.typing import NDArray
from PIL import Image

from actwidget.numerics.thumbnail import LARGEST_SIDE, LOSSLESS_PIXELS, display_image


def input_picture(image: NDArray[Any]) -> tuple[dict[str, Any], bytes]:
    """Return a frame's size and type, and its bytes.

    A small one, of which each pixel can be seen, is sent as it is, ``"rgb"``; else a JPEG.
    """
    height, width = image.shape[:2]
    pixels = display_image(image)
    size = {"height": height, "width": width}
    if height * width <= LOSSLESS_PIXELS:
        return {**size, "mime": "rgb"}, pixels.tobytes()
    file = io.BytesIO()
    picture = Image.fromarray(pixels)
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    picture.save(file, "JPEG", quality=85)
    return {**size, "mime": "image/jpeg"}, file.getvalue()
