"""Values as people type them into cells and phrases, read where they can be understood in one way only."""
