"""The Human Services Data Specification 3, as Open Referral publishes it: its tables, its two shapes, what a damaged
file is told. Pure: no database, no clock.

The specification is by Open Referral and is licensed CC BY-SA 4.0 (https://docs.openreferral.org); what is written
here are its facts: names of tables and columns, what is required, what refers to what.
"""

from mdt.operations.services.hsds.problems import Damaged, Problem
from mdt.operations.services.hsds.reading import read
from mdt.operations.services.hsds.tables import BY_NAME, TABLES, Directory, Row, empty

__all__ = ["BY_NAME", "TABLES", "Damaged", "Directory", "Problem", "Row", "empty", "read"]
