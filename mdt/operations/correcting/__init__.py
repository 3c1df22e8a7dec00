"""Correcting a record that was labelled wrongly: what may change, what that changes for whom, and doing it."""
