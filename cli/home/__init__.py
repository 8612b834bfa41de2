"""What lies on a person's own machine, and the commands about it."""
