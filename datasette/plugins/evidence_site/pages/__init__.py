"""One module per page or small family of pages. Each has ROUTES and, if it belongs in the menu, NAVIGATION."""
