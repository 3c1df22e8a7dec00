"""Who may see what, and why.

Pure: no Flask, no SQLAlchemy, no clock, no file but the profile it is handed. Everything a person,
a socket, an export, a search or an e-mail gets out of a case passes through one decision here.
"""
