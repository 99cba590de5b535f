//! What a device asks of a server beside push and pull.

use crate::line::Signer;
use crate::{DeviceKey, Remote};
use reqwest::Method;
use safetalk_domain::MemberId;
use safetalk_wire::Trouble;
use safetalk_wire::http::{
    AcceptInvite, Account, Capabilities, Computer, Forgot, HandOverMail, Invite, KeptMail, Link,
    MailTried, MemberAccess, RecoveryCodes, Reset, Revoke, SignIn, SignInAnswer, TotpCode,
    TotpSecret, TryMail, path,
};
use uuid::Uuid;

/// An answer that says no more than that it is done.
#[derive(serde::Deserialize)]
struct Done {}

const NOTHING: Option<&()> = None;

/// Every call fails with a [`Trouble`], which says whether to try again.
#[expect(
    missing_docs,
    reason = "each is told of at its path in `safetalk_wire::http`"
)]
impl Remote {
    pub async fn capabilities(&self) -> Result<Capabilities, Trouble> {
        self.call(Method::GET, path::CAPABILITIES, NOTHING, &Signer::Nobody)
            .await
    }

    /// The key signs the request, which proves that this computer has it.
    pub async fn sign_in(
        &self,
        request: &SignIn,
        key: &DeviceKey,
    ) -> Result<SignInAnswer, Trouble> {
        self.call(
            Method::POST,
            path::SIGN_IN,
            Some(request),
            &Signer::Key(key),
        )
        .await
    }

    pub async fn accept_invite(&self, request: &AcceptInvite) -> Result<(), Trouble> {
        self.knock(path::ACCEPT_INVITE, request).await
    }

    pub async fn forgot(&self, request: &Forgot) -> Result<(), Trouble> {
        self.knock(path::FORGOT, request).await
    }

    pub async fn reset(&self, request: &Reset) -> Result<(), Trouble> {
        self.knock(path::RESET, request).await
    }

    pub async fn sign_out(&self) -> Result<(), Trouble> {
        let Done {} = self.ask(path::SIGN_OUT, &()).await?;
        Ok(())
    }

    pub async fn computers(&self) -> Result<Vec<Computer>, Trouble> {
        self.look(path::COMPUTERS).await
    }

    pub async fn members(&self) -> Result<Vec<MemberAccess>, Trouble> {
        self.look(path::MEMBERS).await
    }

    pub async fn account(&self) -> Result<Account, Trouble> {
        self.look(path::ACCOUNT).await
    }

    pub async fn revoke(&self, computer: Uuid, how: Revoke) -> Result<(), Trouble> {
        let path = format!("{}/{computer}/revoke", path::COMPUTERS);
        let Done {} = self.ask(&path, &how).await?;
        Ok(())
    }

    pub async fn invite(&self, member: MemberId, invite: &Invite) -> Result<Link, Trouble> {
        self.ask(&format!("/v1/members/{member}/invite"), invite)
            .await
    }

    pub async fn reset_of(&self, member: MemberId) -> Result<Link, Trouble> {
        self.ask(&format!("/v1/members/{member}/reset"), &()).await
    }

    pub async fn totp_begin(&self) -> Result<TotpSecret, Trouble> {
        self.ask(path::TOTP_BEGIN, &()).await
    }

    pub async fn totp_confirm(&self, code: &TotpCode) -> Result<RecoveryCodes, Trouble> {
        self.ask(path::TOTP_CONFIRM, code).await
    }

    pub async fn totp_off(&self, code: &TotpCode) -> Result<(), Trouble> {
        let Done {} = self.ask(path::TOTP_OFF, code).await?;
        Ok(())
    }

    /// Asks for what changes nothing, as the computer that is signed in.
    async fn look<A: serde::de::DeserializeOwned>(&self, path: &str) -> Result<A, Trouble> {
        let credentials = self.credentials().await?;
        let signer = Signer::Computer(&credentials);
        self.call(Method::GET, path, NOTHING, &signer).await
    }

    pub async fn mail(&self) -> Result<KeptMail, Trouble> {
        let credentials = self.credentials().await?;
        let signer = Signer::Computer(&credentials);
        self.call(Method::GET, path::MAIL, NOTHING, &signer).await
    }

    pub async fn hand_over_mail(&self, mail: &HandOverMail) -> Result<(), Trouble> {
        let credentials = self.credentials().await?;
        let signer = Signer::Computer(&credentials);
        let Done {} = self
            .call(Method::PUT, path::MAIL, Some(mail), &signer)
            .await?;
        Ok(())
    }

    pub async fn take_mail_away(&self) -> Result<(), Trouble> {
        let credentials = self.credentials().await?;
        let signer = Signer::Computer(&credentials);
        let Done {} = self
            .call(Method::DELETE, path::MAIL, NOTHING, &signer)
            .await?;
        Ok(())
    }

    pub async fn try_mail(&self, asked: &TryMail) -> Result<MailTried, Trouble> {
        self.ask(path::MAIL_TEST, asked).await
    }

    pub async fn retry_mail(&self) -> Result<(), Trouble> {
        let Done {} = self.ask(path::MAIL_RETRY, &()).await?;
        Ok(())
    }

    async fn knock<Q: serde::Serialize + Sync>(
        &self,
        path: &str,
        request: &Q,
    ) -> Result<(), Trouble> {
        let Done {} = self
            .call(Method::POST, path, Some(request), &Signer::Nobody)
            .await?;
        Ok(())
    }
}
