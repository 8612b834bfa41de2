"""How fast it is, always against a floor or a peer measured in the same run."""
