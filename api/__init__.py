"""What the outside touches: commands, routes, pages."""
