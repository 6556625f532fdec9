"""A desk's figures over a span of time."""
