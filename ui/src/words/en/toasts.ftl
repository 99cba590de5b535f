# Short messages after an action.
toast-cancelled = Session cancelled. The slot is open.
toast-rescheduled = Moved to { $when }.
toast-duration = The session now ends at { $time }.
toast-no-show = Marked as No Show.
toast-undone = Taken back.
toast-reminder-email = Email reminder queued.
toast-reminder-whatsapp = WhatsApp opened. Send the message there.
toast-booked = { $n ->
    [one] Session booked.
   *[other] { $n } sessions booked.
}
toast-restored = Session restored.
toast-saved = Saved.
toast-copied = Copied.
toast-failed = { $text }
toast-nothing-to-undo = There is nothing to take back.
