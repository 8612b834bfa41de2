"""The rule vectors: histories that are made from the tables, and what the rules say of each entry."""
