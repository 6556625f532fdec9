"""How an ask is decided."""
