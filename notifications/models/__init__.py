from notifications.models.deliveries import Attempt, ChannelPause, Delivery
from notifications.models.messages import Message

__all__ = ["Attempt", "ChannelPause", "Delivery", "Message"]
