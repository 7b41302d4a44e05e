"""Tests of the package: a package, so that no other one of this name that is installed is taken for it."""
