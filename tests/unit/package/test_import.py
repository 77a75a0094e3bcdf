"""`import actwidget` is quick: TensorFlow comes with the first model, not with the package."""

from __future__ import annotations

import subprocess
import sys


def modules_after(statement: str) -> set[str]:
    """Return the top-level packages that a fresh Python holds after a statement."""
    result = subprocess.run(
        [sys.executable, "-c", f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return {name.partition(".")[0] for name in result.stdout.split()}


def test_import_loads_no_tensorflow() -> None:
    modules = modules_after("import actwidget")

    assert "actwidget" in modules
    assert not modules & {"tensorflow", "keras", "tf_keras"}


def test_public_names_load_no_tensorflow() -> None:
    modules = modules_after("from actwidget import ActivationWidget, record")

    assert not modules & {"tensorflow", "keras", "tf_keras"}


def test_example_loads_no_tensorflow_until_it_is_called() -> None:
    modules = modules_after("from actwidget.examples import shapes_cnn")

    assert not modules & {"tensorflow", "keras", "tf_keras"}


def test_command_line_loads_nothing_but_the_standard_library() -> None:
    added = modules_after("import actwidget.cli") - modules_after("import actwidget")

    assert added <= sys.stdlib_module_names
