# Messages.
messages-open = Open
message = Message
since = Since
actions = Actions
send-chosen = Send the chosen ones
message-dates = { $n } dates
no-open-messages = No message waits or needs you
no-messages = No messages yet
next-try = Next try: { $when }.
verb-read = Read
verb-retry = Send again
verb-send_now = Send now
verb-drop = Drop
verb-open = Open WhatsApp
verb-was_sent = It was sent
verb-not_sent = Not sent
verb-told = I told them myself
