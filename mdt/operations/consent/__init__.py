"""Releases, thought through: which kinds there are, who signs, whether one counts, on whose screen it shows."""
