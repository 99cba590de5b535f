# My Calendar and Room Calendar.
status-scheduled = Scheduled
status-confirmed = Confirmed
status-in_session = In session
status-completed = Completed
status-no_show = No Show
status-cancelled = Cancelled
status-pending = Waiting to sync
status-attention = Needs attention
calendar-session = { $client }, { $day }, { $start } to { $end }, { $therapist }, { $place }, { $status }
calendar-empty-slot = { $day }, { $time }, { $lane }, empty. Press Enter to book.
sessions-count = { $n ->
    [one] { $n } session
   *[other] { $n } sessions
}
busy = Busy
hours-short = { $n } h
minutes-short = { $n } min
hours = Hours
rooms = Rooms
press = Press
for-shortcuts = for shortcuts
day = Day
week = Week
view = View
week-number = Week { $n }
focus-week = Focus week
previous-week = Previous week
next-week = Next week
previous-day = Previous day
next-day = Next day
peek-reminded = Reminder by { $channel } { $when }
peek-reminder-under-way = Reminder by { $channel } since { $when }, not yet sent
peek-no-reminder = No reminder yet
peek-no-message = No message yet
new-session = New session
calendar-by-therapist = { $range }, by therapist
calendar-by-room = { $range }, by room
clocks-forward = Clocks forward { $time }
therapists-hidden = { $n ->
    [one] { $n } therapist hidden.
   *[other] { $n } therapists hidden.
}
show-all = Show all
nobody-shown = Every therapist is switched off
nobody-shown-text = Their sessions are kept; they are only not shown here.
clocks-back = Clocks back { $time }
