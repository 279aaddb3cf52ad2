"""Texts out and in: the port, and one adapter for each provider."""
