"""The converter service: definitions, conversion, and the rules of state, debounce and actions."""
