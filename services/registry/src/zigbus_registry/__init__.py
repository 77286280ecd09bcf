"""The registry: what the household decided. The only service that reads and writes the data folder."""
