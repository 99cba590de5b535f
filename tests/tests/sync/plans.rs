//! The queries of a screen go through indexes, on base and overlay alike, at a size at which that matters.

use crate::table::*;
use sqlx::AssertSqlSafe;

/// Query, and whether its answer may be sorted aside (it is small and bounded).
const QUERIES: &[(&str, &str)] = &[
    (
        "a week of sessions",
        "select body, starts, id from session where starts > 1 and starts < 2 and ends > 1 and (1 or status <> 'cancelled') order by starts, id",
    ),
    (
        "starts of a month",
        "select starts from session where starts >= 1 and starts < 2 and status <> 'cancelled' order by starts",
    ),
    (
        "the session before",
        "select body, starts from session where starts < 1 and status <> 'cancelled' order by starts desc limit 1",
    ),
    (
        "a client's sessions",
        "select body, starts from session where client = 'x' order by starts desc limit 5",
    ),
    (
        "the sessions a client joins",
        "select session from session_more_base where client = 'x' union select session from session_more_overlay where client = 'x'",
    ),
    (
        "a repetition",
        "select body, starts from session where series = 'x' order by starts",
    ),
    (
        "a therapist's week",
        "select body, starts from session where therapist = 'x' and starts > 1 and starts < 2 and ends > 1 and status <> 'cancelled' order by starts",
    ),
    (
        "a room's week",
        "select body, starts from session where room = 'x' and starts > 1 and starts < 2 and ends > 1 and status <> 'cancelled' order by starts",
    ),
    (
        "what is held",
        "select body from occupancy where resource = 'x' and starts > 1 and starts < 2 and ends > 1",
    ),
    (
        "time off",
        "select body, position from time_off where owner = 'x' and ends > 1 and starts < 2",
    ),
    (
        "told of a week",
        "select told.body from session join told on told.session = session.id where session.starts > 1 and session.starts < 2 and session.ends > 1",
    ),
    (
        "a session's messages",
        "select body, queued_at from notice where session = 'x' order by queued_at desc",
    ),
    (
        "messages of a state",
        "select body, queued_at from notice where state = 'failed' and (state <> 'expired' or body ->> '$.facts.channel' <> 'whatsapp') order by queued_at desc limit 5",
    ),
    (
        "an invoice's messages",
        "select body, queued_at from notice where invoice = 'x' order by queued_at desc",
    ),
    (
        "a session's invoices",
        "select body, drafted_by from invoice where session = 'x' order by drafted_by",
    ),
    (
        "overdue invoices",
        "select body, due from invoice where status = 'issued' and due < '2026-01-01' order by due limit 5",
    ),
    (
        "a session's history",
        "select body, at from activity where session = 'x' order by at desc limit 5",
    ),
    (
        "a client's history",
        "select body, at from activity where client = 'x' order by at desc limit 5",
    ),
    (
        "one row",
        "select body, position from client where id = 'x'",
    ),
    (
        "some rows",
        "select body from client where id in (select value from json_each('[]'))",
    ),
    (
        "a client's last session",
        "select starts from session where client = 'x' and starts < 1 and ends <= 1 and status <> 'cancelled'
         order by starts desc limit 1",
    ),
    (
        "a client's attendance",
        "select sum(status = 'no_show') from session where client = 'x' and starts >= 1 and starts < 2",
    ),
];

#[tokio::test]
async fn no_query_of_a_screen_scans_base_or_overlay() {
    let (_table, first) = Table::with_clinic().await;
    for (what, query) in QUERIES {
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(format!("explain query plan {query}")))
                .fetch_all(first.vault().readers())
                .await
                .unwrap();
        let steps: Vec<&str> = plan.iter().map(|(_, _, _, step)| step.as_str()).collect();
        let scans: Vec<_> = steps
            .iter()
            .filter(|step| {
                step.starts_with("SCAN")
                    && (step.ends_with("base")
                        || step.ends_with("_overlay")
                        || step.contains("base ")
                        || step.contains("_overlay "))
            })
            .collect();
        assert!(scans.is_empty(), "{what} scans: {steps:#?}");
        let searches = steps
            .iter()
            .filter(|step| step.starts_with("SEARCH"))
            .count();
        assert!(
            searches >= 2,
            "{what} searches base and overlay: {steps:#?}"
        );
    }
}

#[tokio::test]
async fn the_newest_are_read_from_the_end_of_an_index() {
    let (_table, first) = Table::with_clinic().await;
    for query in [
        "select body, queued_at from notice order by queued_at desc limit 5",
        "select body, drafted_by from invoice order by drafted_by desc limit 5",
    ] {
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(AssertSqlSafe(format!("explain query plan {query}")))
                .fetch_all(first.vault().readers())
                .await
                .unwrap();
        let plan: Vec<&str> = plan.iter().map(|(_, _, _, step)| step.as_str()).collect();
        assert!(
            plan.iter().all(|step| !step.contains("TEMP B-TREE")),
            "merged from two indexes, nothing is sorted: {plan:#?}"
        );
    }
}
