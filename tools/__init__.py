"""Set-up in the standard library alone: what `make run` and `make test` do before they start."""
