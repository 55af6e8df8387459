//! A client of a bucket of S3, as the environment and the profiles of AWS's tools say.

use std::sync::Arc;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls;
use datafusion::object_store::Result;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, resolve_bucket_region};
use tokio::sync::OnceCell;

use super::Client;
use super::credentials::Credentials;
use crate::storage::object::address::Root;
use crate::storage::object::faults::Faults;

/// The region that is named where none matters.
const ANY_REGION: &str = "us-east-1";

/// A client of a bucket; nothing is asked of it yet.
///
/// # Errors
/// The environment makes no sense, or it is not found out in which region the bucket is.
pub(super) async fn connect(root: &Root) -> Result<Client> {
    let bucket = &root.name;
    let told = told().await;
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(super::retries());
    let value = |builder: &AmazonS3Builder, key| builder.get_config_value(&key);
    let endpoint = value(&builder, AmazonS3ConfigKey::S3Endpoint)
        .or_else(|| value(&builder, AmazonS3ConfigKey::Endpoint))
        .or_else(|| told.endpoint_url().map(str::to_owned));
    if let Some(endpoint) = &endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    // Who names an address without TLS means it.
    let is_plain = endpoint.as_ref().is_some_and(|at| at.starts_with("http://"));
    let options = super::options(is_plain);
    let region = match (told.region(), &endpoint) {
        (Some(region), _) => region.to_string(),
        (None, Some(_)) => ANY_REGION.to_owned(),
        (None, None) => resolve_bucket_region(bucket, &options)
            .await
            .map_err(|error| Faults::new(root, "AWS S3".to_owned()).unresolved(&error))?,
    };
    let at = endpoint.unwrap_or_else(|| format!("AWS S3 ({region})"));
    builder = builder.with_client_options(options).with_region(&region);
    builder = builder.with_http_connector(super::connector()?);
    let is_anonymous = value(&builder, AmazonS3ConfigKey::SkipSignature).is_some_and(|value| value == "true");
    if let (false, Some(provider)) = (is_anonymous, told.credentials_provider()) {
        builder = builder.with_credentials(Arc::new(Credentials::of(provider)));
    }
    Ok(Client { store: Arc::new(builder.build()?), at })
}

/// What the environment and the profiles say, read once.
async fn told() -> &'static SdkConfig {
    static TOLD: OnceCell<SdkConfig> = OnceCell::const_new();
    TOLD.get_or_init(|| async {
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
        let http = aws_smithy_http_client::Builder::new().tls_provider(provider).build_https();
        // Not that of the machine in Amazon's own halls, which every other machine would wait for in vain.
        let region = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
            .or_else(ProfileFileRegionProvider::new());
        aws_config::defaults(BehaviorVersion::latest()).http_client(http).region(region).load().await
    })
    .await
}
