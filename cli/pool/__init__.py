"""The expert pool on the screen: candidates with their sentences, who answered, how fairly."""
