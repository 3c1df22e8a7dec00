"""Needs and the plan: what the young person says and what each professional says, side by side; theirs goes first.

Every word lies in a record of the plan, filed by its author's agency (what the young person writes is kept by the
lead, as all they write is), so that who may read it is decided as for any other record.
"""
