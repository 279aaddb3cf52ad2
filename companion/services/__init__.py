"""One verb each: every change to patient data starts here."""
