"""What leaves the notebook: pages, embedded pictures, Plotly figures, PNGs."""
