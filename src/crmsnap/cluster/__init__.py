"""Publishing on several machines: the same tasks, done by the workers of a Dask cluster."""
