# What the core answers. The three messages are SafeTalk's, word for word.
slot-available = Slot Available
therapist-not-available = Therapist is not available
room-not-available = Room is not available
both-free = { $therapist } and { $room } are both free { $slot }.
therapist-free = { $therapist } is free { $slot }.
checking = Checking…
cause-therapist-taken = { $who } has another session { $from }–{ $until }.
cause-room-taken = { $who } is taken { $from }–{ $until }.
cause-taken-until = { $who } is taken until { $until }.
cause-turnover = { $who } is being made ready until { $until }.
cause-archived = { $who } no longer takes bookings.
cause-outside-hours = Outside working hours. { $who } is open { $open }.
cause-no-hours = Outside working hours. { $who } has none that day.
cause-time-off = { $who } has time off.
cause-time-off-until = { $who } has time off until { $until }.
cause-closed = The clinic is closed then.
cause-buffer = Too close to another session: { $who } keeps { $n } minutes free.
day-free = { $span } free, first at { $first }
day-past = Over
day-closed = No hours
day-time_off = Time off
day-taken = Nothing free
next-free-times = Next free times:
free-instead = Free instead:
time-never = This time does not exist on that day
time-never-why = The clocks go forward over it. Please choose another time.
time-twice = This time comes twice on that day, because the clocks go back.
time-first = The first
time-second = The second
end-before-start = The end must be after the start
in-days = { $n ->
    [one] In { $n } day
   *[other] In { $n } days
}
days-ago = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
denied-permission = You do not have the permission for this.
denied-plan = Your plan does not include this.
denied-state-future = Not before the session has started.
denied-state-running = Not while the session is running.
denied-state-ended = The session is over.
denied-state-cancelled = The session is cancelled.
denied-state-no_show = The session is marked as No Show.
mail-not-set-up = Mail is not set up yet. Set it up in Settings.
no-reach-email-do_not_contact = The client asked not to be contacted.
no-reach-email-no_address = The client has no email address.
no-reach-email-no_consent = The client has not agreed to email.
no-reach-whatsapp-do_not_contact = The client asked not to be contacted.
no-reach-whatsapp-no_address = The client has no phone number.
no-reach-whatsapp-no_consent = The client has not agreed to WhatsApp.
refused-series = { $n ->
    [one] { $n } of these sessions is not available.
   *[other] { $n } of these sessions are not available.
}
refused-stale = The session was changed while this was open. Please look at it again.
refused-not_found = { $what } is no longer there.
refused-exists = { $what } is there already.
refused-archived = { $what } was archived meanwhile. Please choose another.
refused-reason_needed = Please give a line of reason.
refused-recently_reminded = A reminder went or waits already.
refused-notice_state = The message has moved on meanwhile.
refused-not_done = Not done, because what it builds on was not done.
refused-courier_only = Only the courier may do this.
refused-member_stale = This member's access was changed while this was open. Please look at it again.
refused-last_manager = Somebody who is active has to manage members, and this is the last one who does.
refused-not_oneself = Nobody suspends or removes themselves.
refused-seats_taken = { $seats ->
    [one] The plan has { $seats } seat, and it is taken.
   *[other] The plan has { $seats } seats, and all are taken.
}
refused-therapist_taken = Another active member is this therapist.
refused-too_new = This needs a newer version of SafeTalk.
refused-invoice-draft = The invoice is still a draft.
refused-invoice-issued = The invoice is issued and no longer changes.
refused-invoice-paid = The invoice is paid.
refused-invoice-void = The invoice is void.
invalid-empty = please fill this in.
invalid-characters = has characters that cannot be used.
invalid-not_an_email = this is not an email address.
invalid-not_a_phone = this is not a phone number.
invalid-too_long = at most { $most } characters.
invalid-too_small = at least { $least }.
invalid-too_large = at most { $most }.
invalid-end_before_start = the end must be after the start.
invalid-not_a_minute = please give a whole minute.
invalid-overlap = two stretches overlap.
invalid-other_currency = this is another currency than the clinic's.
invalid-not_for_this_service = the service does not allow it.
invalid-unknown = this value is not known.
fault-disk_full = The disk is full. Nothing was lost; make some space and try again.
fault-read_only = The data folder cannot be written. Nothing was lost; check the folder and try again.
fault-locked = SafeTalk was locked before this was done. Please do it again.
fault-not_open = No clinic is open.
fault-internal = Something went wrong. Nothing was changed. ({ $trace })
invalid-never_comes = this time does not exist on that day.
fault-keychain = The keychain of this computer is locked, or did not answer. Nothing was lost; unlock it and try again.
fault-no_keychain = No keychain service answers on this computer. Nothing was lost; start or install one (on Linux: GNOME Keyring or KWallet) and try again.
fault-no_program = No program on this computer can open this.
invalid-not_in_demo = a demo clinic cannot do this.
invalid-twice = The same person stands there twice.
thing-clinic = The clinic
thing-member = This member
thing-therapist = This therapist
thing-room = This room
thing-service = This service
thing-client = This client
thing-session = This session
thing-time_off = This time off
thing-invoice = This invoice
thing-notice = This message
fault-bad_request = Something in this form could not be read. Nothing was changed. Please look at the marked fields.
