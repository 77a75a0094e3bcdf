"""Where the images of a survey come from: arrays, files, data sets of other libraries, streams."""
