"""TensorFlow's start without the lines that it writes, which in a notebook are a red block."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_start() -> Iterator[None]:
    """Hold back what is written to file descriptor 2, and hand it on if the block raises.

    For ``import keras`` or ``import tensorflow`` in a notebook: TensorFlow's libraries write there
    directly, past Python's `sys.stderr` and whatever log level is set later.

    Examples
    --------
    >>> from actwidget.examples.quiet_start import quiet_start
    >>> with quiet_start():
    ...     import keras
    """
    sys.stderr.flush()
    try:
        usual = os.dup(2)
    except OSError:
        # Nobody could read it anyway.
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(usual, 2)
            os.close(usual)
            if failed:
                held.seek(0)
                with os.fdopen(2, "wb", closefd=False) as standard_error:
                    shutil.copyfileobj(held, standard_error)
