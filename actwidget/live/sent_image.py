"""Images that the page sends: JPEG and PNG files, of which nothing is trusted."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from actwidget.images.fit import fit_image
from actwidget.images.read_image import eight_bits, pixels_of
from actwidget.utils.messages import shortened
from actwidget.utils.sizes import format_bytes

FORMATS = ("JPEG", "PNG")
"""What is read; Pillow's other decoders are not even asked."""

MOST_PIXELS = 4096 * 4096

MOST_BYTES = 64 * 10**6


def decode_image(data: bytes | bytearray | memoryview) -> NDArray[np.uint8]:
    """Decode a JPEG or PNG file.

    Parameters
    ----------
    data
        The whole file.

    Returns
    -------
    NDArray[np.uint8]
        ``(height, width, channels)``: one channel of a grey image, three of any other.
        Transparency is over white.

    Raises
    ------
    ValueError
        If it is anything else, is damaged, or has more than `MOST_PIXELS` or `MOST_BYTES`, which
        is seen before it is decoded.
    """
    if (size := memoryview(data).nbytes) > MOST_BYTES:
        raise ValueError(
            f"the image that was sent takes {format_bytes(size)}; "
            f"it may take {format_bytes(MOST_BYTES)}"
        )
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _TooLargeError(
                    f"the image that was sent has {image.width:,} × {image.height:,} pixels; "
                    f"it may have {MOST_PIXELS:,}"
                )
            pixels = eight_bits(pixels_of(image))
    except _TooLargeError:
        raise
    except Exception as error:
        # Decoders raise what they like of a file that is damaged, or made to harm.
        raise ValueError(
            f"what was sent is not a JPEG or PNG image that can be read ({shortened(error)})"
        ) from error
    height, width = pixels.shape[:2]
    return fit_image(pixels, height, width, 1 if pixels.ndim == 2 else 3)


class _TooLargeError(ValueError):
    """Among what decoders raise, what is to be passed on as it is."""
