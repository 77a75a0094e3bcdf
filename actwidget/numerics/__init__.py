"""Pure functions on NumPy arrays: statistics, normalizations, mosaics, block reduction, colours."""
