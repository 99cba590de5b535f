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
toast-confirmed = Marked as confirmed.
toast-unconfirmed = Marked as not confirmed.
toast-told = Noted: the client was told personally.
toast-remark = Remark added.
toast-cannot-undo = This cannot be taken back: { $what }
toast-invoice-email = Invoice queued to be mailed.
toast-invoice-whatsapp = The message with the invoice is ready.
toast-invoice-issued = Invoice issued.
toast-invoice-void = The invoice is void.
toast-invoice-paid = Payment recorded.
toast-saved = Saved.
toast-reassigned = { $n ->
    [0] There was no client to give away.
    [one] { $n } client reassigned. No session was moved.
   *[other] { $n } clients reassigned. No session was moved.
}
toast-backed-up = The backup is made.
toast-copied = Copied.
not-copied = It could not be copied. The clipboard is not available.
toast-failed = { $text }
toast-nothing-to-undo = There is nothing to take back.
flag-already_so = It was so already; nothing changed.
flag-soft_rule_changed = Booked all the same: { $why }
flag-cause-taken = another session stands there meanwhile.
flag-cause-turnover = the room is being made ready then.
flag-cause-archived = it was archived meanwhile.
flag-cause-outside_hours = the hours were changed meanwhile, and it is outside them.
flag-cause-time_off = time off was added there meanwhile.
flag-cause-closed = the clinic was closed then meanwhile.
flag-cause-buffer = it is close to another session.
flag-told_the_opposite = { $client } had been told already and is told the opposite now.
flag-told_the_opposite-plain = The client had been told already and is told the opposite now.
flag-field_kept = { $field }: someone else changed it first. Theirs stands.
flag-fee_covered = No fee was charged: the session’s invoice is paid and covers it.
flag-fee_not_charged = The fee was not charged: by the clinic's rule it does not apply.
read-message = Read message
toast-invoice-drafted = Draft saved.
toast-invoice-unpaid = Payment taken back.
toast-time-off-removed = Time off removed.
