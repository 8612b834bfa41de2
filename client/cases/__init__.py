"""What people do in a case: ask, answer, propose, advise."""
