"""Outside AI-interview vendors: the same machine and the same chain, fed by signed reports instead of a page."""
