"""Letters: written within an act, sent soon after it, never naming a child or a case.

A letter says that something waits and where; what it is, its reader reads here, decided then. Without a mail
server in the settings none is written. A letter that could not be sent is tried again, ever more rarely.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select, update

from mdt.models import Letter, User, Words, begin_writing, db, now
from mdt.models.base import rows_changed
from mdt.operations import ledger
from mdt.settings import Settings

log = logging.getLogger("mdt")
AT_ONCE = 50
TRIES = 10
CLAIM = timedelta(minutes=2)
"""How long a letter belongs to the process that tries it; then another may."""
SECONDS = 20
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def settings() -> Settings:
    found: Settings = current_app.extensions["mdt.settings"]
    return found


def are_sent() -> bool:
    """Whether a mail server is set up; a page promises a letter only then."""
    return bool(settings().mail)


def write(user_id: str, kind: str, words: Words) -> None:
    """Write a letter, within an act; where no mail is set up, nothing."""
    if are_sent():
        db.session.add(Letter(user_id=user_id, kind=kind, words=words))


def address_of(user: User) -> str | None:
    """Where letters reach somebody: their sign-in name, if it is an address."""
    return user.login if "@" in user.login and not set(user.login) & set("\r\n<> ,;") else None


def send_waiting(at: datetime) -> int:
    """Send what waits; how many letters went."""
    if not are_sent():
        return 0
    waiting = select(Letter.id).where(Letter.next_at <= at).order_by(Letter.next_at).limit(AT_ONCE)
    ids = list(db.session.scalars(waiting))
    db.session.rollback()
    return sum(_send(one, at) for one in ids)


def _send(letter_id: str, at: datetime) -> bool:
    message = _claimed(letter_id, at)
    if message is None:
        return False
    try:
        _deliver(message)
    except (OSError, smtplib.SMTPException) as wrong:
        log.error("a letter could not be sent: %s", type(wrong).__name__)
        return False
    _sent(letter_id)
    return True


def _claimed(letter_id: str, at: datetime) -> EmailMessage | None:
    """The letter, made mine by one conditional UPDATE that says when it is tried again if I fail."""
    begin_writing()
    row = db.session.get(Letter, letter_id, populate_existing=True)
    if row is None or row.next_at is None or row.next_at > at:
        db.session.rollback()
        return None
    user = db.session.get(User, row.user_id)
    to = address_of(user) if user and user.active else None
    tries, given_up = row.tries + 1, to is None or row.tries + 1 >= TRIES
    again = None if given_up else at + max(CLAIM, timedelta(minutes=2**tries))
    mine = (Letter.id == letter_id, Letter.tries == row.tries)
    won = rows_changed(
        update(Letter).where(*mine).values(next_at=again, tries=tries).execution_options(synchronize_session=False)
    )
    message = _message(row, to) if to and won == 1 else None
    db.session.commit()
    return message


def _sent(letter_id: str) -> None:
    begin_writing()
    row = db.session.get_one(Letter, letter_id)
    row.sent_at, row.next_at = now(), None
    ledger.write("letter.sent", None, row.user_id, {"letter": letter_id, "kind": row.kind})
    db.session.commit()
    ledger.seal_in_soon()


def _message(row: Letter, to: str) -> EmailMessage:
    words: Words = row.words
    host = urlsplit(settings().origins[0]).hostname or "mdt"
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = settings().mail_from, to, words.subject
    made["Date"], made["Message-ID"] = format_datetime(row.written_at), f"<{row.id}@{host}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(words.text)
    if words.calendar:
        made.add_alternative(words.calendar, subtype="calendar", params={"method": words.method})
    return made


def _deliver(message: EmailMessage) -> None:
    """By the server of the settings; in the open only to this very machine."""
    url = urlsplit(settings().mail)
    host, safe = url.hostname or "", ssl.create_default_context()
    kind: Any = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    more: dict[str, Any] = {"context": safe} if url.scheme == "smtps" else {}
    with kind(host, url.port or (465 if url.scheme == "smtps" else 587), timeout=SECONDS, **more) as server:
        if url.scheme == "smtp" and host not in LOOPBACK:
            server.starttls(context=safe)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


__all__ = ["address_of", "are_sent", "send_waiting", "write"]
