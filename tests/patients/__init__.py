"""Tests of the patient pages, collections and news."""
