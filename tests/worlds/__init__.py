"""Two worlds that differ only in what a viewer may not see, and one session in both: nothing may differ."""
