"""What carriers ask for one load, side by side."""
