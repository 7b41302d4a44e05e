"""Towns, provinces and nations that are made from a seed."""
