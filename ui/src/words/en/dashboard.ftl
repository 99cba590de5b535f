# The Dashboard.
no-sessions-today = No sessions today
untold = Not told yet
nothing-needs-attention = Nothing needs attention
open-message = Open
was-whatsapp-sent = Was the WhatsApp to { $client } sent?
draft-not-opened = The WhatsApp to { $client } has not been opened
it-was-sent = It was sent
not-sent = Not sent
could-not-be-done = Could not be done: { $what }
dealt-with = Dealt with
overdue-invoice = Invoice { $number } of { $client } is overdue
overdue-text = { $amount }, due { $date }
open-invoice = Open invoice
unconfirmed = { $n ->
    [one] { $n } session within 24 hours is not confirmed
   *[other] { $n } sessions within 24 hours are not confirmed
}
open-day = Open the day
backup-old = The last good backup is older than three days
backup-last = Last backup: { $when }
backup-choose = Choose a folder for backups
backup-why = Without one, a broken disk takes everything along.
backup-never = There is no backup yet
back-up-now = Back up now
choose-folder = Choose a folder
messages-wait = { $n ->
    [one] { $n } message waits.
   *[other] { $n } messages wait.
}
waits-for-internet = { $n ->
    [one] { $n } message waits for the internet.
   *[other] { $n } messages wait for the internet.
}
mail-held = { $n ->
    [one] { $n } message cannot leave
   *[other] { $n } messages cannot leave
}
mail-settings = Mail settings
try-now = Try now
set-up-mail = Set up mail
choose-waiting = Messages have waited long. Choose what still goes.
open-messages = Open messages
demo-clinic = This is a demo clinic. Nothing leaves it: messages are shown instead of sent.
wanted-when = Asked for: { $when }
book-again = Book another time
open-session = Open session
open-client = Open client
wanted-settings = Clinic settings
wanted-therapist = Therapist
wanted-room = Room
wanted-service = Service
wanted-hours = Working hours
wanted-time_off = Time off
wanted-no_time_off = Time off taken back
wanted-new_client = New client
wanted-edit_client = Client's record
wanted-book = New session
wanted-book_series = New sessions
wanted-cancel = Cancel Session
wanted-cancel_series = Repetition taken back
wanted-restore = Restore Session
wanted-reschedule = Reschedule Session
wanted-modify_duration = Modify Duration
wanted-no_show = No Show
wanted-undo_no_show = Undo No Show
wanted-confirm = Mark confirmed
wanted-unconfirm = Mark not confirmed
wanted-remark = Remark
wanted-remind = Reminder
wanted-record_message = What became of a message
wanted-tell_personally = I told them myself
wanted-retry_message = Send again
wanted-drop_message = Drop a message
wanted-draft_invoice = Draft of an invoice
wanted-issue_invoice = Issue an invoice
wanted-pay_invoice = Payment
wanted-take_back_payment = Payment taken back
wanted-void_invoice = Make an invoice void
wanted-send_invoice = Send an invoice
wanted-member = Member
wanted-bring_member_back = Bring a member back
wanted-suspend_member = Suspend a member
wanted-remove_member = Remove a member
wanted-reassign_clients = Reassign clients
wanted-subscription = Subscription
