"""What everybody may use: faults, words in the reader's language, numbers, random streams, files written whole.

Nothing here knows what an instance is.
"""
