"""What tests stand on: a real server over real HTTP, real people with real keys."""
