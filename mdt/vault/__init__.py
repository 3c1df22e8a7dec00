"""PURE. Sealing values, keys and their rotation, and the ledger's tree.

Nothing here reads a file, a clock or a database: keys, places and times are handed in. `seal`
closes a value to one place under one key, `keys` says where keys come from and how they change,
`tree` is the Merkle tree in which a rewritten ledger shows, `ledger` writes entries and heads and
verifies a whole ledger against them.
"""
