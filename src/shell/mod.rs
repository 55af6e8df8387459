//! x
use crate::run::Session;
use crate::error::Result;
/// x
pub async fn run(_session: &mut Session) -> Result<()> { Ok(()) }
