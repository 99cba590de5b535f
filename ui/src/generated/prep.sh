#!/bin/bash
# usage: prep.sh ledger|replica
set -e
cd /work/main
c=$1; m=$([ $c = ledger ] && echo ledger-sqlite || echo replica)
rm -rf /tmp/gen/$c.db /tmp/gen/$c.sqlx; mkdir -p /tmp/gen/$c.sqlx
cat migrations/$m/*.sql | sqlite3 /tmp/gen/$c.db
touch crates/$c/src/lib.rs
DATABASE_URL=sqlite:///tmp/gen/$c.db SQLX_OFFLINE_DIR=/tmp/gen/$c.sqlx cargo check -p safetalk-$c 2>&1 | tail -${2:-80}
ls /tmp/gen/$c.sqlx | wc -l
