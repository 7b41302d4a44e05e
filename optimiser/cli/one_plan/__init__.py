"""Commands about one plan: make it, question it, check it, write its papers."""
