"""The Human Trafficking Case Data Standard, version 2.0: the catalog in its field names, and a case as such a file.

The standard is of the International Organization for Migration (IOM), shared under CC BY 4.0. IOM endorses neither this
software nor what is exported with it. Names of fields and of values are the standard's; the mapping is ours.
"""
