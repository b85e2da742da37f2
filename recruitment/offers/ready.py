"""The letter that the product comes with: the first template of a house, and what a new one begins with."""

NAME = "录用通知书（标准）"
TITLE, TITLE_EN = "录用通知书", "Offer of employment"
BODY = """{{姓名}}，您好：

我们很高兴地通知您：经面试合格，现正式邀请您加入。录用条件如下：

{{录用条件}}

请通过我们发送的链接打开页面，填写本人姓名确认接受。完整阅读本通知书之前，请先不要辞去现在的工作。

如有疑问，请联系{{联系人}}。"""
BODY_EN = """Dear {{name}},

We are glad to offer you this position, on the following terms:

{{terms}}

You accept on the page that our message leads to, by typing your name. Please do not give notice at your present work \
before you have read this letter in full.

If anything is unclear, please ask {{contact}}."""
