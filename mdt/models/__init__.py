"""The nouns, as SQLAlchemy keeps them; one a file."""

from mdt.models.agencies import Agency, User
from mdt.models.base import begin_writing, db, new_id, now
from mdt.models.cases import Case, Youth
from mdt.models.consent import Emergency, Order, Release, Restriction
from mdt.models.items import Item, ItemGroup
from mdt.models.ledger import Entry, Head
from mdt.models.meetings import Attendance, Meeting, Phase, Point, Segment
from mdt.models.members import Member, Standing
from mdt.models.pulse import move, stir, when_moved
from mdt.models.sealing import Keys, StoredKey, keys
from mdt.models.sign_ins import SignIn
from mdt.models.tasks import Step, Task
from mdt.models.uploads import Upload, UploadChunk

__all__ = [
    "Agency", "Attendance", "Case", "Emergency", "Entry", "Head", "Item", "ItemGroup", "Keys", "Meeting",
    "Member", "Order", "Phase", "Point", "Release", "Restriction", "Segment", "SignIn", "Standing", "Step",
    "StoredKey", "Task", "Upload", "UploadChunk", "User", "Youth", "begin_writing", "db", "keys", "move", "new_id", "now", "stir", "when_moved",
]
