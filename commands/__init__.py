"""The commands of `evidence`, thin over `harvest`, `classify` and `db`. `cli.py` joins them."""
