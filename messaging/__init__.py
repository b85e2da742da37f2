"""How anybody is reached: messages, deliveries, and the outbox that loses none. It knows no app and no sentence."""
