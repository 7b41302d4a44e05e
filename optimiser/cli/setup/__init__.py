"""Commands around instances: templates, maps, what is shipped, schemas, machine code."""
