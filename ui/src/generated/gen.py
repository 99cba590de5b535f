# one-off writer of the two first migrations
J = lambda p: f"body ->> '$.{p}'"
T = {
 'clinic': ("The clinic itself: one row.", [], []),
 'member': ("People who work here.", [], []),
 'therapist': ("People who see clients.", [], []),
 'room': ("Rooms.", [], []),
 'service': ("Kinds of sessions.", [], []),
 'hours': ("Weeks; the id is the owner's.", [], []),
 'time_off': ("Time off, closed rooms, closed days.",
   [('owner','text',J('facts.owner.id')),('starts','integer',J('facts.at.start')),('ends','integer',J('facts.at.end'))],
   [('owner',['owner','ends','starts'],None)]),
 'client': ("People the clinic sees. The index holds what a search looks through, so that a keystroke reads no bodies.",
   [('full_name','text',J('details.full_name.value')),('called','text',J('details.called.value')),('email','text',J('details.email.value')),('phones','text',J('details.phones.value')),('archived','integer',J('facts.archived'))],
   [('search',['archived','full_name','called','email','phones','id'],None)]),
 'session': ("Booked sessions. They last 24 hours at most, so a window looks back that far and no further.",
   [('client','text',J('facts.client')),('therapist','text',J('facts.therapist')),('room','text',J('facts.place.id')),('series','text',J('facts.series.series')),('status','text',J('facts.status')),('late','integer',J('facts.cancelled.late')),('starts','integer',J('facts.at.start')),('ends','integer',J('facts.at.end'))],
   [('starts',['starts','ends','status'],None),('client',['client','starts','ends','status','late'],None),('therapist',['therapist','starts'],None),('room',['room','starts'],'room is not null'),('series',['series','starts'],'series is not null')]),
 'occupancy': ("What sessions hold of therapists and rooms; a row without a resource holds nothing.",
   [('session','text',J('session')),('resource','text',J('resource')),('starts','integer',J('at.start')),('ends','integer',J('at.end'))],
   [('resource',['resource','starts','ends'],'resource is not null'),('session',['session'],None)]),
 'invoice': ("Invoices.",
   [('client','text',J('facts.client')),('session','text',J('facts.session')),('status','text',J('facts.status')),('due','text',J('facts.due')),('minor','integer',J('facts.amount.minor')),('number','text',J('facts.number')),('drafted_by','text',J('facts.made_by'))],
   [('client',['client'],None),('session',['session'],'session is not null'),('status',['status','due','minor'],None),('drafted_by',['drafted_by'],None)]),
 'notice': ("Messages to clients.",
   [('client','text',J('facts.client')),('session','text',J('facts.session')),('invoice','text',J('facts.invoice')),('state','text',J('facts.state')),('queued_at','integer',J('facts.queued_at')),('not_before','integer',J('facts.not_before')),('sequence','integer',J('facts.sequence'))],
   [('client',['client','queued_at'],None),('session',['session','queued_at'],'session is not null'),('invoice',['invoice'],'invoice is not null'),('state',['state','queued_at','not_before'],None),('queued_at',['queued_at'],None)]),
 'told': ("What clients were last told of sessions.",
   [('session','text',J('session')),('client','text',J('client'))],
   [('session',['session'],None)]),
 'activity': ("History.",
   [('session','text',J('session')),('client','text',J('client')),('at','integer',J('at'))],
   [('session',['session','at'],'session is not null'),('client',['client','at'],'client is not null')]),
}
def cols(c): return ''.join(f",\n    {n} {t} generated always as ({e}) virtual" for n,t,e in c)
def idx(table, name, ix):
    return ''.join(f"create index {table}_{n} on {table} ({', '.join(cs)}){' where '+w if w else ''};\n" for n,cs,w in ix)

led = """-- The ledger of one clinic in SQLite: where a decision becomes final.
--
-- One table per kind of row, named as in the domain. A row is its JSON (`body`); what queries filter on are generated
-- columns of it, so that a new field of a row changes nothing here. `position` is the decision that last wrote the row.
-- Ids are UUIDs as text, moments are seconds since 1970 UTC.

-- Where the history stands. `mark` is random and new with every position: a restored file is found out by it.
create table clinic_head (
    one integer primary key not null check (one = 1),
    epoch text not null,
    position integer not null,
    mark text not null
) strict;

-- Every position ever given, without gaps.
create table position (
    position integer primary key not null,
    mark text not null,
    intent text not null,
    at integer not null
) strict;

-- Computers that ever pushed, and how far each is counted.
create table device (
    id text primary key not null,
    last_n integer not null
) strict;

-- Every intent that was ever answered, with the answer. The id is the idempotency key for ever.
create table intent (
    id text primary key not null,
    device text not null,
    n integer not null,
    kind text not null,
    version integer not null,
    body text not null,
    verdict text not null,
    accepted integer not null check (accepted in (0, 1)),
    position integer not null,
    at integer not null,
    constraint intent_device_n unique (device, n)
) strict;

-- A notice as it was rendered once, so that a retry is byte-equal. Never leaves the ledger.
create table rendered (
    notice text primary key not null,
    bytes blob not null
) strict;

-- Local settings of this ledger. No secrets: those are in the keychain.
create table setting (
    name text primary key not null,
    value text not null
) strict;
"""
for t,(doc,c,ix) in T.items():
    led += f"\n-- {doc}\ncreate table {t} (\n    id text primary key not null,\n    position integer not null,\n    body text not null{cols(c)}\n) strict;\ncreate index {t}_position on {t} (position, id);\n" + idx(t,t,ix)
    if t=='invoice':
        led += "create unique index invoice_number on invoice (number) where number is not null;\n"
led += """
-- Speaks last: whatever decide overlooked, a therapist or a room is never held twice. Half-open, and looking back 26
-- hours: 24 of a session and 2 of turnover. The message is the constraint's name, matched in one place.
create trigger occupancy_no_overlap after insert on occupancy
when new.resource is not null and exists (
    select 1 from occupancy as other
    where other.resource = new.resource
        and other.starts < new.ends
        and other.starts > new.starts - 93600
        and other.ends > new.starts
        and other.id <> new.id
)
begin
    select raise(abort, 'occupancy_no_overlap');
end;

-- Rows of it are replaced, never changed in place; a change would pass the trigger above.
create trigger occupancy_no_update before update on occupancy
begin
    select raise(abort, 'occupancy_no_update');
end;
"""
open('/work/main/migrations/ledger-sqlite/0001_ledger.sql','w').write(led)

rep = """-- A replica: what one computer keeps of the ledger's rows, and what it wants of it.
--
-- Per kind of row there are three names. `<kind>_base` is the ledger's rows as last pulled. `<kind>_overlay` is what
-- the outbox, decided again on the base, makes of them. The view `<kind>` is what the screen shows: base, shadowed by
-- overlay. Neither table has a constraint against overlaps: the ledger alone speaks last.
-- Bodies, ids and moments are as in the ledger.

-- This computer, and how far it has pulled: one row.
create table meta (
    one integer primary key not null check (one = 1),
    device text not null,
    next_n integer not null,
    epoch text,
    cursor integer not null,
    mark text not null,
    scope integer not null,
    -- The ledger's own time at the last pull.
    pulled_at integer,
    -- The history has changed: the next pull fetches everything again and replaces the base.
    resync integer not null check (resync in (0, 1))
) strict;

-- Every intent this computer made, in order. It is never thrown away before it was answered and, if refused, closed.
create table outbox (
    seq integer primary key autoincrement not null,
    -- The computer's name and running number under which it is sent; both are new after a fork.
    device text not null,
    n integer not null,
    intent text not null,
    body text not null,
    made_at integer not null,
    -- The ledger's time at the last pull before it was made: a clock that goes wrong cannot make it older.
    pulled_at integer,
    -- Still to be sent.
    due integer not null check (due in (0, 1)),
    -- Its rows are in the base, so that it is no longer decided again on top.
    in_base integer not null check (in_base in (0, 1)),
    -- Why it would be refused on the rows known here. Not final.
    doubt text,
    -- The ledger's answer, and the position at which it was given. Final.
    verdict text,
    accepted integer check (accepted in (0, 1)),
    position integer,
    acknowledged_at integer,
    -- A person has seen the refusal and closed it.
    closed integer not null check (closed in (0, 1)),
    constraint outbox_intent unique (intent),
    constraint outbox_device_n unique (device, n)
) strict;
create index outbox_due on outbox (seq) where due = 1;
create index outbox_accepted on outbox (position) where accepted = 1 and in_base = 0;
create index outbox_refused on outbox (seq) where closed = 0 and (accepted = 0 or doubt is not null);
create index outbox_unanswered on outbox (seq) where verdict is null;

-- Pages of a pull, until all of them are there.
create table staging (
    kind text not null,
    id text not null,
    position integer not null,
    body text not null,
    primary key (kind, id)
) strict;
"""
for t,(doc,c,ix) in T.items():
    names = ', '.join(['id','position','body']+[n for n,_,_ in c])
    bn = ', '.join('base.'+n for n in ['id','position','body']+[n for n,_,_ in c])
    rep += f"\n-- {doc}\ncreate table {t}_base (\n    id text primary key not null,\n    position integer not null,\n    body text not null{cols(c)}\n) strict;\n" + idx(t+'_base',t,ix)
    rep += f"create table {t}_overlay (\n    id text primary key not null,\n    position integer not null,\n    body text not null,\n    made_by integer not null,\n    changed_by integer not null{cols(c)}\n) strict;\n" + idx(t+'_overlay',t,ix)
    rep += f"create view {t} as\n    select {names} from {t}_overlay\n    union all\n    select {bn} from {t}_base as base\n    where not exists (select 1 from {t}_overlay as over where over.id = base.id);\n"
open('/work/main/migrations/replica/0001_replica.sql','w').write(rep)
