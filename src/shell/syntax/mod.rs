//! SQL text as an editor sees it: what each part is, and what may stand at the cursor. Pure functions
//! of the text; what names there are is asked of others.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `tokens` | tokens with their bytes, also of a text that is not finished |
//! | `blocks`, `scope` | the queries of a statement, and which tables each of them sees |
//! | `quoted` | what stands inside quotes at the cursor |
//! | `context` | what may stand at the cursor |
//! | `highlight` | what each part is, for colouring |

mod blocks;
pub(super) mod context;
pub(super) mod highlight;
mod quoted;
mod scope;
mod tokens;
