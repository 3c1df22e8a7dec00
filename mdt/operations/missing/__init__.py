"""Missing from care: one episode from the moment somebody noticed to the talk after the return.

`episodes` begins it and says how it stands, `clocks` lets its reports be heard of, `reports` ends them, `packet` is
what they carry, `alerts` the team's card, `contacts` the log, `returning` the way back, `plans` what helps them stay,
`board` what is open at an agency, `band` the line in the frame of each page of whoever is named.
"""
