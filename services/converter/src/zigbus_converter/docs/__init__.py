"""Device pages in Markdown, one per model, written from the definitions. Pure but for `main`."""
