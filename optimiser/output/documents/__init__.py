"""Every JSON document that is written, with its published schema; tables as CSV, maps as GeoJSON."""
