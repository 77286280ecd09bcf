"""Home Assistant discovery (contract/homeassistant.md): pure modules that say what is told, one that tells it."""
