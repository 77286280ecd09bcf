"""Definitions made from the clusters of a device that no catalogue knows, as values and as source text."""

from zigbus_converter.generated.generate import generate
from zigbus_converter.generated.source import javascript_source, python_source

__all__ = ["generate", "javascript_source", "python_source"]
