"""Examples of the fields of messages, as the API's schema shows them."""

EXAMPLES = {
    "audience": "candidate",
    "body": "您的面试中断了，已完成的环节都已保存。我们将在24小时内联系您。",
}
