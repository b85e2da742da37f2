"""Text messages to phones in mainland China, through Aliyun or Tencent Cloud."""
