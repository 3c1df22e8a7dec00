"""Long proofs: what takes longer than a test may, and ends in a figure. `make trials`."""
