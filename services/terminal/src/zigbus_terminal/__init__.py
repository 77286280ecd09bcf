"""Small tools for a person at a terminal: list, watch, set and get devices. A frontend like any other."""
