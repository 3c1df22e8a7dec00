"""Where the contract leaves a choice that the two sides may make differently: the oracle's.

Each is one line to flip, so that `compare` can tell a different reading from a mistake.
"""

BARRED_SIGNATURE_SUSPENDS = True
"""Section 4.2 and "suspends what they signed": one barred parent on a form suspends it, even where
another signature would have been enough."""

CO_SIGNED_ALWAYS_LAPSES = True
""""At eighteen co-signed forms lapse too": also a form for which the youth alone was enough."""

YOUTH_ALONE_MEANS_NOT_A_PARENT = True
"""Section 4.4, "minor only": for a service obtained alone a parent's form does not count."""

AGGREGATE_READS_NOTHING = False
"""AGGREGATE takes the law bases away ("left out = every purpose but AGGREGATE"); of own, keeper,
releases for any purpose and orders the text says nothing."""

THE_ASKER_IS_PRESENT = False
"""`present` lists who is in the room; `who` is not added to it."""
