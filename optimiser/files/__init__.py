"""Every way into and out of an instance file: TOML, JSON, workbooks, GeoJSON, what-ifs, synthetic towns.

Whoever reads here gets an instance that was checked whole, or all faults at once.
"""
