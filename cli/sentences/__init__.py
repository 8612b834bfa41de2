"""What people are told, in their language: no command and no screen."""
