"""How it is shown and asked on a terminal."""
