"""WeCom (企业微信): the client of its server API, what its answers mean, and the pauses they ask for."""
