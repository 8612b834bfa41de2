"""What every command does that asks for a text, a form or a file."""
