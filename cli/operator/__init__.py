"""Commands of who keeps the server, and of who keeps the ceremony."""
