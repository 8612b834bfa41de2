"""The rule vectors: histories made from the tables, and what the rules say of each entry."""
