"""A stand-in for NCBI's E-utilities that speaks real HTTP, for tests and for trying a harvest without the network."""
