"""What if: the plan of a changed instance, which moves are advised, and which changes have no effect."""
