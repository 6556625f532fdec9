"""One ask: refused or decided, recorded, taken back."""
