"""What bodies of requests are made of: fields they have in common, and logs of days that were observed."""
