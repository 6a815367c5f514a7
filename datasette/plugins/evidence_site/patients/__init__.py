"""Patient pages: plain sentences built from a study's labels by templates that are data (topic file, [pages.xx.patients]).

`texts` reads the templates, `study` is what goes in, `compose` makes the page. Pure: no database, no HTML, no Datasette.
"""
