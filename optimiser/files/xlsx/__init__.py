"""A reader of XLSX files that trusts nothing: archive, XML, sheets, cells; what it does not understand it refuses."""
