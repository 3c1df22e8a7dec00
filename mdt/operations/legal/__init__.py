"""Papers from courts and lawyers, what they open, seal and delete, and what is kept until a hold is lifted."""
