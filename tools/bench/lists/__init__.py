"""Lists at a thousand to a million interviews: the loader, the pages, and what each of them costs."""
