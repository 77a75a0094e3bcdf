"""Running a model once and keeping what every layer gave: `record`."""
