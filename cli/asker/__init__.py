"""Commands of who asks."""
