"""Ratchet Web: the operations console of Ratchet, and an embedded Ratchet to run it on."""

__version__ = "0.1.0"
