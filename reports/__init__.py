"""What is read across apps: figures that say what they were counted from."""
