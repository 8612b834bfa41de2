"""Files that go with an entry: made ready, sealed, sent up."""
