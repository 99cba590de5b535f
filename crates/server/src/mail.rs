//! The two mails a server sends of its own: a link that sets a new password, and an invite.

use crate::House;
use safetalk_courier::{Outcome, Password, SmtpAccount, SmtpTransport};
use safetalk_documents::{Mail, NoticeText, mail_bytes};
use safetalk_domain::Moment;
use std::time::Duration;
use uuid::Uuid;

/// Whoever invites waits so long for the mail server, and then hands the link over.
const PATIENCE: Duration = Duration::from_secs(20);

/// The operator's mail account.
pub struct Mailer {
    transport: SmtpTransport,
    from_name: String,
    from_address: String,
}

/// Why a mail was not sent. Without any address.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The accounts failed.
    #[error(transparent)]
    Accounts(#[from] safetalk_accounts::Error),
    /// The addresses make no mail.
    #[error("the mail could not be written")]
    Written,
    /// The mail server did not take it.
    #[error("the mail server did not take it")]
    NotTaken,
}

impl Mailer {
    /// Sends through this account.
    pub fn new(account: SmtpAccount, password: Option<Password>) -> Self {
        Self {
            from_name: account.from_name.clone(),
            from_address: account.from_address.clone(),
            transport: SmtpTransport::new(account, password),
        }
    }
}

/// Sends the link, if the address has a login.
pub async fn send_reset(house: &House, email: &str) -> Result<(), MailError> {
    let (Some(mailer), Some(login)) = (
        house.mailer.as_ref(),
        house.accounts.login_at(house.accounts.mark(email)).await?,
    ) else {
        return Ok(());
    };
    let now = house.now();
    let secret = house.accounts.begin_reset(login, now).await?;
    let link = house.link("reset", &secret.text);
    let text = text(
        "A new password",
        [
            "Somebody asked to set a new password for SafeTalk with this mail address.",
            "If it was you, open SafeTalk, choose \"I have an invite\" and paste this link within 30 minutes:",
            &link,
            "If it was not you, nothing has changed and there is nothing to do.",
        ],
    );
    send(mailer, now, email, text).await
}

/// Sends the invite, where the operator has set mail up. Says whether it went; if not, somebody hands the link over.
pub async fn send_invite(house: &House, email: &str, secret: &str) -> bool {
    let Some(mailer) = house.mailer.as_ref() else {
        return false;
    };
    let link = house.link("invite", secret);
    let text = text(
        "An invite to SafeTalk",
        [
            "You are invited to work in a clinic with SafeTalk.",
            "Open SafeTalk, choose \"Sign in to your clinic\" and \"I have an invite\", and paste this link within 7 days:",
            &link,
            "It is good once, for this mail address only. If you expected no invite, there is nothing to do.",
        ],
    );
    let sent = tokio::time::timeout(PATIENCE, send(mailer, house.now(), email, text)).await;
    match sent {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "an invite was not sent");
            false
        }
        Err(_) => {
            tracing::warn!("an invite was not sent in time");
            false
        }
    }
}

async fn send(
    mailer: &Mailer,
    now: Moment,
    email: &str,
    text: NoticeText,
) -> Result<(), MailError> {
    let to = email.trim().to_owned();
    let message = mail_bytes(&Mail {
        notice_id: Uuid::new_v4().to_string(),
        date: now.0,
        from_name: mailer.from_name.clone(),
        from_address: mailer.from_address.clone(),
        reply_to: None,
        to_address: to.clone(),
        text,
        invites: Vec::new(),
    })
    .map_err(|_| MailError::Written)?;
    match mailer.transport.send_test(&message, &to).await {
        Outcome::Sent { .. } => Ok(()),
        _ => Err(MailError::NotTaken),
    }
}

fn text(subject: &str, lines: [&str; 4]) -> NoticeText {
    NoticeText {
        subject: subject.to_owned(),
        body_text: lines.join("\n\n") + "\n",
        // A link holds nothing that HTML would read otherwise: it is the operator's address and base64url.
        body_html: lines.map(|line| format!("<p>{line}</p>")).concat(),
    }
}
