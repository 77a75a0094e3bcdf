"""What differs between recordings: matched layers, differences, distances."""
