//! Expressions as the user wrote them, or nearly.

use datafusion::logical_expr::{BinaryExpr, Expr};

/// An expression in the user's words.
pub(super) fn written(expr: &Expr) -> String {
    match expr {
        Expr::Column(column) => plain(&column.name),
        Expr::Cast(cast) => written(&cast.expr),
        Expr::Alias(alias) => written(&alias.expr),
        Expr::Literal(value, _) => value.to_string(),
        Expr::ScalarSubquery(_) => "(SELECT …)".to_owned(),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            format!("({} {op} {})", written(left), written(right))
        }
        other => plain(&other.human_display().to_string()),
    }
}

/// A name that the engine made of an expression, without the names of tables and types in it:
/// `sum(t.x + Int64(1))` is `sum(x + 1)`.
fn plain(name: &str) -> String {
    if !name.contains('(') {
        return name.to_owned();
    }
    let name = name.replace("count(Int64(1))", "count(*)");
    let mut plain = String::with_capacity(name.len());
    let mut word = String::new();
    // Whether each bracket that is open was one of a type.
    let mut open = Vec::new();
    for c in name.chars() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        let is_name = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let is_type = ["Int64", "Utf8", "Float64", "Boolean", "Date32"].contains(&word.as_str());
        match c {
            '.' if is_name => word.clear(),
            '(' => {
                open.push(is_type);
                if is_type {
                    word.clear();
                } else {
                    plain.push_str(&std::mem::take(&mut word));
                    plain.push('(');
                }
            }
            ')' if open.pop() == Some(true) => plain.push_str(&std::mem::take(&mut word)),
            c => {
                plain.push_str(&std::mem::take(&mut word));
                plain.push(c);
            }
        }
    }
    plain + &word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_engine_are_made_plain() {
        for (name, wanted) in [
            ("x", "x"),
            ("Tên.x", "Tên.x"),
            ("count(Int64(1))", "count(*)"),
            ("sum(a.participations)", "sum(participations)"),
            ("coalesce(sum(t.Số), Int64(0))", "coalesce(sum(Số), 0)"),
            ("round(b.x * Float64(1.5))", "round(x * 1.5)"),
        ] {
            assert_eq!(plain(name), wanted);
        }
    }
}
