# The Dashboard.
no-sessions-today = No sessions today
untold = Not told yet
nothing-needs-attention = Nothing needs attention
open-message = Open
was-whatsapp-sent = Was the WhatsApp to { $client } sent?
it-was-sent = It was sent
not-sent = Not sent
could-not-be-done = Could not be done: { $what }
dealt-with = Dealt with
overdue-invoice = Invoice { $number } of { $client } is overdue
overdue-text = { $amount }, due { $date }
open-invoice = Open invoice
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
set-up-mail = Set up mail
choose-waiting = Messages have waited long. Choose what still goes.
open-messages = Open messages
demo-clinic = This is a demo clinic. Nothing leaves it: messages are shown instead of sent.
