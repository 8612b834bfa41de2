"""What breaks off: processes, lines, commands, bits; and what must hold all the same."""
