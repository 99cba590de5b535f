//! Whom this computer believes: the certificates of its operating system, and one more where a clinic has its own.

use crate::NoTls;
use rustls::ClientConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

pub fn tls(extra_root: Option<Vec<u8>>) -> Result<ClientConfig, NoTls> {
    let provider = Arc::new(default_provider());
    let verifier =
        Verifier::new_with_extra_roots(extra_root.map(CertificateDer::from), Arc::clone(&provider))
            .map_err(|error| NoTls(Box::new(error)))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NoTls(Box::new(error)))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}
