"""Cases as tests state them, before the rules or in a store."""
