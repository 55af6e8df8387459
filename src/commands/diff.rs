//! stub
use crate::{error::Result, run::Session};
/// stub
#[derive(Debug, clap::Args)]
pub struct Args {}
/// stub
pub async fn run(_s: &mut Session, _a: &Args) -> Result<()> { Ok(()) }
