"""Put the scripts of Jupyter's widgets beside the pages, which then load nothing from elsewhere."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import npm_packages
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

import actwidget


@dataclass(frozen=True)
class Script:
    """A file of one version of a package of npm, which must be the one that is expected."""

    package: str
    version: str
    path: str
    sha256: str

    def read(self, cache: Path) -> bytes:
        """Return the file, fetched once."""
        content = npm_packages.package_file(cache, self.package, self.version, self.path)
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise ExtensionError(
                f"{self.path} of {self.package} {self.version} has the SHA-256 {found}; "
                f"{self.sha256} is expected: delete {cache}, and check the registry."
            )
        return content


REQUIRE = Script(
    "requirejs",
    "2.3.7",
    "require.js",
    "8215b90000b571bd241d28512c83f59855cecc3158db94b79b2d974c9923b5d2",
)
MANAGER = Script(
    "@jupyter-widgets/html-manager",
    "1.0.15",
    "dist/embed-amd.js",
    "ca87dff57c70ffb2658794fde0eab0e27e5f5472a1f5df7ab2b08e1039fc4b72",
)

# By its address: pages stand in several folders.
PATHS = b"""// Where require.js finds the scripts that stand beside this one.
require.config({
  paths: { anywidget: new URL("anywidget", document.currentScript.src).href },
});
"""

# As Plotly.js is without a loader of modules, which would keep it to itself.
ALONE = b"(function(define,module,exports){%s\n}).call(globalThis);"


def add_scripts(app: Sphinx, config: Config) -> None:
    """Write the scripts into a folder of static files and name them to myst-nb."""
    build = Path(app.confdir).parent / "build"
    folder = build / "docs-static" / "offline"
    folder.mkdir(parents=True, exist_ok=True)
    npm = build / "npm"
    packages = Path(anywidget.__file__).parent
    plotly = Path(actwidget.__file__).parent / "static" / "plotly.js.gz"
    scripts = {
        "require.js": REQUIRE.read(npm),
        "paths.js": PATHS,
        "embed-amd.js": MANAGER.read(npm),
        "anywidget.js": (packages / "nbextension" / "index.js").read_bytes(),
        "plotly.js": ALONE.replace(b"%s", gzip.decompress(plotly.read_bytes())),
    }
    for name, content in scripts.items():
        (folder / name).write_bytes(content)
    config.html_static_path.append(str(folder.parent))
    loaded = ("require.js", "paths.js", "embed-amd.js")
    config.nb_ipywidgets_js = {f"offline/{name}": {} for name in loaded}


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to Sphinx, before myst-nb reads its configuration."""
    app.connect("config-inited", add_scripts, priority=100)
    return {"parallel_read_safe": True}
