//! Every endpoint against everybody who may come to it.

use crate::table::*;
use safetalk_domain::intent::SetUpClinic;
use safetalk_domain::*;
use safetalk_tests::server::{Computer, PASSWORD, TestServer};
use safetalk_wire::http::{AcceptInvite, Ending, Revoke, TotpCode, path};
use safetalk_wire::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// Who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Without a token.
    Nobody,
    /// A member of another clinic, with everything that is theirs in order.
    Foreign,
    /// A computer whose sign-in a person has ended.
    Revoked,
    /// A member who is suspended.
    Suspended,
    /// The member.
    Right,
}

const EVERYBODY: [Who; 5] = [
    Who::Nobody,
    Who::Foreign,
    Who::Revoked,
    Who::Suspended,
    Who::Right,
];

/// What each of [`EVERYBODY`] hears, in that order: a status and, where there is one, a problem's code.
type Heard = [(u16, Option<&'static str>); 5];

const OPEN: Heard = [(200, None); 5];

/// The door is shut for all but the right one and the foreign one, who hears what is said here.
const fn shut(foreign: (u16, Option<&'static str>)) -> Heard {
    [
        (401, Some("signed_out")),
        foreign,
        (401, Some("revoked")),
        (403, Some("suspended")),
        (200, None),
    ]
}

/// As `shut`, where the foreign one is answered about their own clinic.
const OWN: Heard = shut((200, None));

struct Endpoint {
    method: &'static str,
    /// As in the OpenAPI document.
    path: &'static str,
    heard: Heard,
}

const fn endpoint(method: &'static str, path: &'static str, heard: Heard) -> Endpoint {
    Endpoint {
        method,
        path,
        heard,
    }
}

const WRONG: Heard = [(401, Some("wrong")); 5];
const GONE: Heard = [(410, Some("link_gone")); 5];
const NOT_SET_UP: Heard = [(501, Some("not_set_up")); 5];
const CODE_IS_WRONG: Heard = [
    (401, Some("signed_out")),
    (401, Some("wrong")),
    (401, Some("revoked")),
    (403, Some("suspended")),
    (401, Some("wrong")),
];

/// Bodies name rows of the right one's clinic, whoever sends them.
const ENDPOINTS: &[Endpoint] = &[
    endpoint("get", "/healthz", OPEN),
    endpoint("get", "/readyz", OPEN),
    endpoint("get", path::CAPABILITIES, OPEN),
    endpoint("post", path::SIGN_IN, WRONG),
    endpoint("post", path::ACCEPT_INVITE, GONE),
    endpoint("post", path::FORGOT, NOT_SET_UP),
    endpoint("post", path::RESET, GONE),
    // The actor is the right member, so the foreign one claims to be somebody else.
    endpoint("post", path::PUSH, shut((403, Some("not_allowed")))),
    endpoint("post", path::PULL, OWN),
    endpoint("get", path::CHANGES, OWN),
    endpoint("get", path::COMPUTERS, OWN),
    endpoint(
        "post",
        "/v1/computers/{computer}/revoke",
        shut((404, Some("not_found"))),
    ),
    endpoint("get", path::MEMBERS, OWN),
    endpoint("get", path::ACCOUNT, OWN),
    endpoint(
        "post",
        "/v1/members/{member}/invite",
        shut((404, Some("not_found"))),
    ),
    endpoint(
        "post",
        "/v1/members/{member}/reset",
        shut((404, Some("not_found"))),
    ),
    endpoint("get", path::MAIL, OWN),
    endpoint("put", path::MAIL, OWN),
    endpoint("post", path::MAIL_RETRY, OWN),
    endpoint("delete", path::MAIL, OWN),
    // Nobody listens there: the answer says so.
    endpoint("post", path::MAIL_TEST, OWN),
    endpoint("post", path::TOTP_BEGIN, OWN),
    endpoint("post", path::TOTP_CONFIRM, CODE_IS_WRONG),
    // Nothing is on, so nothing is to be proved.
    endpoint("post", path::TOTP_OFF, OWN),
    endpoint("post", path::SIGN_OUT, OWN),
];

/// A second clinic, with ids of its own.
fn another_clinic(n: u128, standing: Standing) -> SetUpClinic {
    let Body::SetUpClinic(mut set_up) = set_up() else {
        unreachable!("the table sets a clinic up")
    };
    set_up.clinic.id = ClinicId(Uuid::from_u128(0x1000 + n));
    set_up.member.id = MemberId(Uuid::from_u128(0x2000 + n));
    set_up.member.facts.standing = standing;
    set_up.member.facts.therapist = None;
    set_up.therapists.clear();
    set_up.rooms.clear();
    set_up.services.clear();
    set_up
}

fn this_clinic() -> SetUpClinic {
    match set_up() {
        Body::SetUpClinic(set_up) => set_up,
        _ => unreachable!("the table sets a clinic up"),
    }
}

struct Hall {
    server: TestServer,
    clock: Hand,
    right: Computer,
    foreign: Computer,
    revoked: Computer,
    suspended: Computer,
    /// A computer of the right clinic that nobody here uses.
    other: Uuid,
}

impl Hall {
    async fn open() -> Self {
        let clock = Hand::new();
        let server = TestServer::start_on(crate::kept::database().await, Arc::new(clock.clone()))
            .await
            .unwrap();
        let right = server
            .clinic(this_clinic(), "right@example.org")
            .await
            .unwrap();
        let foreign = another_clinic(1, Standing::Active);
        let foreign = server.clinic(foreign, "foreign@example.org").await.unwrap();
        let revoked = server.sign_in("right@example.org").await.unwrap();
        let other = server.sign_in("right@example.org").await.unwrap();
        // Older computers come first in the list.
        let line = server.line(&revoked, server.address).unwrap();
        let id = |computers: Vec<http::Computer>| {
            computers.iter().find(|computer| computer.this).unwrap().id
        };
        let revoked_id = id(line.computers().await.unwrap());
        let line = server.line(&other, server.address).unwrap();
        let other = id(line.computers().await.unwrap());
        let accounts = &server.house.accounts;
        let how = Ending::SignedOut;
        accounts
            .revoke(CLINIC, None, revoked_id, how, server.house.now())
            .await
            .unwrap();
        let suspended = suspended(&server).await;
        Self {
            server,
            clock,
            right,
            foreign,
            revoked,
            suspended,
            other,
        }
    }

    fn computer(&self, who: Who) -> Option<&Computer> {
        match who {
            Who::Nobody => None,
            Who::Foreign => Some(&self.foreign),
            Who::Revoked => Some(&self.revoked),
            Who::Suspended => Some(&self.suspended),
            Who::Right => Some(&self.right),
        }
    }

    fn body(&self, path: &str) -> Vec<u8> {
        let intent = Intent {
            id: IntentId(Uuid::from_u128(0x99)),
            version: intent::VERSION,
            actor: intent::Actor::Member(OWNER),
            made_at: self.clock.now(),
            seen: 0,
            depends: Vec::new(),
            undoes: None,
            body: add_maya(),
        };
        let value = match path {
            path::PUSH => serde_json::to_value(PushRequest {
                protocol: PROTOCOL,
                device: DeviceId(Uuid::from_u128(0x88)),
                known: Known::NOTHING,
                acknowledged_n: 0,
                batch: vec![Numbered {
                    n: 1,
                    pulled_at: None,
                    intent,
                }],
            }),
            path::PULL => serde_json::to_value(PullRequest {
                protocol: PROTOCOL,
                device: DeviceId(Uuid::from_u128(0x88)),
                known: Known::NOTHING,
                acknowledged: None,
                scope: 1,
                upto: None,
                after: None,
                limit: 1_000,
            }),
            path::SIGN_IN => Ok(json!({
                "email": "nobody@example.org",
                "password": PASSWORD,
                "public_key": Computer::new().unwrap().key().unwrap().public(),
                "label": "",
            })),
            path::ACCEPT_INVITE => serde_json::to_value(AcceptInvite {
                invite: "none".to_owned(),
                email: "nobody@example.org".to_owned(),
                password: PASSWORD.to_owned(),
            }),
            path::FORGOT => Ok(json!({ "email": "right@example.org" })),
            path::RESET => Ok(json!({ "reset": "none", "password": PASSWORD })),
            "/v1/computers/{computer}/revoke" => serde_json::to_value(Revoke {
                how: Ending::SignedOut,
            }),
            "/v1/members/{member}/invite" => Ok(json!({ "email": "new@example.org" })),
            path::MAIL => Ok(json!({ "account": unreachable_mail(), "password": "open sesame" })),
            path::MAIL_TEST => Ok(json!({
                "account": unreachable_mail(), "password": "open sesame", "to": "to@example.org", "language": "en",
            })),
            path::TOTP_CONFIRM | path::TOTP_OFF => serde_json::to_value(TotpCode {
                code: "000000".to_owned(),
            }),
            _ => Ok(Value::Null),
        };
        serde_json::to_vec(&value.unwrap()).unwrap()
    }

    /// Asks by hand; status and body, as far as it comes at once.
    async fn ask(&self, endpoint: &Endpoint, who: Who) -> (u16, Value) {
        let path = endpoint
            .path
            .replace("{computer}", &self.other.to_string())
            .replace("{member}", &OWNER.to_string());
        let mut body = match endpoint.method {
            "get" | "delete" => Vec::new(),
            _ => self.body(endpoint.path),
        };
        let stranger = Computer::new().unwrap();
        // Signing in is signed with the key that stands in the request.
        if endpoint.path == path::SIGN_IN {
            let mut asked: Value = serde_json::from_slice(&body).unwrap();
            asked["public_key"] = json!(stranger.key().unwrap().public());
            body = serde_json::to_vec(&asked).unwrap();
        }
        let signer = match endpoint.path {
            path::SIGN_IN => Some(&stranger),
            _ => self.computer(who),
        };
        let method = endpoint.method.to_uppercase();
        let headers = match signer {
            Some(signer) => signer
                .sign(&method, &path, &body, self.clock.now().0)
                .unwrap(),
            None => Vec::new(),
        };
        raw(&self.server, &method, &path, body, headers).await
    }
}

/// Nobody listens on a port of this number here.
fn unreachable_mail() -> Value {
    json!({
        "host": "127.0.0.1", "port": 1, "security": "implicit_tls", "user": "clinic@example.org",
        "from_name": "Clinic", "from_address": "clinic@example.org",
    })
}

async fn raw(
    server: &TestServer,
    method: &str,
    path: &str,
    body: Vec<u8>,
    headers: Vec<(&'static str, String)>,
) -> (u16, Value) {
    let client = client();
    let mut request = client
        .request(
            method.parse().unwrap(),
            format!("http://{}{path}", server.address),
        )
        .body(body);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut response = request.send().await.unwrap();
    let status = response.status().as_u16();
    assert!(
        response.headers().contains_key(http::PROTOCOL_HEADER),
        "{method} {path}: every answer says that it is of SafeTalk"
    );
    let first = response.chunk().await.unwrap().unwrap_or_default();
    let value = serde_json::from_slice(&first).unwrap_or(Value::Null);
    (status, value)
}

pub fn client() -> reqwest::Client {
    let tls = rustls_config();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .build()
        .unwrap()
}

fn rustls_config() -> tokio_rustls::rustls::ClientConfig {
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth()
}

/// A member who was signed in before they were suspended.
async fn suspended(server: &TestServer) -> Computer {
    use safetalk_accounts::{PublicKey, Seat};
    let set_up = another_clinic(2, Standing::Suspended);
    let (clinic, member) = (set_up.clinic.id, set_up.member.id);
    server.house.found(set_up).await.unwrap();
    server
        .login(clinic, member, "suspended@example.org")
        .await
        .unwrap();
    let accounts = &server.house.accounts;
    let login = accounts.login_of(clinic, member).await.unwrap().unwrap();
    let computer = Computer::new().unwrap();
    let key = PublicKey::parse(&computer.key().unwrap().public()).unwrap();
    let token = accounts
        .admit(login, Seat { clinic, member }, key, "", server.house.now())
        .await
        .unwrap();
    computer.take(Some(token.text.to_string()));
    computer
}

#[tokio::test]
async fn every_endpoint_hears_everybody_as_the_table_says() {
    let hall = Hall::open().await;
    let before = hall.server.house.ledgers.of(CLINIC).await.unwrap();
    let before = before.head().await.unwrap();
    for endpoint in ENDPOINTS {
        for (who, (status, code)) in EVERYBODY.into_iter().zip(endpoint.heard) {
            let heard = hall.ask(endpoint, who).await;
            let said = heard.1["code"].as_str();
            assert_eq!(
                (heard.0, said),
                (status, code),
                "{who:?} at {} {}: {}",
                endpoint.method,
                endpoint.path,
                heard.1
            );
        }
        // Only what the right one pushed has changed their clinic.
        if endpoint.path != path::PUSH {
            continue;
        }
        let ledger = hall.server.house.ledgers.of(CLINIC).await.unwrap();
        assert_eq!(ledger.head().await.unwrap().position, before.position + 1);
    }
}

#[test]
fn every_endpoint_that_is_served_stands_in_the_table() {
    let document = serde_json::to_value(safetalk_server::openapi()).unwrap();
    let served: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods.keys().map(|method| (method.clone(), path.clone()))
        })
        .collect();
    let drawn: BTreeSet<(String, String)> = ENDPOINTS
        .iter()
        .map(|endpoint| (endpoint.method.to_owned(), endpoint.path.to_owned()))
        .collect();
    assert_eq!(
        served, drawn,
        "an endpoint that is not in the table is held by nothing"
    );
}

#[tokio::test]
async fn a_foreign_member_reaches_no_row_of_another_clinic() {
    let hall = Hall::open().await;
    let line = hall.server.line(&hall.right, hall.server.address).unwrap();
    let intent = |actor, body| Intent {
        id: IntentId(Uuid::now_v7()),
        version: intent::VERSION,
        actor: intent::Actor::Member(actor),
        made_at: hall.clock.now(),
        seen: 0,
        depends: Vec::new(),
        undoes: None,
        body,
    };
    let push = |device, intents: Vec<Intent>| PushRequest {
        protocol: PROTOCOL,
        device: DeviceId(Uuid::from_u128(device)),
        known: Known::NOTHING,
        acknowledged_n: 0,
        batch: (1..)
            .zip(intents)
            .map(|(n, intent)| Numbered {
                n,
                pulled_at: None,
                intent,
            })
            .collect(),
    };
    let ours = vec![
        intent(OWNER, add_maya()),
        intent(OWNER, book(session(1), with_ann(hour(30)))),
    ];
    let PushAnswer::Answered { verdicts, head } = line.push(push(1, ours)).await.unwrap() else {
        panic!("the first push of a device is answered");
    };
    assert!(verdicts.iter().all(|v| v.outcome.refusal().is_none()));
    let stranger = MemberId(Uuid::from_u128(0x2001));
    let foreign = hall
        .server
        .line(&hall.foreign, hall.server.address)
        .unwrap();
    let theirs = vec![
        intent(stranger, cancel(session(1))),
        intent(
            stranger,
            remark(session(1), "' or 1 = 1; drop table session; --"),
        ),
        intent(stranger, Body::EditClient(edit_client(MAYA))),
    ];
    let PushAnswer::Answered { verdicts, .. } = foreign.push(push(2, theirs)).await.unwrap() else {
        panic!("what it names is decided in its own clinic");
    };
    assert!(
        verdicts.iter().all(|v| matches!(
            v.outcome.refusal(),
            Some(Refusal::NotFound { .. } | Refusal::NotPermitted { .. })
        )),
        "ids of another clinic are not there: {verdicts:?}"
    );
    let ledger = hall.server.house.ledgers.of(CLINIC).await.unwrap();
    assert_eq!(
        ledger.head().await.unwrap(),
        head,
        "nothing has changed here"
    );
    let PullAnswer::Page(page) = foreign
        .pull(PullRequest {
            protocol: PROTOCOL,
            device: DeviceId(Uuid::from_u128(2)),
            known: Known::NOTHING,
            acknowledged: None,
            scope: 1,
            upto: None,
            after: None,
            limit: 1_000,
        })
        .await
        .unwrap()
    else {
        panic!("its own clinic is pulled");
    };
    let text = serde_json::to_string(&page).unwrap();
    assert!(!text.contains(MAYAS_NAME), "no row of another clinic");
    assert!(text.contains(&stranger.to_string()), "but its own");
}

#[tokio::test]
async fn a_stolen_token_is_worth_nothing_without_the_key_of_its_computer() {
    let hall = Hall::open().await;
    let thief = Computer::new().unwrap();
    thief.take(hall.right.token());
    let line = hall.server.line(&thief, hall.server.address).unwrap();
    assert_eq!(line.computers().await.unwrap_err(), Trouble::SignedOut);
    // Nor is a signature good for another body, path, method or hour.
    let now = hall.clock.now().0;
    let signed = hall.right.sign("GET", path::COMPUTERS, b"", now).unwrap();
    for (method, path, body) in [
        ("POST", path::SIGN_OUT, ""),
        ("GET", "/v1/computers?all", ""),
        ("GET", path::COMPUTERS, "null"),
    ] {
        let body = body.as_bytes().to_vec();
        let heard = raw(&hall.server, method, path, body, signed.clone()).await;
        assert_eq!(heard.1["code"], "signature", "{method} {path}");
    }
    hall.clock.forward(6);
    let heard = raw(&hall.server, "GET", path::COMPUTERS, Vec::new(), signed).await;
    assert_eq!(heard.1["code"], "clock", "a signature is good for minutes");
}

#[tokio::test]
async fn oversized_and_malformed_bodies_are_refused_by_name_and_change_nothing() {
    let hall = Hall::open().await;
    let now = hall.clock.now().0;
    for (body, status, code) in [
        (vec![b'x'; http::MOST_PUSH_BYTES + 1], 413, "too_large"),
        (b"{".to_vec(), 422, "malformed"),
        (b"{\"protocol\":1}".to_vec(), 422, "malformed"),
        (vec![0xff; 100], 422, "malformed"),
        ("[".repeat(10_000).into_bytes(), 422, "malformed"),
    ] {
        let headers = hall.right.sign("POST", path::PUSH, &body, now).unwrap();
        let heard = raw(&hall.server, "POST", path::PUSH, body, headers).await;
        assert_eq!((heard.0, heard.1["code"].as_str()), (status, Some(code)));
    }
    let known = raw(&hall.server, "GET", "/v1/secrets", Vec::new(), Vec::new()).await;
    assert_eq!(
        (known.0, known.1["code"].as_str()),
        (404, Some("not_found"))
    );
}

#[tokio::test]
async fn whoever_guesses_a_password_is_slowed_down_and_not_told_who_exists() {
    let hall = Hall::open().await;
    let guess = async |email: &str| {
        let computer = Computer::new().unwrap();
        let line = hall.server.line(&computer, hall.server.address).unwrap();
        let error = computer
            .sign_in(&line, email, "not the password", None)
            .await
            .unwrap_err();
        *error.downcast_ref::<Trouble>().unwrap()
    };
    for email in ["right@example.org", "nobody@example.org"] {
        for _ in 0..9 {
            assert_eq!(guess(email).await, Trouble::Wrong, "{email}");
        }
    }
    for email in ["right@example.org", "nobody@example.org"] {
        let mut last = Trouble::Wrong;
        for _ in 0..3 {
            last = guess(email).await;
        }
        assert!(matches!(last, Trouble::Busy { .. }), "{email}: {last:?}");
    }
}
