# What a client reads. Discreet: never a service, a speciality, a therapist, a room's name or a remark,
# and in a subject not even the clinic's name, which may tell what kind of clinic it is.

greeting = Dear { $name },
greeting-nameless = Hello,

booked-subject = Appointment on { $day }
booked = Your appointment is booked:
series-booked-subject = { $n } appointments from { $day }
series-booked = Your appointments are booked:
series-cancelled-subject = { $n } appointments from { $day } cancelled
series-cancelled = Your appointments have been cancelled. They were:

rescheduled-subject = Appointment moved to { $day }
rescheduled = Your appointment has been moved. It is now:
rescheduled-before = Before, it was:
moved-place-subject = Appointment on { $day }: details changed
moved-place = Details of your appointment have changed. The time stays the same:

cancelled-subject = Appointment on { $day } cancelled
cancelled = Your appointment has been cancelled. It was:

restored-subject = Appointment on { $day } takes place
restored = Your appointment takes place after all:

duration-subject = Appointment on { $day }: new end time
duration = Your appointment has a new end time. It is now:

reminder-subject = Reminder: appointment on { $day }
reminder = This is a reminder of your appointment:

invoice-subject = Invoice { $number }
invoice = Here are the details of invoice { $number }.
invoice-amount = Amount: { $amount }
invoice-due = Please pay by: { $date }
invoice-how = How to pay:

test-subject = Test message
test = If you can read this, mail from { $clinic } works.

place-online = Online: { $link }
place-at = Where: { $place }
remark = A note for you:
questions = If you have questions, please call { $phone }.
questions-no-phone = If you have questions, please reply to this message.

calendar-title = Appointment
calendar-phone = Questions: { $phone }

sheet-title = Recovery key
sheet-clinic = Clinic: { $clinic }
sheet-date = Made on: { $date }
sheet-what = With this key the clinic's data and its backups can be opened on another computer, or when this computer has lost its own key.
sheet-warning = Whoever has this sheet and a copy of the data can read everything. Keep it where you keep papers like a passport, away from the computer, and show it to nobody.
sheet-lost = Without this key and without the computer, nobody can open the data again. We cannot either.
sheet-key = The key, group by group:

date-long = { $weekday }, { $day } { $month } { $year }
date-short = { $weekday } { $day } { $month }
moment = { $date }, { $times }
time-am = { $time } am
time-pm = { $time } pm

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
weekday-short-7 = Sun

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec
