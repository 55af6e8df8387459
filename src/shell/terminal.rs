//! The terminal's modes, to be put back where the editor cannot do it.

/// The modes of the terminal before the editor changed them.
pub(super) struct Modes(#[cfg(unix)] Option<rustix::termios::Termios>);

impl Modes {
    /// The modes now.
    pub(super) fn now() -> Self {
        #[cfg(unix)]
        return Self(rustix::termios::tcgetattr(std::io::stdin()).ok());
        #[cfg(not(unix))]
        Self()
    }

    /// Puts them back.
    pub(super) fn restore(&self) {
        #[cfg(unix)]
        if let Some(modes) = &self.0 {
            // A terminal that is gone needs no modes.
            let _ =
                rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, modes);
        }
    }
}
