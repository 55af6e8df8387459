//! The threads that plan and run statements, apart from the one that listens to the user.
//!
//! An operator may compute for seconds without a pause. On threads of its own it keeps neither a
//! Ctrl-C nor the prompt waiting.

use std::mem::{ManuallyDrop, forget};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// The stack of a thread. Planning descends once a term, so a sum of some thousand terms needs more
/// than the usual 2 MiB; what is not used costs only addresses.
const STACK_BYTES: usize = 128 << 20;

/// After that time the threads of a statement that was given up have let go of its memory.
const SETTLED: Duration = Duration::from_millis(1500);

/// What the allocator is asked for then; it is not touched.
const ASKED_BYTES: usize = 64 << 20;

/// The threads of one engine.
pub(super) struct Workers(Mutex<Option<Runtime>>);

impl Workers {
    /// Starts them.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start() -> std::io::Result<Self> {
        Ok(Self(Mutex::new(Some(runtime()?))))
    }

    /// Runs work.
    pub(super) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        match &*self.runtime() {
            Some(runtime) => runtime.spawn(work),
            None => tokio::spawn(work),
        }
    }

    /// Starts new ones for what comes next, and lets the old ones end when they can.
    pub(super) fn replace(&self) {
        let Ok(fresh) = runtime() else { return };
        // The allocator gives memory back to the system only when it is asked for more.
        fresh.spawn(async {
            for _ in 0..2 {
                tokio::time::sleep(SETTLED).await;
                // Seen from outside, so that the compiler does not take it for nothing.
                drop(std::hint::black_box(Vec::<u8>::with_capacity(ASKED_BYTES)));
            }
        });
        let old = self.runtime().replace(fresh);
        old.into_iter().for_each(end);
    }

    fn runtime(&self) -> MutexGuard<'_, Option<Runtime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        let old = self.runtime().take();
        old.into_iter().for_each(end);
    }
}

fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().thread_name("engine").thread_stack_size(STACK_BYTES).enable_all().build()
}

/// Ends a runtime behind the caller's back: nobody waits for a statement that was given up.
///
/// Its threads are joined, on one more, and never detached. glibc looks at a thread once more after it
/// has marked it as detached; when the thread ends in between, a stack as large as ours is gone from
/// the address space already, and the program dies of it after its work is done (glibc bug 19951).
fn end(runtime: Runtime) {
    let runtime = ManuallyDrop::new(runtime);
    // Without a thread to wait on, the old ones stay, with nothing to do.
    let waiting = thread::Builder::new().spawn(move || drop(ManuallyDrop::into_inner(runtime)));
    forget(waiting);
}
