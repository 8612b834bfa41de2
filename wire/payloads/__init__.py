"""What is inside a payload, by schema: one module a service, made known by one line of `book`."""
