"""Who does what: tasks of those who stand somewhere, who may be called, and risks where nobody stands."""
