"""Tapering Companion: agreed opioid tapers, followed by text message."""
