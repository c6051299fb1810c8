"""Pages in English: words beside the Chinese ones, put in as a template is loaded."""
