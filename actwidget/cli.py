"""The `actwidget` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from actwidget.commands import demo, page, survey


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the words after `actwidget`, by default this process's, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="actwidget", description="Every layer's activations of a Keras CNN, in Jupyter."
    )
    parser.add_argument("--version", action="version", version=f"actwidget {version('actwidget')}")
    commands = parser.add_subparsers(dest="command", title="commands")
    for command in (demo, page, survey):
        command.add_to(commands)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return 2
    code: int = options.run(options)
    return code


if __name__ == "__main__":
    sys.exit(main())
