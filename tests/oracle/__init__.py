"""An independent oracle for the sharing decision.

It is written from the contract alone and imports nothing of `mdt` (but `compare`, which must).

`oracle` answers the questions of a scenario, `worlds` makes random scenarios, `compare` holds the
product's answers against the oracle's and shrinks what differs.
"""
