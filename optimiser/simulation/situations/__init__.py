"""The whole state of a replication at a minute: what both engines write down in the middle of a day and begin from."""
