"""Tests of the whole: what needs two services or more."""
