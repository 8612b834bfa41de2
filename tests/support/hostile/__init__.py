"""A server that has turned, and what it does at the walls of a case."""
