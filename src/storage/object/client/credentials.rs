//! Who asks: the chain of AWS's own tools, its answers kept until they expire.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use datafusion::object_store::Result;
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;

use crate::error::Error;
use crate::language::Message;
use crate::say;
use crate::storage::object::faults::{self, generic};
use crate::storage::object::network;

/// How long before they expire credentials are asked for again.
const EARLY: Duration = Duration::from_secs(60);

/// Credentials, asked for when they are needed.
#[derive(Debug)]
pub(super) struct Credentials {
    provider: SharedCredentialsProvider,
    kept: Mutex<Option<(Arc<AwsCredential>, Option<SystemTime>)>>,
}

impl Credentials {
    pub(super) fn of(provider: SharedCredentialsProvider) -> Self {
        Self { provider, kept: Mutex::default() }
    }
}

#[async_trait]
impl CredentialProvider for Credentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> Result<Arc<AwsCredential>> {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((credential, expires)) = &*kept()
            && expires.is_none_or(|expires| SystemTime::now() + EARLY < expires)
        {
            return Ok(credential.clone());
        }
        let provider = self.provider.clone();
        // Some of the chain ask others, and their clients want the threads of the network.
        let threads = network::threads().map_err(|error| generic(faults::ours(&error)))?;
        let asked = threads.spawn(async move { provider.provide_credentials().await }).await;
        let got = asked.map_err(|error| generic(Error::data(Message::verbatim(error.to_string()))))?;
        let got = got.map_err(|error| generic(none(&error)))?;
        let credential = Arc::new(AwsCredential {
            key_id: got.access_key_id().to_owned(),
            secret_key: got.secret_access_key().to_owned(),
            token: got.session_token().map(str::to_owned),
        });
        *kept() = Some((credential.clone(), got.expiry()));
        Ok(credential)
    }
}

/// Why there are none.
fn none(error: &CredentialsError) -> Error {
    let hint = say!(
        "give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile of ~/.aws with AWS_PROFILE, or say \
         AWS_SKIP_SIGNATURE=true where everybody may read"
    );
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    if matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return Error::data(say!("there are no credentials for it")).hint(hint);
    }
    let reason = Message::verbatim(reason.to_string());
    Error::data(say!("there are no credentials for it: {reason}", reason)).hint(hint)
}
