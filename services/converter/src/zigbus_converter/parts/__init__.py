"""The building blocks of definitions: each function returns a Part.

Rules that all parts keep:

- keys are merged without endpoint suffix; the engine appends `_NAME` where the definition says `multi_endpoint`
  (never to `action` and `action_*`: there the part appends the name to the value);
- a part finds the endpoints to set up by their clusters, so that one line serves every device of a kind;
- numbers that are whole go out as integers.
"""
