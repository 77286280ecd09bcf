"""The household in a real Home Assistant."""
