"""How a batch's maps are computed and reduced: compiled where the model allows it."""
