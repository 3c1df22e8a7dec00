"""Who may know of a release, who keeps it, and which of its recipients each may know of.

That somebody is served by an advocate, a runaway programme or a treatment programme is itself
protected: a paper that names one does not tell it to the others it names.
"""

from __future__ import annotations

from collections.abc import Sequence

from mdt.operations.access import Seat
from mdt.operations.consent.standins import organisation
from mdt.operations.team import hides_its_clients
from mdt.sharing.facts import YOUTH, Release
from mdt.sharing.gate import has_flag
from mdt.sharing.vocabulary import Role


def may_know(seat: Seat, release: Release) -> bool:
    """Who gives, who gets, who signed, the young person; and the lead, unless being a client is protected."""
    return has_rights(seat, release) or is_among(seat, release.recipients, seat.me.id)


def has_rights(seat: Seat, release: Release) -> bool:
    """Whose consent it is, and who keeps the paper: they read all of it, and why it does not count."""
    return may_record(seat, release.discloser) or seat.me.role is Role.YT or _signed(seat, release)


def may_record(seat: Seat, discloser: str) -> bool:
    """Whether this member keeps the releases of that agency: its own people, and the lead where nothing hides."""
    if seat.me.role in (Role.CG, Role.YT):
        return False
    return discloser == seat.me.agency_id or (seat.leads and not _hides(seat, discloser))


def recipients_known(seat: Seat, release: Release) -> tuple[str, ...]:
    """The recipients that this member may know of, in the order of the paper."""
    if has_rights(seat, release):
        return release.recipients
    return tuple(one for one in release.recipients if is_mine(seat, one) or not _hides(seat, _org_of(seat, one)))


def stoppable(seat: Seat, release: Release) -> tuple[str, ...]:
    """The recipients for whom this member may stop it: with rights anybody, else whoever is theirs."""
    if has_rights(seat, release):
        return release.recipients
    return tuple(one for one in release.recipients if is_mine(seat, one))


def is_among(seat: Seat, recipients: Sequence[str], user_id: str) -> bool:
    """Whether somebody is a recipient, by name or by organisation, whatever else is true."""
    user = seat.case.facts.users.get(user_id)
    return user_id in recipients or bool(user and user.org in recipients)


def is_mine(seat: Seat, recipient: str) -> bool:
    """Whether this recipient is the member, or their organisation."""
    return recipient in (seat.me.id, seat.me.agency_id)


def _signed(seat: Seat, release: Release) -> bool:
    """A parent or guardian who signed, as long as nothing bars them."""
    user = seat.case.facts.users.get(seat.me.id)
    if user is None or user.person in (None, YOUTH) or user.person not in release.signed_by:
        return False
    person, zone = seat.case.facts.case.people.get(str(user.person)), seat.zone
    return person is not None and not has_flag(person, seat.profile.barred_flags, seat.at, zone)


def _org_of(seat: Seat, recipient: str) -> str:
    user = seat.case.facts.users.get(recipient)
    return user.org or "" if user else recipient


def _hides(seat: Seat, org_id: str) -> bool:
    """Whether being served there is protected; of an organisation nobody knows, it is."""
    if not org_id:
        return False
    found = organisation(seat, org_id)
    return found is None or hides_its_clients(found)


__all__ = ["has_rights", "is_among", "is_mine", "may_know", "may_record", "recipients_known", "stoppable"]
