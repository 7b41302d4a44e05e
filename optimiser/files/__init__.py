"""Every way into and out of an instance file: TOML, JSON, workbooks, GeoJSON, what-ifs, synthetic towns.

Reading returns an instance that was checked whole, or raises all faults at once.
"""
