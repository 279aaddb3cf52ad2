"""A made-up organisation to try the service with: its people, their weeks, phone and clock."""
