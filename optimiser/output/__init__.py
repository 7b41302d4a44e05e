"""How results are told: JSON documents, terminal, page, workbook, papers.

`words` says what happened and why in sentences, `documents` in JSON; `screen`, `report`, `excel` and `orders` are for
people.
"""
