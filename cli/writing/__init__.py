"""What a person types: read, edited, and not lost."""
