"""The board: a plan in a browser, with what stays warm and what is kept between two visits.

`page.py` serves the page, whose scripts and style sheet are in `static/`; they are a client of the REST interface.
"""
