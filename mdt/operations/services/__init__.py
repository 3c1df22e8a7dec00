"""Services: the county's directory of them, finding one, referring to one, and what is missing."""
