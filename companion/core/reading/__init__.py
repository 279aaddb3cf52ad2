"""One reply becomes a value, "unclear" or a keyword. A wrong value is never acceptable."""
