-- Where the ledger stood when it last answered a push: a pull says so too, so that a ledger that was restored between its
-- answer and the pull is found out, also when it has been given other changes since.
alter table meta add column acknowledged_epoch text;
alter table meta add column acknowledged_position integer;
alter table meta add column acknowledged_mark text;
