"""Commands of a support case."""
