//! Both ends of an encrypted line between two machines of a cluster.
//!
//! Each shows a certificate, and takes that of the other where an authority of its own has signed it for the name
//! that it is called by. Ballista's servers know nothing of that: they listen on the loopback interface, and what
//! comes by the line is handed to them there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::extension::EndpointOverrideFn;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::config::cluster::Tls;
use crate::error::{Error, Result};
use crate::say;

/// How long the two ends may take to know each other.
const GREETING: Duration = Duration::from_secs(10);

/// How long a line may take to come about, and how often it is tried whether it is there still.
const PATIENCE: Duration = Duration::from_secs(20);
const ALIVE: Duration = Duration::from_secs(300);

fn fault(reason: &dyn std::fmt::Display) -> Error {
    Error::usage(say!("`--tls`: {reason}", reason))
        .hint(say!("ca.pem holds who may sign, cert.pem what this machine shows, key.pem the key to that"))
}

/// What makes a line that is about to be connected an encrypted one.
///
/// # Errors
/// The certificates or the key are none.
pub fn lines(tls: &Tls) -> Result<EndpointOverrideFn> {
    // What is wrong with them is told now, and not by the first line.
    acceptor(tls)?;
    let authority = Certificate::from_pem(&tls.authority);
    let identity = Identity::from_pem(&tls.certificate, &tls.key);
    let shown = ClientTlsConfig::new().ca_certificate(authority).identity(identity);
    Ok(Arc::new(move |line: Endpoint| {
        let place = line.uri();
        // The name is that in the certificate, where an IPv6 address has no brackets.
        let name = place.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let place = place.to_string().replacen("http://", "https://", 1);
        let line = Endpoint::from_shared(place)?
            .connect_timeout(PATIENCE)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(ALIVE)
            .keep_alive_timeout(PATIENCE)
            .keep_alive_while_idle(true);
        Ok(line.tls_config(shown.clone().domain_name(name))?)
    }))
}

/// The other end of such lines.
///
/// # Errors
/// The certificates or the key are none.
pub fn acceptor(tls: &Tls) -> Result<TlsAcceptor> {
    let certificates = |pem: &[u8], name: &str| {
        let read: std::result::Result<Vec<CertificateDer<'static>>, _> =
            CertificateDer::pem_slice_iter(pem).collect();
        match read {
            Ok(read) if !read.is_empty() => Ok(read),
            Ok(_) => Err(fault(&format!("{name}: no certificate"))),
            Err(error) => Err(fault(&format!("{name}: {error}"))),
        }
    };
    let provider = Arc::new(ring::default_provider());
    let mut authorities = RootCertStore::empty();
    for certificate in certificates(&tls.authority, "ca.pem")? {
        authorities.add(certificate).map_err(|error| fault(&format!("ca.pem: {error}")))?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider.clone());
    let verifier = verifier.build().map_err(|error| fault(&format!("ca.pem: {error}")))?;
    let key = PrivateKeyDer::from_pem_slice(&tls.key).map_err(|error| fault(&format!("key.pem: {error}")))?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| fault(&error))?
        .with_client_cert_verifier(verifier)
        .with_single_cert(certificates(&tls.certificate, "cert.pem")?, key)
        .map_err(|error| fault(&format!("cert.pem, key.pem: {error}")))?;
    // That of Ballista, and that of whoever asks for its health.
    config.alpn_protocols = Vec::from([b"h2".to_vec(), b"http/1.1".to_vec()]);
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Hands what comes by encrypted lines to a server, for ever.
pub async fn hand_over(listener: TcpListener, acceptor: TlsAcceptor, server: SocketAddr) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            stream.set_nodelay(true)?;
            // Who does not greet, or not rightly, is not answered.
            let mut line = tokio::time::timeout(GREETING, acceptor.accept(stream)).await??;
            let mut server = TcpStream::connect(server).await?;
            server.set_nodelay(true)?;
            copy_bidirectional(&mut line, &mut server).await
        });
    }
}
