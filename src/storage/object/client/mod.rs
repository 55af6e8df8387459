//! Clients of buckets, each told what its keeper's own tools are told.

mod credentials;
mod s3;

use std::sync::Arc;
use std::time::Duration;

use datafusion::object_store::{ObjectStore, Result};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::SpawnedReqwestConnector;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

use super::address::Root;
use super::{faults, network};

/// A bucket's client.
pub(super) struct Client {
    pub(super) store: Arc<dyn ObjectStore>,
    /// Who keeps the bucket, for errors.
    pub(super) at: String,
}

/// A client of a bucket; nothing is asked of it yet.
///
/// # Errors
/// The environment makes no sense, or it is not found out where the bucket is.
pub(super) async fn connect(root: &Root) -> Result<Client> {
    let (store, at): (Arc<dyn ObjectStore>, String) = match root.scheme {
        "s3" => return s3::connect(root).await,
        "gs" => {
            let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(&root.name);
            let builder = builder.with_retry(retries()).with_client_options(options(false));
            (Arc::new(builder.with_http_connector(connector()?).build()?), "Google Cloud Storage".to_owned())
        }
        "az" => {
            let builder = MicrosoftAzureBuilder::from_env().with_container_name(&root.name);
            let builder = builder.with_retry(retries()).with_client_options(options(true));
            (Arc::new(builder.with_http_connector(connector()?).build()?), "Azure".to_owned())
        }
        scheme => {
            let builder = HttpBuilder::new().with_url(root.to_string()).with_retry(retries());
            let builder = builder.with_client_options(options(scheme == "http"));
            (Arc::new(builder.with_http_connector(connector()?).build()?), root.to_string())
        }
    };
    Ok(Client { store, at })
}

/// Requests that fail are made again for a while: a line that is down for longer is told.
fn retries() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(5),
        base: 2.0,
    };
    RetryConfig { backoff, max_retries: 6, retry_timeout: Duration::from_secs(30) }
}

/// A slow line may take its time for what is asked for at once.
fn options(allow_http: bool) -> ClientOptions {
    ClientOptions::new()
        .with_timeout(Duration::from_secs(300))
        .with_connect_timeout(Duration::from_secs(10))
        .with_allow_http(allow_http)
}

/// Requests run on the threads of the network.
fn connector() -> Result<SpawnedReqwestConnector> {
    let threads = network::threads().map_err(|error| faults::generic(faults::ours(&error)))?;
    Ok(SpawnedReqwestConnector::new(threads))
}
