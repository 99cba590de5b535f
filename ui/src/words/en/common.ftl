# Words used on more than one screen.
close = Close
undo = Undo
today = Today
tomorrow = Tomorrow
yesterday = Yesterday
current-day = Current day
free-time = Free time
previous-month = Previous month
next-month = Next month
