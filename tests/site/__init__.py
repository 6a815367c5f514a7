"""Tests of the public site, over real HTTP."""
