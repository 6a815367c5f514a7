"""The evidence tracker's pages, served by Datasette from a published snapshot.

`dispatch` answers every address; the modules under `pages` build one page each from an `Edition` (what is read once per
snapshot), a read-only connection and an `Ask` (what the reader asked for). SQL stands in the page modules and in
`studies`; nothing here writes.
"""
