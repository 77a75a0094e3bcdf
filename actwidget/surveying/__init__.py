"""Running a model over a data set: its sources, the compiled pass, partitions, Dask."""
