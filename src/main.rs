//! The binary: a runtime around [`tongket::cli::main`], which decides everything.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tongket::engine::small_pages();
    // One thread listens to the user and writes results; the engine has its own.
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let mut ui = tongket::ui::Ui::process(Default::default(), false);
            ui.error(&tongket::error::Error::data(tongket::say!("cannot start: {reason}", reason = error)));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(tongket::cli::main(std::env::args_os()));
    // Blocking work that was given up may go on; nobody waits for it, and its threads end with the
    // process.
    std::mem::forget(runtime);
    ExitCode::from(code)
}
