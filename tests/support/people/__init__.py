"""People at work: their homes, commands and terminals."""
