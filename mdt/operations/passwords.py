"""Which passwords are taken: by length, and not the few that everybody tries first (NIST SP 800-63B, 5.1.1.2).

No rule says which signs it has to be made of: such rules make passwords shorter and easier to guess.
"""

from __future__ import annotations

import re

SHORTEST = 12
LONGEST_PASSWORD = 1000
COMMON = frozenset({
    "mdt", "multidisciplinaryteam", "password", "passwort", "passphrase", "contrasena", "welcome", "letmein",
    "changeme", "iloveyou", "administrator", "admin", "qwerty", "qwertyuiop", "qwertyuiopasdfghjkl", "asdfghjkl",
    "abcdefghijkl",
    "abcdefghijklmnopqrstuvwxyz", "trustno", "trustnoone", "football", "baseball", "princess", "sunshine", "superman",
    "dragon", "monkey", "summer", "winter", "spring", "autumn", "childwelfare", "opensesame", "secret", "default",
    "correcthorsebatterystaple",
})  # fmt: skip
"""What is left of a password that everybody tries, once digits and signs are taken off it."""
LIKE = str.maketrans("01345$@!", "oleassai")
COUNTED = "01234567890123456789" * 4


def problem(password: str, login: str) -> str | None:
    """Why this cannot be the password of whoever signs in by this name, as a sentence; None if it can."""
    if len(password) < SHORTEST:
        return f"Make it {SHORTEST} characters or longer. A few words in a row are easy to keep in mind."
    if len(password) > LONGEST_PASSWORD:
        return f"Make it {LONGEST_PASSWORD} characters or shorter."
    if _is_name(password, login):
        return "That is too close to your sign-in name. Choose words that nobody would look for there."
    if _is_common(password):
        return "Many people try that one first. Choose words that belong to nobody but you."
    return None


def _is_name(password: str, login: str) -> bool:
    """Whether it is the sign-in name, or what stands before its @, with at most digits and signs about it."""
    names = {_letters(login), _letters(login.partition("@")[0])} - {""}
    return _once(_letters(password)) in names or password.strip().casefold() == login.strip().casefold()


def _is_common(password: str) -> bool:
    plain = password.casefold()
    if len(set(plain)) < 4 or plain in COUNTED or plain in COUNTED[::-1]:
        return True
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    return any(_once(_letters(one)) in COMMON for one in (bare, bare.translate(LIKE)))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.casefold())


def _once(text: str) -> str:
    """Of one word said again and again, the word."""
    found = re.fullmatch(r"(.+?)\1*", text)
    return found[1] if found else ""


__all__ = ["LONGEST_PASSWORD", "SHORTEST", "problem"]
