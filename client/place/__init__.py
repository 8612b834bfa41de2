"""One place of a case: its chain verified and read, and entries made for it."""
