"""Signing in with WeCom: whoever WeCom says it is, by the user id on their account here, and by nothing else."""
