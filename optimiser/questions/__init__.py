"""What if, how many, what is one worth, why: questions to a plan, each a search or a comparison of its own."""
