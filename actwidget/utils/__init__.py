"""Small helpers that know nothing of layers, models or widgets."""
