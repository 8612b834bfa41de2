"""Flask: from HTTP to a use case and back, and nothing else."""
