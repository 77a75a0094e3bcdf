"""What a survey of a data set found: each channel's strongest images and its statistics."""
