"""Definitions of the catalogue that are nothing but building blocks with plain values, built from our own parts."""
