"""What can be done: one file a noun, one function a verb; every verb one transaction, one ledger entry."""
