"""Cases that go to somebody else, that belong together, that are one; and what a recovery team and its people need."""
