"""Places and areas out of GeoJSON, as maps and geographic information systems write it."""
