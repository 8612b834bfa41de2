"""The rules of Zegel: pure functions over checked facts, on the standard library alone."""
