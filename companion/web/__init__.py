"""Pages by the person who uses them, sign-in and the provider's webhook."""
