# Invoices.
filter-all = All
filter-draft = Drafts
filter-issued = Not paid
filter-overdue = Overdue
filter-paid = Paid
owed = Owed: { $amount }
owed-overdue = overdue: { $amount }
no-invoices = No invoices here
no-invoices-text = Drafts are made when a session is booked or extended.
invoice-number = Number
session = Session
issue = Issue
send-by-email = Send by email
send-by-whatsapp = Send by WhatsApp
make-void = Make void
void-text = { $number } stays in the list as void. This cannot be taken back.
keep-invoice = Keep invoice
number-on-issue = Number on issue
issued-on = Issued
paid-on = Paid on
pay-cash = Cash
pay-transfer = Bank transfer
pay-card = Card
pay-qr = QR payment
pay-other = Other
invoice-kind-session = Session
invoice-kind-extension = Extension
invoice-kind-no_show_fee = No Show fee
invoice-kind-late_cancel_fee = Late cancellation fee
total = Total
record-payment = Record payment
method = Method
mark-paid = Mark paid
edit-draft = Edit draft
save-draft = Save draft
due-by-terms = { $n ->
    [0] Due on the day it is issued
    [one] Due { $n } day after it is issued
   *[other] Due { $n } days after it is issued
}
due-on-issue = { $day } if it is issued today
invoice-line-needed = Please say what is charged.
invoice-line-hint = Without one the session's date and time stand there.
take-payment-back = Take payment back
take-payment-back-text = { $number } is owed again. Its number and amount stay.
keep-payment = Keep payment
