"""What is measured beside us: the least that could do the same."""
