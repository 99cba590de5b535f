//! The one mail a server sends of its own: a link that sets a new password.

use crate::House;
use safetalk_courier::{Outcome, Password, SmtpAccount, SmtpTransport};
use safetalk_documents::{Mail, NoticeText, mail_bytes};
use uuid::Uuid;

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
    let to = email.trim().to_owned();
    let message = mail_bytes(&Mail {
        notice_id: Uuid::new_v4().to_string(),
        date: now.0,
        from_name: mailer.from_name.clone(),
        from_address: mailer.from_address.clone(),
        reply_to: None,
        to_address: to.clone(),
        text: text(&link),
        invites: Vec::new(),
    })
    .map_err(|_| MailError::Written)?;
    match mailer.transport.send_test(&message, &to).await {
        Outcome::Sent { .. } => Ok(()),
        _ => Err(MailError::NotTaken),
    }
}

fn text(link: &str) -> NoticeText {
    let lines = [
        "Somebody asked to set a new password for SafeTalk with this mail address.",
        "If it was you, open SafeTalk, choose \"Forgot password\" and paste this link within 30 minutes:",
        link,
        "If it was not you, nothing has changed and there is nothing to do.",
    ];
    NoticeText {
        subject: "A new password".to_owned(),
        body_text: lines.join("\n\n") + "\n",
        // A link holds nothing that HTML would read otherwise: it is the operator's address and base64url.
        body_html: lines.map(|line| format!("<p>{line}</p>")).concat(),
    }
}
