//! What the accounts promise, on a real encrypted file.
#![forbid(unsafe_code)]
#![expect(
    clippy::unwrap_used,
    reason = "every function here is part of a test, also those without the attribute that clippy goes by"
)]

use safetalk_accounts::{
    ABSOLUTE_SECONDS, Accounts, Bearer, DoorError, INVITE_SECONDS, Kitchen, PublicKey,
    RESET_SECONDS, SLIDING_SECONDS, Seat, TokenTrouble,
};
use safetalk_domain::{ClinicId, DeviceId, MemberId, Moment};
use safetalk_vault::Key;
use safetalk_wire::http::Ending;
use tempfile::TempDir;
use uuid::Uuid;

const NOW: Moment = Moment(1_774_000_800);
const ANNS: &str = "ann@example.org";
const PASSWORD: &str = "correct horse battery staple";
const SEAT: Seat = Seat {
    clinic: ClinicId(Uuid::from_u128(1)),
    member: MemberId(Uuid::from_u128(2)),
};

fn later(seconds: i64) -> Moment {
    Moment(NOW.0 + seconds)
}

fn key(n: u8) -> PublicKey {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([n; 32]);
    PublicKey::parse(&text).unwrap()
}

async fn empty() -> (Accounts, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let accounts = open(&folder, Kitchen::new(2, 8)).await;
    (accounts, folder)
}

async fn open(folder: &TempDir, kitchen: Kitchen) -> Accounts {
    let file = folder.path().join("accounts.db");
    Accounts::open(&file, &Key::from_bytes([9; 32]), &[8; 32], kitchen)
        .await
        .unwrap()
}

/// Ann has a login and a seat.
async fn with_ann() -> (Accounts, TempDir, Uuid) {
    let (accounts, folder) = empty().await;
    let mark = accounts.mark(ANNS);
    let invite = accounts
        .invite(SEAT.clinic, SEAT.member, mark, NOW)
        .await
        .unwrap();
    accounts
        .accept(&invite.text, mark, PASSWORD, NOW)
        .await
        .unwrap();
    let login = accounts.login_at(mark).await.unwrap().unwrap();
    (accounts, folder, login)
}

async fn token(accounts: &Accounts, login: Uuid, computer: u8, now: Moment) -> String {
    let secret = accounts
        .admit(login, SEAT, key(computer), "Ann's laptop", now)
        .await
        .unwrap();
    secret.text.to_string()
}

async fn bearer(accounts: &Accounts, token: &str, now: Moment) -> Bearer {
    accounts.bearer(token, now).await.unwrap()
}

#[tokio::test]
async fn an_invite_is_for_one_address_and_good_once_for_seven_days() {
    let (accounts, _folder) = empty().await;
    let (anns, bens) = (accounts.mark(ANNS), accounts.mark("ben@example.org"));
    let invite = accounts
        .invite(SEAT.clinic, SEAT.member, anns, NOW)
        .await
        .unwrap();
    let gone = |tried: Result<(), DoorError>| matches!(tried, Err(DoorError::LinkGone));
    let accept = async |mark, now| accounts.accept(&invite.text, mark, PASSWORD, now).await;
    assert!(gone(accept(bens, NOW).await), "not Ben's");
    assert!(gone(accept(anns, later(INVITE_SECONDS)).await), "run out");
    let short = accounts.accept(&invite.text, anns, "short", NOW).await;
    assert!(matches!(short, Err(DoorError::WeakPassword)));
    // Written in any way that people write one address.
    let written = accounts.mark("  Ann@Example.ORG ");
    accept(written, later(INVITE_SECONDS - 1)).await.unwrap();
    assert!(gone(accept(anns, NOW).await), "used");
    accounts.verify(anns, PASSWORD, None, NOW).await.unwrap();
}

#[tokio::test]
async fn a_second_clinic_gives_its_seat_to_the_login_that_proves_itself() {
    let (accounts, _folder, login) = with_ann().await;
    let mark = accounts.mark(ANNS);
    let other = ClinicId(Uuid::from_u128(7));
    let invite = accounts
        .invite(other, SEAT.member, mark, NOW)
        .await
        .unwrap();
    let wrong = accounts
        .accept(&invite.text, mark, "another long password", NOW)
        .await;
    assert!(matches!(wrong, Err(DoorError::Wrong)));
    accounts
        .accept(&invite.text, mark, PASSWORD, NOW)
        .await
        .unwrap();
    let verified = accounts.verify(mark, PASSWORD, None, NOW).await.unwrap();
    assert_eq!(verified.login, login);
    assert_eq!(verified.seats.len(), 2);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_get_the_same_answer_by_the_same_way() {
    let (accounts, folder, _) = with_ann().await;
    for email in [ANNS, "nobody@example.org"] {
        let mark = accounts.mark(email);
        let heard = accounts.verify(mark, "not the password", None, NOW).await;
        assert!(matches!(heard, Err(DoorError::Wrong)), "{email}");
    }
    accounts.close().await;
    drop(accounts);
    // Where nothing can be hashed, neither is answered: so both are hashed before they are. That one hash costs what
    // another does is proved beside it.
    let accounts = open(&folder, Kitchen::new(0, 0)).await;
    for email in [ANNS, "nobody@example.org"] {
        let mark = accounts.mark(email);
        let heard = accounts.verify(mark, "not the password", None, NOW).await;
        assert!(matches!(heard, Err(DoorError::Busy)), "{email}");
    }
}

#[tokio::test]
async fn whoever_comes_while_the_queue_is_full_is_told_to_come_again() {
    let kitchen = Kitchen::new(1, 1);
    let looks = (0..8).map(|_| {
        let kitchen = kitchen.clone();
        tokio::spawn(async move { kitchen.verify("a password", None).await })
    });
    let mut busy = 0;
    for look in looks.collect::<Vec<_>>() {
        match look.await.unwrap() {
            Err(DoorError::Busy) => busy += 1,
            heard => assert!(!heard.unwrap()),
        }
    }
    assert!(busy > 0, "one at work, one waiting, no more");
    assert!(
        !kitchen.verify("a password", None).await.unwrap(),
        "later there is a place"
    );
}

#[tokio::test]
async fn a_token_slides_and_ends() {
    let (accounts, _folder, login) = with_ann().await;
    let token = token(&accounts, login, 1, NOW).await;
    let ended = async |now| {
        matches!(
            accounts.bearer(&token, now).await,
            Err(TokenTrouble::SignedOut)
        )
    };
    assert!(!ended(later(SLIDING_SECONDS - 1)).await);
    assert!(
        ended(later(SLIDING_SECONDS)).await,
        "thirty days without use"
    );
    let mut now = NOW;
    while now.0 < NOW.0 + ABSOLUTE_SECONDS - 86_400 {
        assert_eq!(bearer(&accounts, &token, now).await.seat, SEAT);
        accounts.used(&token, now).await.unwrap();
        now = Moment(now.0 + SLIDING_SECONDS - 1);
    }
    assert!(ended(later(ABSOLUTE_SECONDS)).await, "a year, however used");
}

#[tokio::test]
async fn an_answer_lost_at_signing_in_signs_nobody_out() {
    let (accounts, _folder, login) = with_ann().await;
    let old = token(&accounts, login, 1, NOW).await;
    accounts.used(&old, NOW).await.unwrap();
    let lost = token(&accounts, login, 1, later(10)).await;
    accounts.used(&old, later(1_000)).await.unwrap();
    bearer(&accounts, &old, later(1_000)).await;
    let new = token(&accounts, login, 1, later(2_000)).await;
    let computer = bearer(&accounts, &new, later(2_000)).await.computer;
    assert_eq!(
        computer,
        bearer(&accounts, &old, later(2_000)).await.computer
    );
    accounts.used(&new, later(2_000)).await.unwrap();
    for ended in [&old, &lost] {
        assert!(matches!(
            accounts.bearer(ended, later(2_000)).await,
            Err(TokenTrouble::SignedOut)
        ));
    }
}

#[tokio::test]
async fn a_computer_that_was_signed_out_may_come_back_and_a_stolen_one_never() {
    let (accounts, _folder, login) = with_ann().await;
    let carried = token(&accounts, login, 1, NOW).await;
    let computer = bearer(&accounts, &carried, NOW).await.computer;
    let revoke = async |clinic, how| {
        accounts
            .revoke(clinic, None, computer, how, NOW)
            .await
            .unwrap()
    };
    let foreign = ClinicId(Uuid::from_u128(7));
    assert!(!revoke(foreign, Ending::LostOrStolen).await, "not theirs");
    assert!(revoke(SEAT.clinic, Ending::SignedOut).await);
    assert!(matches!(
        accounts.bearer(&carried, NOW).await,
        Err(TokenTrouble::Ended(Ending::SignedOut))
    ));
    let again = token(&accounts, login, 1, later(1)).await;
    assert_eq!(bearer(&accounts, &again, later(1)).await.computer, computer);
    assert!(
        matches!(
            accounts.bearer(&carried, later(1)).await,
            Err(TokenTrouble::SignedOut)
        ),
        "the token that was ended stays ended"
    );
    assert!(revoke(SEAT.clinic, Ending::LostOrStolen).await);
    assert!(revoke(SEAT.clinic, Ending::SignedOut).await);
    assert!(
        matches!(
            accounts.bearer(&again, later(2)).await,
            Err(TokenTrouble::Ended(Ending::LostOrStolen))
        ),
        "nothing takes that back"
    );
    let back = accounts
        .admit(login, SEAT, key(1), "Ann's laptop", later(3))
        .await;
    assert!(matches!(back, Err(DoorError::Lost)));
    let listed = accounts
        .computers(SEAT.clinic, None, Some(computer))
        .await
        .unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].ended, Some(Ending::LostOrStolen));
    assert!(listed[0].this);
}

#[tokio::test]
async fn a_name_to_count_under_belongs_to_the_computer_that_used_it_first() {
    let (accounts, _folder, login) = with_ann().await;
    let mut computers = Vec::new();
    for n in [1, 2] {
        let token = token(&accounts, login, n, NOW).await;
        computers.push(bearer(&accounts, &token, NOW).await.computer);
    }
    let name = DeviceId(Uuid::from_u128(5));
    let may = async |clinic, computer| accounts.may_count_as(clinic, computer, name).await.unwrap();
    assert!(may(SEAT.clinic, computers[0]).await);
    assert!(may(SEAT.clinic, computers[0]).await);
    assert!(!may(SEAT.clinic, computers[1]).await);
    let foreign = ClinicId(Uuid::from_u128(7));
    assert!(may(foreign, computers[1]).await, "clinics count apart");
}

#[tokio::test]
async fn a_new_password_by_link_is_good_once_and_signs_every_computer_out() {
    let (accounts, _folder, login) = with_ann().await;
    let carried = token(&accounts, login, 1, NOW).await;
    let first = accounts.begin_reset(login, NOW).await.unwrap();
    let link = accounts.begin_reset(login, NOW).await.unwrap();
    let set = async |link: &str, now| accounts.reset(link, "another long password", now).await;
    let gone = |tried: Result<(), DoorError>| matches!(tried, Err(DoorError::LinkGone));
    assert!(gone(set(&first.text, NOW).await), "a later link ended it");
    assert!(gone(set(&link.text, later(RESET_SECONDS)).await), "run out");
    set(&link.text, later(60)).await.unwrap();
    assert!(gone(set(&link.text, later(60)).await), "used");
    assert!(matches!(
        accounts.bearer(&carried, later(60)).await,
        Err(TokenTrouble::SignedOut)
    ));
    let mark = accounts.mark(ANNS);
    let old = accounts.verify(mark, PASSWORD, None, later(60)).await;
    assert!(matches!(old, Err(DoorError::Wrong)));
    accounts
        .verify(mark, "another long password", None, later(60))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_second_step_takes_each_code_once_and_paper_helps() {
    let (accounts, _folder, login) = with_ann().await;
    let mark = accounts.mark(ANNS);
    let secret = accounts.begin_totp(login).await.unwrap();
    let app = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap())
        .build()
        .unwrap();
    let code = |now: Moment| app.generate(now.0.try_into().unwrap()).to_string();
    accounts
        .verify(mark, PASSWORD, None, NOW)
        .await
        .expect("it counts once it is confirmed");
    let wrong = accounts.confirm_totp(login, "000000", NOW).await;
    assert!(matches!(wrong, Err(DoorError::Wrong)));
    let paper = accounts.confirm_totp(login, &code(NOW), NOW).await.unwrap();
    let verify =
        async |code: Option<&str>, now| accounts.verify(mark, PASSWORD, code, now).await.map(drop);
    assert!(matches!(
        verify(None, NOW).await,
        Err(DoorError::CodeWanted)
    ));
    let wrong_password = accounts.verify(mark, "not the password", None, NOW).await;
    assert!(
        matches!(wrong_password, Err(DoorError::Wrong)),
        "whoever does not know the password is not told of the second step"
    );
    assert!(
        matches!(verify(Some(&code(NOW)), NOW).await, Err(DoorError::Wrong)),
        "the code that confirmed is used up"
    );
    let next = later(60);
    verify(Some(&code(next)), next).await.unwrap();
    assert!(matches!(
        verify(Some(&code(next)), next).await,
        Err(DoorError::Wrong)
    ));
    verify(Some(&paper[0].to_uppercase()), next).await.unwrap();
    assert!(
        matches!(verify(Some(&paper[0]), next).await, Err(DoorError::Wrong)),
        "each code on paper is good once"
    );
    assert!(matches!(
        accounts.begin_totp(login).await,
        Err(DoorError::Wrong)
    ));
    accounts.end_totp(login, &paper[1], next).await.unwrap();
    verify(None, next).await.unwrap();
}

#[tokio::test]
async fn nothing_that_is_kept_signs_anybody_in_or_names_anybody() {
    let (accounts, _folder, login) = with_ann().await;
    let carried = token(&accounts, login, 1, NOW).await;
    let link = accounts.begin_reset(login, NOW).await.unwrap();
    let mut kept = String::new();
    let tables: Vec<String> =
        sqlx::query_scalar("select name from sqlite_master where type = 'table'")
            .fetch_all(accounts.vault().readers())
            .await
            .unwrap();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("select name from pragma_table_info(?1)")
            .bind(&table)
            .fetch_all(accounts.vault().readers())
            .await
            .unwrap();
        for column in columns {
            let all = format!("select cast({column} as text) from {table}");
            let values: Vec<Option<String>> = sqlx::query_scalar(sqlx::AssertSqlSafe(all))
                .fetch_all(accounts.vault().readers())
                .await
                .unwrap_or_default();
            kept.extend(values.into_iter().flatten());
        }
    }
    assert!(kept.contains("$argon2id$"), "it was looked at: {kept}");
    for secret in [carried.as_str(), link.text.as_str(), PASSWORD, ANNS] {
        assert!(!kept.contains(secret), "a dump gives nobody away");
    }
}
