//! TLS to the directory: TLS 1.2 or 1.3, the certificate always checked.

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// Trusts the authorities in `ca_file` alone, or without one those of the system.
pub(super) fn config(ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let roots = if let Some(file) = ca_file {
        roots_of(file)?
    } else {
        let mut roots = RootCertStore::empty();
        // One that can't be read is one that vouches for nobody.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    };
    // Two of our dependencies bring a provider each: none is the default.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn roots_of(file: &Path) -> Result<RootCertStore, String> {
    let wrong = |why: String| format!("{}: {why}", file.display());
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| wrong(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("there is no certificate in it".to_owned()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused_and_without_a_file_the_system_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, "no certificate").unwrap();
        assert!(config(Some(&file)).unwrap_err().contains("no certificate"));
        assert!(config(Some(&folder.path().join("none"))).is_err());
        assert!(config(None).is_ok());
    }
}
