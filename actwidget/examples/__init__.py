"""A small trained CNN to look at, the images it was trained on, and how it was trained."""
