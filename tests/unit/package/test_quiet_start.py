"""TensorFlow's start writes nothing into a notebook, and what explains a failure is not lost."""

from __future__ import annotations

import subprocess
import sys


def errors_of(code: str) -> str:
    """Run code and return what it wrote to standard error."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout == "ran\n", ran.stderr
    return ran.stderr


QUIET = "import os; from actwidget.examples.quiet_start import quiet_start\n"


def test_what_libraries_write_while_they_start_is_held_back() -> None:
    code = (
        f"{QUIET}with quiet_start():\n    os.write(2, b'red block')\n"
        "os.write(2, b'later')\nprint('ran')"
    )
    assert errors_of(code) == "later"


def test_it_is_handed_on_if_the_start_fails() -> None:
    code = (
        f"{QUIET}try:\n    with quiet_start():\n        os.write(2, b'why it failed')\n"
        "        import there_is_no_such_library\nexcept ImportError:\n    print('ran')"
    )
    assert errors_of(code) == "why it failed"


def test_without_standard_error_it_goes_on() -> None:
    code = f"{QUIET}os.close(2)\nwith quiet_start():\n    pass\nprint('ran')"
    assert errors_of(code) == ""


def test_the_example_starts_tensorflow_quietly() -> None:
    code = "from actwidget.examples import shapes_cnn; shapes_cnn.model(); print('ran')"
    assert errors_of(code) == ""
