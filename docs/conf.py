"""How Sphinx builds the site: `make docs`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import tomllib

DOCS = Path(__file__).parent
REPOSITORY = DOCS.parent
sys.path[:0] = [
    str(REPOSITORY),
    str(DOCS / "extensions"),
    # What fetches packages of npm is shared with the tests of saved notebooks.
    str(REPOSITORY / "tests" / "support" / "browser"),
]

from executed import execution_folder  # noqa: E402

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]

project = "actwidget"
author = PROJECT["authors"][0]["name"]
project_copyright = author
version = release = PROJECT["version"]

extensions = [
    "answer_boxes",
    "myst_nb",
    "sphinx.ext.autodoc",
    "numpydoc",
    "pydata_sphinx_theme",
    "docstring_bars",
    "gallery_pages",
    "offline_scripts",
    "widget_kernel",
]
exclude_patterns = ["extensions", "gallery/README.md"]

# A reference that leads nowhere is a warning, and `make docs` fails on those.
nitpicky = True

# Python's docstrings name arguments and values in single backticks.
default_role = "code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
toc_object_entries_show_parents = "hide"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# Executed once, and again when a cell, the package or what runs before the cells has changed.
nb_execution_mode = "cache"
nb_execution_cache_path = str(execution_folder(REPOSITORY))
nb_execution_in_temp = True
# A cell that fails is a warning, with its traceback: raised instead, it would not be named.
nb_execution_show_tb = True
nb_execution_timeout = 600
nb_merge_streams = True

html_theme = "pydata_sphinx_theme"
html_title = "actwidget"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
# Summaries are fetched, which pages from disk cannot do.
html_show_search_summary = False
# As notebooks are, until the reader wants another.
html_context = {"default_mode": "light"}
html_theme_options = {
    "icon_links": [],
    "navigation_with_keys": False,
    "show_prev_next": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-light",
}
alone = ("index", "get_started", "performance", "security", "changelog", "releasing")
html_sidebars = {page: [] for page in alone}

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
