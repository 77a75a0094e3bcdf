"""The commands of `actwidget`, a file each."""
