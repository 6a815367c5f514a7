"""From PubMed to articles: topic files, the E-utilities client, parsers and harvest runs."""
