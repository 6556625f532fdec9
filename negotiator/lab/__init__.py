"""What another policy would have done: simulated carriers, the record replayed, a policy fitted to it."""
