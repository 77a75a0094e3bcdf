"""Live: frames of a camera, a clip or any other source feed the network while the page shows it."""
