"""Releases as FHIR Consents, out and in. Pure: it knows no database and no request.

`words` says which code stands for which word, `mapping` where each part of a release goes, `writing`
and `reading` do it, `strict` takes in a file. What is read never opens anything by itself.
"""
