"""Commands of who works here."""
