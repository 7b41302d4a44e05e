"""What a screen needs that is worked with: an instance as people read it, its map with marks, and a told day.

They are documents as those of `output.documents` are, but in the reader's language.
"""
