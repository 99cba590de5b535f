-- Who may sign in to this server, and from which computer.
--
-- No name, no mail address, no password, no token stands here: addresses are marks (HMAC-SHA-256 under a key of the
-- server), passwords are Argon2id hashes, the secrets of tokens and links are SHA-256 hashes. Ids are UUIDs as text,
-- moments are seconds since 1970 UTC.

-- A person with a password. They may work in several clinics.
create table login (
    id text primary key not null,
    address blob not null,
    password text not null,
    made_at integer not null,
    -- The second step: the secret of an authenticator app. It counts once a first code has confirmed it.
    totp_secret blob,
    totp_confirmed_at integer,
    -- The last step of 30 s whose code was used: a code is good once.
    totp_step integer not null default 0,
    constraint login_address unique (address)
) strict;

-- Codes on paper for who lost the authenticator; each is good once.
create table recovery_code (
    login text not null references login (id),
    hash blob not null,
    used_at integer,
    primary key (login, hash)
) strict;

-- As which member a login works in a clinic.
create table seat (
    clinic text not null,
    member text not null,
    login text not null references login (id),
    made_at integer not null,
    primary key (clinic, member),
    constraint seat_login unique (login, clinic)
) strict;

-- A link that gives a login its seat. For one address, good once, for seven days.
create table invite (
    hash blob primary key not null,
    clinic text not null,
    member text not null,
    address blob not null,
    made_at integer not null,
    good_until integer not null,
    used_at integer
) strict;

-- A link that sets a new password. Good once, for thirty minutes.
create table reset (
    hash blob primary key not null,
    login text not null references login (id),
    made_at integer not null,
    good_until integer not null,
    used_at integer
) strict;

-- A computer of a member: whoever holds the other half of this key.
create table computer (
    id text primary key not null,
    clinic text not null,
    member text not null,
    login text not null references login (id),
    public_key blob not null,
    label text not null,
    made_at integer not null,
    -- How a person ended it: 'signed_out' or 'lost_or_stolen'.
    ended text,
    ended_at integer,
    constraint computer_ended check (ended in ('signed_out', 'lost_or_stolen')),
    constraint computer_key unique (clinic, member, public_key)
) strict;

-- What a signed-in computer carries with every request.
create table token (
    hash blob primary key not null,
    computer text not null references computer (id),
    made_at integer not null,
    -- To within five minutes; a token that was never used leaves the ones before it alone.
    last_used integer,
    slides_until integer not null,
    good_until integer not null,
    -- Ended by signing out or by a new password; the computer may sign in again.
    ended_at integer
) strict;

create index token_computer on token (computer);

-- Under which names a computer counts its intents. A name belongs to the computer that used it first.
create table device (
    clinic text not null,
    id text not null,
    computer text not null references computer (id),
    primary key (clinic, id)
) strict;
