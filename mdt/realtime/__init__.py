"""The Socket.IO door: it rings bells and never says what about."""
