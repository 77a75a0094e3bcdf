"""What one forward pass left behind: layers and their maps, in memory or in files."""
