"""Meetings before, in and after the room: agenda, invitations, returns, guests, what is said, minutes."""
