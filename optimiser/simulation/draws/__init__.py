"""What is drawn of a scenario: streams of many scenarios at once, crowds and officials, and inputs with a range."""
