"""Messages are a ledger: what was to be said, when, over what, and how it went."""

NOT_RECORDED = {
    "Message": "a ledger of its own: each row says when it was made, settled, called off, and why",
    "Delivery": "one channel's try, with its own times and codes",
    "Attempt": "one call to a provider, written once",
    "ChannelPause": "a channel's pause after failures, minutes long",
    "Card": "what a message's buttons show on a phone, brought to the record by itself",
    "Conversation": "whose WeChat this is and how many messages it may still be sent",
    "ConversationCursor": "how far an account was read",
    "ConversationLink": "a link made for one message, and who used it",
    "Approval": "what was asked in WeCom, with its own times, who decided and how it ended",
    "Callback": "what WeCom told us, with its own times and how it ended",
}
NOT_SAID = {
    "WeComConnection": ["kf_url", "base_url", "tested_at", "tested_code"],
    "SmsConnection": ["base_url", "tested_at", "tested_code"],
}
