//! The command line and the environment. Every flag has its variable; what is wrong is named.

use crate::admin::Command;
use crate::{House, Mailer, NewClinic, Rate, ServerKey, Setting};
use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};
use safetalk_courier::{Password, Security, SmtpAccount};
use safetalk_domain::Moment;
use safetalk_ledger_postgres::{Database, Sent};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// The ledgers of clinics, served to their computers.
#[derive(Debug, Parser)]
#[command(name = "safetalk-server", version, propagate_version = true)]
pub struct Cli {
    /// What to do; without, the server runs.
    #[command(subcommand)]
    pub task: Option<Task>,
    /// Where and how.
    #[command(flatten)]
    pub place: Place,
    /// How to listen.
    #[command(flatten)]
    pub listen: Listen,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Runs the server.
    Serve,
    /// Brings every schema up to date, and ends.
    Migrate,
    /// What an operator does.
    Admin {
        /// Which.
        #[command(subcommand)]
        command: Admin,
    },
}

/// Where everything is kept.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// The folder of the encrypted files.
    #[arg(
        long,
        env = "SAFETALK_SERVER_DATA",
        default_value = "safetalk-server-data",
        global = true
    )]
    pub data: PathBuf,
    /// The file of the key they are encrypted under; <data>/server.key if not said. Keep a copy of it elsewhere.
    #[arg(long, env = "SAFETALK_SERVER_KEY_FILE", global = true)]
    pub key_file: Option<PathBuf>,
    /// What people reach the server by, for links: https://sync.example.org
    #[arg(long, env = "SAFETALK_SERVER_PUBLIC_ADDRESS", global = true)]
    pub public_address: Option<String>,
    /// The PostgreSQL that keeps the ledgers, postgres://…; without, each clinic has a file in the data folder. To
    /// serve, as a member of safetalk_app; to migrate, as the role that owns the schema.
    #[arg(
        long,
        env = "SAFETALK_SERVER_DATABASE_URL",
        hide_env_values = true,
        global = true
    )]
    pub database_url: Option<String>,
    /// A second PostgreSQL database, postgres://…, which records what was sent to clients; never restored together with the
    /// first. Without it a server whose ledgers are in a database sends nothing for its clinics.
    #[arg(
        long,
        env = "SAFETALK_SERVER_SENT_URL",
        hide_env_values = true,
        requires = "database_url",
        global = true
    )]
    pub sent_url: Option<String>,
    /// Connections to the first at most.
    #[arg(
        long,
        env = "SAFETALK_SERVER_DATABASE_CONNECTIONS",
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..),
        global = true
    )]
    pub database_connections: u32,
}

/// How to listen.
#[derive(Clone, Debug, Args)]
pub struct Listen {
    /// Address and port.
    #[arg(
        long,
        env = "SAFETALK_SERVER_LISTEN",
        default_value = "127.0.0.1:8460",
        global = true
    )]
    pub listen: SocketAddr,
    /// The certificate, a PEM file with its chain.
    #[arg(
        long,
        env = "SAFETALK_SERVER_TLS_CERT",
        requires = "tls_key",
        global = true
    )]
    pub tls_cert: Option<PathBuf>,
    /// Its key, a PEM file.
    #[arg(
        long,
        env = "SAFETALK_SERVER_TLS_KEY",
        requires = "tls_cert",
        global = true
    )]
    pub tls_key: Option<PathBuf>,
    /// A proxy of yours stands before it, ends TLS, and writes the caller's address into X-Forwarded-For.
    #[arg(long, env = "SAFETALK_SERVER_BEHIND_PROXY", global = true)]
    pub behind_proxy: bool,
    /// Where Prometheus finds /metrics; nowhere if not said.
    #[arg(long, env = "SAFETALK_SERVER_METRICS_LISTEN", global = true)]
    pub metrics_listen: Option<SocketAddr>,
    /// Seconds that requests under way may take once the server is asked to stop.
    #[arg(
        long,
        env = "SAFETALK_SERVER_DRAIN_SECONDS",
        default_value_t = 20,
        global = true
    )]
    pub drain_seconds: u64,
    /// Clinics may name mail servers in this server's own network, and any port: for a server that only your own clinics use.
    #[arg(long, env = "SAFETALK_SERVER_MAIL_INSIDE", global = true)]
    pub mail_inside: bool,
    /// The mail server for "Forgot password" and invites; without, who manages members hands links over.
    #[arg(
        long,
        env = "SAFETALK_SERVER_MAIL_HOST",
        requires = "mail_from",
        global = true
    )]
    pub mail_host: Option<String>,
    /// Its port.
    #[arg(
        long,
        env = "SAFETALK_SERVER_MAIL_PORT",
        default_value_t = 587,
        global = true
    )]
    pub mail_port: u16,
    /// How the line to it is protected.
    #[arg(long, env = "SAFETALK_SERVER_MAIL_SECURITY", value_enum, default_value_t = MailSecurity::Starttls, global = true)]
    pub mail_security: MailSecurity,
    /// The name to sign in with there.
    #[arg(
        long,
        env = "SAFETALK_SERVER_MAIL_USER",
        requires = "mail_password_file",
        global = true
    )]
    pub mail_user: Option<String>,
    /// The file of the password to sign in with there.
    #[arg(long, env = "SAFETALK_SERVER_MAIL_PASSWORD_FILE", global = true)]
    pub mail_password_file: Option<PathBuf>,
    /// The sender's address.
    #[arg(long, env = "SAFETALK_SERVER_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
}

/// How the line to the mail server is protected.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum MailSecurity {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, demanded.
    Starttls,
    /// None, to this very computer only.
    Loopback,
}

/// What an operator does.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Makes a clinic with its first member, and an invite for them.
    CreateClinic {
        /// The clinic's name.
        #[arg(long)]
        name: String,
        /// The first member's name.
        #[arg(long)]
        owner: String,
        /// The first member's mail address.
        #[arg(long)]
        email: String,
        /// Two letters.
        #[arg(long, default_value = "MY")]
        country: String,
        /// IANA time zone.
        #[arg(long, default_value = "Asia/Kuala_Lumpur")]
        zone: String,
        /// Three letters.
        #[arg(long, default_value = "MYR")]
        currency: String,
    },
    /// Lists clinics and members with their ids.
    Clinics,
    /// A link by which a member makes their login.
    Invite {
        /// The clinic's id.
        #[arg(long)]
        clinic: Uuid,
        /// The member's id.
        #[arg(long)]
        member: Uuid,
        /// The member's mail address.
        #[arg(long)]
        email: String,
    },
    /// A link by which a member sets a new password.
    Reset {
        /// The clinic's id.
        #[arg(long)]
        clinic: Uuid,
        /// The member's id.
        #[arg(long)]
        member: Uuid,
        /// Also forget the second step of signing in. Make sure first who asks.
        #[arg(long)]
        forget_code: bool,
    },
    /// Lists a clinic's computers.
    Computers {
        /// The clinic's id.
        #[arg(long)]
        clinic: Uuid,
    },
    /// Ends a computer's sign-in.
    Revoke {
        /// The clinic's id.
        #[arg(long)]
        clinic: Uuid,
        /// The computer's id.
        #[arg(long)]
        computer: Uuid,
        /// It is lost or stolen: it never signs in again.
        #[arg(long)]
        lost: bool,
    },
    /// To be said after a clinic's file was restored from a backup, before the server runs again.
    Restored {
        /// The clinic's id.
        #[arg(long)]
        clinic: Uuid,
    },
}

impl From<Admin> for Command {
    fn from(admin: Admin) -> Self {
        match admin {
            Admin::CreateClinic {
                name,
                owner,
                email,
                country,
                zone,
                currency,
            } => Self::CreateClinic(NewClinic {
                name,
                owner,
                country,
                zone,
                currency,
                email,
            }),
            Admin::Clinics => Self::Clinics,
            Admin::Invite {
                clinic,
                member,
                email,
            } => Self::Invite {
                clinic,
                member,
                email,
            },
            Admin::Reset {
                clinic,
                member,
                forget_code,
            } => Self::Reset {
                clinic,
                member,
                forget_code,
            },
            Admin::Computers { clinic } => Self::Computers { clinic },
            Admin::Revoke {
                clinic,
                computer,
                lost,
            } => Self::Revoke {
                clinic,
                computer,
                lost,
            },
            Admin::Restored { clinic } => Self::Restored { clinic },
        }
    }
}

impl Cli {
    /// The house as the command line says.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn open(&self) -> Result<House> {
        let folder = &self.place.data;
        let key_file = self.key_file();
        let new = !folder.join("accounts.db").exists();
        crate::house::private_folder(folder)
            .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
        let key = ServerKey::read_or_make(&key_file, new)
            .with_context(|| format!("the key file {}", key_file.display()))?;
        let database = self.database().await?;
        let sent = match &self.place.sent_url {
            Some(url) => Some(
                Sent::connect(url)
                    .await
                    .context("the database of what was sent was not opened")?,
            ),
            None => None,
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        House::open(Setting {
            folder: folder.clone(),
            key,
            database,
            sent,
            mail_inside: self.listen.mail_inside,
            mail_lease: MAIL_LEASE,
            mail_root: None,
            time: Arc::new(wall_clock),
            public_address: self.public_address(),
            mailer: self.listen.mailer()?,
            behind_proxy: self.listen.behind_proxy,
            stoves: processors.div_ceil(2),
            per_address: Rate {
                burst: 30,
                every: Duration::from_secs(2),
            },
            per_account: Rate {
                burst: 10,
                every: Duration::from_secs(60),
            },
        })
        .await
        .with_context(|| format!("the data folder {}", folder.display()))
    }

    /// Brings the database's schema up to date, if there is one to be.
    ///
    /// # Errors
    /// In words for the operator.
    pub async fn migrate_database(&self) -> Result<()> {
        if let Some(url) = &self.place.database_url {
            safetalk_ledger_postgres::migrate(url)
                .await
                .context("the database was not migrated")?;
        }
        if let Some(url) = &self.place.sent_url {
            safetalk_ledger_postgres::migrate_sent(url).await.context(
                "the database of what was sent was not migrated (it is not the ledgers' own)",
            )?;
        }
        Ok(())
    }

    async fn database(&self) -> Result<Option<Database>> {
        let Some(url) = &self.place.database_url else {
            return Ok(None);
        };
        ensure!(
            !self.holds_files()?,
            "{} holds clinics in files, and --database-url would hide them: give another --data",
            self.place.data.display()
        );
        let database = Database::connect(url, self.place.database_connections)
            .await
            .context("the database was not opened")?;
        Ok(Some(database))
    }

    fn holds_files(&self) -> Result<bool> {
        let folder = self.place.data.join("clinics");
        Ok(folder.try_exists()? && std::fs::read_dir(folder)?.next().is_some())
    }

    /// Where the key lies.
    pub fn key_file(&self) -> PathBuf {
        let beside = || self.place.data.join("server.key");
        self.place.key_file.clone().unwrap_or_else(beside)
    }

    /// What people reach the server by.
    pub fn public_address(&self) -> String {
        let scheme = if self.listen.tls_cert.is_some() {
            "https"
        } else {
            "http"
        };
        let listens = || format!("{scheme}://{}", self.listen.listen);
        self.place.public_address.clone().unwrap_or_else(listens)
    }
}

impl Listen {
    /// Health data never goes over a plain line: without TLS only this computer, or a proxy that ends TLS, may ask.
    ///
    /// # Errors
    /// In words for the operator.
    pub fn check(&self) -> Result<()> {
        let plain = self.tls_cert.is_none() && !self.behind_proxy;
        ensure!(
            !plain || self.listen.ip().is_loopback(),
            "{} can be reached from other computers, and the line would not be encrypted: give --tls-cert and \
             --tls-key, or --behind-proxy when a proxy of yours ends TLS",
            self.listen
        );
        Ok(())
    }

    fn mailer(&self) -> Result<Option<Mailer>> {
        let Some(host) = self.mail_host.clone() else {
            return Ok(None);
        };
        let Some(from) = self.mail_from.clone() else {
            bail!("--mail-from is missing");
        };
        let account = SmtpAccount {
            host,
            port: self.mail_port,
            security: match self.mail_security {
                MailSecurity::Tls => Security::ImplicitTls,
                MailSecurity::Starttls => Security::StartTls,
                MailSecurity::Loopback => Security::PlainLoopbackOnly,
            },
            user: self.mail_user.clone(),
            from_name: "SafeTalk".to_owned(),
            from_address: from,
        };
        let password = self
            .mail_password_file
            .as_deref()
            .map(password)
            .transpose()?;
        Ok(Some(Mailer::new(account, password)))
    }
}

/// Renewed every third of it, so that a database that does not answer for a moment changes no hands. Seconds.
const MAIL_LEASE: u32 = 45;

fn password(file: &Path) -> Result<Password> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the password file {} cannot be read", file.display()))?;
    Ok(Password::new(text.trim_end_matches(['\r', '\n'])))
}

/// The one place of the server where the clock is read.
fn wall_clock() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Moment(since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }))
}
