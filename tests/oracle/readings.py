"""Where the contract leaves a choice that the two sides may make differently: the oracle's.

Each is one line to flip, so that `compare` can tell a different reading from a mistake.
"""

BARRED_SIGNATURE_SUSPENDS = True
"""Section 4.2 and "suspends what they signed": one barred parent on a form suspends it, even where
another signature would have been enough."""

YOUTH_ALONE_MEANS_NOT_A_PARENT = True
"""Section 4.4, "minor only": for a service obtained alone a parent's form does not count."""

ANY_WAY_IS_A_WAY = True
"""Step 9, for a segment: a release or an order in its own category or in that of anything it
quotes; not one for each thing that stands in the way."""

SAME_DAY_IS_NOT_LATER = True
"""A form signed on the same day as another is not "a later release" and narrows nothing."""

EVERY_CW_LEADS = True
"""Every organisation of the role CW is "child welfare agency (lead)", not the first one only."""

AGGREGATE_READS_NOTHING = True
"""Of own, keeper, releases for any purpose and orders the text says nothing; counts never show an
item."""

A_COUNTING_CELL_STANDS = True
"""A cell that says `aggregate` alone gives no item, not even to the organisation that filed it."""

THE_ASKER_IS_PRESENT = True
"""`present` lists who is in the room, and whoever opens the item there is."""
