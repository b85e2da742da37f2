"""Ready interview plans for common posts, in Chinese and English: taken over as a draft, and then one's own."""
