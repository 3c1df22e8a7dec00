"""Figures: what the application costs, measured on the parts as they are served. `make bench`."""
