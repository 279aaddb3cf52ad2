"""Try protocols and rules on made-up people before real ones meet them."""
