# New Session.
choose-a-client = Please choose a client.
choose-a-service = Please choose a service.
some-not-available = Some of these sessions are not available. Leave them out or change the time.
search-client = Name, email or phone
no-client-found = No client found
new-client = New client
length = Length
min = min
price = Price
repeat = Repeat
once = Once
weekly = Weekly
every-two-weeks = Every two weeks
how-many = How many sessions
draft-invoice = Draft an invoice
book = Book
book-n = Book { $n }
repeat-summary = { $total } sessions, { $free } available.
availability = Availability
# Couples, groups and co-therapists.
add-client = Add client
add-co-therapist = Add co-therapist
more-clients = Further clients
co-therapists = Co-therapists
remove-person = Remove { $name }
bill-to = Invoice to
