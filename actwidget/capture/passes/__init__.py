"""How one layer's maps of a frame are computed: compiled where the model allows it."""
