"""Bringing in a caseload from an agency's own case system.

A file is sealed as it arrives (`storing`), read once in the background (`reading`, `checking`), and
becomes a plan, row by row (`planning`), that somebody looks at and confirms. Only then is it brought
in (`working`, `writing`): in batches, each one transaction with one ledger entry.

What is promised: a row is brought in whole or not at all; whatever stops the work, going on
finishes it and does nothing twice; and an upload, with everything in it, is forgotten half an hour
after anybody last worked on it.
"""
