"""What helps whoever screens: the guide's caution, how to be with a young person, and what is often believed.

After "Human Trafficking and Child Welfare: A Guide for Caseworkers" (Child Welfare Information Gateway, 2023; public
domain), in our own words.
"""

from __future__ import annotations

CREDIT = (
    "After “Human Trafficking and Child Welfare: A Guide for Caseworkers”, Child Welfare Information Gateway, 2023 "
    "(public domain), in our own words."
)
CAUTION = (
    "One sign alone says nothing.",
    "Every young person is supported, whatever a screening says.",
    "It is not a key to make somebody tell. A result is a reason to look again, never a finding.",
)
RAPPORT = (
    "First see that they are safe, fed and warm.",
    "Do not judge. Try to see it as they see it.",
    "Trust takes many meetings. Do not expect the whole story today.",
    "They may not see themselves as a victim, now or ever. Use their words.",
    "If it helps, say that you have known others in such a place.",
    "They may fear what somebody will do to them or their family. Take it seriously.",
    "Say that it is not their fault. It may take them time to believe it.",
    "They may have been told what to say, and not to trust you. Do not hold it against them.",
    "Say nothing bad about whoever did it. They may still love or need that person.",
)
MYTHS = (
    ("Only girls are trafficked.", "Anyone can be. LGBTQIA2S+ young people are at special risk."),
    ("Their needs are too complex for a caseworker.",
     "They need much of what you already do for every young person who was hurt."),
    ("It is always violent.", "Mostly it is gifts, promises, tricks and threats, and a bond that grew slowly."),
    ("It is done by strangers.", "Often by somebody they know: a partner, a friend, family."),
    ("It happens only underground.", "Also in restaurants, cleaning and building. They may go to school meanwhile."),
    ("They want help to get out.", "Fear, shame, loyalty and love may keep them from saying so."),
    ("They are locked in.", "Some are. More often they have nowhere to go, or do not see that they are used."),
)  # fmt: skip

__all__ = ["CAUTION", "CREDIT", "MYTHS", "RAPPORT"]
