"""What both ends agree on, described once."""
