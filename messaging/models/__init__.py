from messaging.models.approvals import Approval, ApprovalTemplate
from messaging.models.callbacks import Callback
from messaging.models.cards import Card
from messaging.models.connections import SmsConnection, SmsTemplate, WeComConnection
from messaging.models.conversations import Conversation, ConversationCursor, ConversationLink
from messaging.models.deliveries import Attempt, ChannelPause, Delivery
from messaging.models.messages import Message

__all__ = [
    "Approval",
    "ApprovalTemplate",
    "Attempt",
    "Callback",
    "Card",
    "ChannelPause",
    "Conversation",
    "ConversationCursor",
    "ConversationLink",
    "Delivery",
    "Message",
    "SmsConnection",
    "SmsTemplate",
    "WeComConnection",
]
