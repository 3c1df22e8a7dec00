"""The rules of a jurisdiction as a county keeps them: in force, drafted, tried, signed."""
