"""Signing a draft: from that moment it is in force, for every worker, at the next read."""

from __future__ import annotations

from mdt.models import Rules, db, move_under, now
from mdt.operations import ledger
from mdt.operations.acts import Actor, Refused, recorded
from mdt.operations.rules import drafts, trying
from mdt.operations.rules.completing import with_fields
from mdt.operations.rules.drafts import Draft
from mdt.operations.rules.effect import Effect, measured
from mdt.operations.rules.trying import Trial
from mdt.sharing.writing import text_of


def looked_over(draft: Draft, *, by: Actor) -> tuple[Effect, Trial]:
    """What a draft would do to the present cases, and to the scenarios. That it was asked is recorded."""
    assert draft.profile
    effect = measured(draft.name, draft.base.profile, draft.profile)
    about = {"profile": draft.name, "version": draft.version, "looked": effect.looked, "of": effect.of}
    ledger.submit("rules.measured", None, by.id, about).settle()
    return effect, trying.tried(draft.base.profile, draft.profile, draft.scenarios)


def sign(name: str, mark: str, *, by: Actor) -> int:
    """Put the draft in force, if it is still the one that was looked over; its version.

    Every case under these rules moves in the same transaction: caches end, open pages ask again, and whoever's
    own view differs gets the bell.
    """
    with recorded("rules.signed", by=by, profile=name) as record:
        row = drafts.writable(name)
        draft = drafts.need(name)
        record["version"] = draft.version
        if draft.mark != mark:
            raise Refused(
                "The draft, or what is in force, changed since you looked. Look it over again, then sign.",
                reason="changed", back="/rules/draft/review",
            )  # fmt: skip
        _put_in_force(row, draft, by)
    return draft.version


def _put_in_force(row: Rules, draft: Draft, by: Actor) -> None:
    if draft.profile is None or not draft.sentences:
        raise Refused("There is nothing to sign: the draft changes nothing that holds.", reason="empty")
    effect = measured(draft.name, draft.base.profile, draft.profile)
    row.whole = text_of(with_fields(draft.profile.raw))
    row.effect = effect.words() | {"sentences": list(draft.sentences)}
    row.signed_by, row.signed_at = by.id, now()
    db.session.flush()
    move_under(db.session(), draft.name)
