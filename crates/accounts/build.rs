//! A new migration is a new build: the schema is embedded.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/accounts-sqlite");
}
