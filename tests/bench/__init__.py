"""Benchmarks of the running stack: `make bench`."""
