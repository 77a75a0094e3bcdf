"""A small trained CNN to look at, the images it was trained on, and how it was trained."""

from pathlib import Path


def shapes_clip() -> Path:
    """Return the path of a clip of ten seconds that the shapes CNN reacts to.

    A sheet of paper that is held into a camera: a square, a circle, a triangle, a cross and a star,
    drawn with a marker, two seconds each. It is an animated WebP of 160 × 120 pixels, 15 frames a
    second, which Pillow reads; `actwidget.examples.draw_shapes_clip` draws it.

    Examples
    --------
    >>> from actwidget.examples import shapes_clip
    >>> shapes_clip().name
    'shapes_clip.webp'
    """
    return Path(__file__).with_name("shapes_clip.webp")
