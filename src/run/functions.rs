//! The functions of SQL: a list, and what one of them does, in the engine's own words.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use datafusion::logical_expr::Documentation;

use super::{Delivery, Session};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;
use crate::ui::{Role, text};

/// A function of SQL.
#[derive(Debug, Clone)]
struct Function {
    /// What it works on: `scalar`, `aggregate`, `window`, `table`.
    kind: &'static str,
    /// The name that it is documented under, where the one asked for is another.
    called: String,
    documentation: Option<Documentation>,
}

impl Function {
    fn syntax(&self, name: &str) -> String {
        let written =
            self.documentation.as_ref().map(|documentation| documentation.syntax_example.trim().to_owned());
        written.filter(|syntax| !syntax.is_empty()).unwrap_or_else(|| format!("{name}(…)"))
    }

    /// The first sentence of what it does.
    fn summary(&self) -> Option<String> {
        let description = self.documentation.as_ref()?.description.trim();
        let first = description.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        Some(first.split_inclusive(". ").next().unwrap_or_default().trim().to_owned())
    }
}

impl Session {
    /// The functions by every name that they have.
    fn functions(&self) -> BTreeMap<String, Function> {
        let state = self.engine.context.state();
        let mut functions = BTreeMap::new();
        let mut add = |name: &str, kind, called: &str, documentation: Option<&Documentation>| {
            let function =
                Function { kind, called: called.to_owned(), documentation: documentation.cloned() };
            functions.insert(name.to_owned(), function);
        };
        for name in state.table_functions().keys() {
            add(name, "table", name, None);
        }
        for (name, function) in state.window_functions() {
            add(name, "window", function.name(), function.documentation());
        }
        for (name, function) in state.scalar_functions() {
            add(name, "scalar", function.name(), function.documentation());
        }
        for (name, function) in state.aggregate_functions() {
            add(name, "aggregate", function.name(), function.documentation());
        }
        functions
    }

    /// Lists the functions whose names have a text in them.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn list_functions(&mut self, part: Option<&str>, delivery: &mut Delivery) -> Result<()> {
        let part = part.unwrap_or_default().to_lowercase();
        let functions = self.functions();
        let listed: Vec<(&String, &Function)> =
            functions.iter().filter(|(name, _)| name.contains(&part)).collect();
        let column = |of: &dyn Fn(&str, &Function) -> Option<String>| -> ArrayRef {
            Arc::new(listed.iter().map(|(name, function)| of(name, function)).collect::<StringArray>())
        };
        let columns = vec![
            ("function", column(&|name, _| Some(name.to_owned()))),
            ("kind", column(&|_, function| Some(function.kind.to_owned()))),
            ("syntax", column(&|name, function| Some(function.syntax(name)))),
            ("does", column(&|_, function| function.summary())),
        ];
        self.show(columns, delivery)
    }

    /// Tells what a function does: syntax, arguments, an example.
    ///
    /// # Errors
    /// There is no function of that name; the nearest is told.
    pub fn describe_function(&mut self, name: &str) -> Result<()> {
        let functions = self.functions();
        let name = name.trim_end_matches(['(', ')']).to_lowercase();
        let Some(function) = functions.get(&name) else {
            let error = Error::usage(say!("there is no function `{name}`", name));
            return Err(match text::nearest(&name, functions.keys().map(String::as_str)) {
                Some(near) => error.hint(say!("did you mean `{near}`?", near)),
                None => error.hint(say!("`\\df` lists them")),
            });
        };
        let (color, language) = (self.ui.terminal.color_out, self.ui.language);
        let heading = |word: Message| Role::Heading.paint(&word.text(language), color);
        let kind = match function.kind {
            "aggregate" => say!("aggregate function"),
            "window" => say!("window function"),
            "table" => say!("table function"),
            _ => say!("scalar function"),
        };
        let kind = match function.called != name {
            true => say!("{kind}, the same as {name}", kind, name = function.called),
            false => kind,
        };
        let syntax = heading(Message::verbatim(function.syntax(&name)));
        let mut page = format!("{syntax}  {}\n", kind.text(language));
        if let Some(documentation) = &function.documentation {
            page.push_str(&format!("{}\n", documentation.description.trim()));
            let arguments = documentation.arguments.as_deref().unwrap_or_default();
            if !arguments.is_empty() {
                page.push_str(&format!("\n{}\n", heading(say!("arguments"))));
            }
            for (argument, meaning) in arguments {
                page.push_str(&format!("  {argument}  {}\n", meaning.trim()));
            }
            if let Some(example) = &documentation.sql_example {
                page.push_str(&format!("\n{}\n", heading(say!("example"))));
                // The engine's documentation is Markdown.
                for line in example.lines().filter(|line| !line.starts_with("```")) {
                    page.push_str(&format!("  {line}\n"));
                }
            }
        }
        self.ui.page(&page)
    }
}
