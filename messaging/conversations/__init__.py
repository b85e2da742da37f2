"""微信客服: reading what people outside write, knowing who they are, and answering while WeCom allows it."""
