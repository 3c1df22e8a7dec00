"""Screening for trafficking: a reason to look again, never a finding.

What is asked comes from instruments; what opens one, and what is next at each level, from the jurisdiction's file.
Answers are records of the case and shared as such. That a young person was trafficked a person decides.
"""
