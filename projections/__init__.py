"""Read models: each is a fold of the store, and can be made again from nothing."""
