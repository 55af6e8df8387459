//! Additions and comparisons of what cannot be added or compared.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::Kind;
use super::analysis::Analysis;
use super::facts::{Origin, Value};
use super::origins::{
    benefit_text, is_benefit, is_flow, is_mixed, is_money, is_of_persons, is_of_times, is_participations,
    is_stock, once, pair, two_stocks,
};
use super::value::{Scope, terms};
use crate::engine::written::written;
use crate::say;

impl Analysis<'_> {
    /// Looks at the additions and comparisons in an expression.
    pub(super) fn look(&mut self, expr: &Expr, scope: Scope<'_>) {
        let _ = expr.apply(|part| {
            let Expr::BinaryExpr(BinaryExpr { left, op, right }) = part else {
                return Ok(TreeNodeRecursion::Continue);
            };
            match op {
                Operator::Plus | Operator::Minus => {
                    let terms = terms(part);
                    for (_, term) in &terms {
                        self.look(term, scope);
                    }
                    let terms: Vec<(bool, &Expr, Value)> = terms
                        .into_iter()
                        .map(|(plus, term)| (plus, term, self.value(term, scope)))
                        .filter(|(_, _, value)| !is_mixed(&value.origins))
                        .collect();
                    self.added(&terms);
                    return Ok(TreeNodeRecursion::Jump);
                }
                Operator::Eq
                | Operator::NotEq
                | Operator::Lt
                | Operator::LtEq
                | Operator::Gt
                | Operator::GtEq => {
                    let values = [self.value(left, scope), self.value(right, scope)];
                    let [a, b] = &values;
                    let both: Vec<Origin> = a.origins.iter().chain(&b.origins).cloned().collect();
                    if !values.iter().any(|value| is_mixed(&value.origins))
                        && let Some((times, persons)) = pair(&both, is_participations, is_of_persons)
                        && times.table != persons.table
                    {
                        let (left, right) = (written(left), written(right));
                        let text = say!(
                            "`{left} {op} {right}` holds participations against persons: {once}",
                            left,
                            op,
                            right,
                            once = once()
                        );
                        self.find(Kind::Persons, text);
                    }
                }
                _ => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
    }

    fn added(&mut self, terms: &[(bool, &Expr, Value)]) {
        let find = |plus: bool, is: fn(&Origin) -> bool| {
            terms.iter().find(|(sign, _, value)| *sign == plus && value.origins.iter().any(is))
        };
        let name = |term: &(bool, &Expr, Value)| written(term.1);
        // Opening balance + paid out − paid back = closing balance.
        let rolls_forward = find(false, is_flow).is_some();
        if let (Some(stock), Some(flow), false) = (find(true, is_stock), find(true, is_flow), rolls_forward) {
            let (mut names, origins) = ([name(stock), name(flow)], [&stock.2.origins, &flow.2.origins]);
            if names[0] == names[1] {
                names = origins.map(|origins| origins[0].field.to_string());
            }
            let [stock, flow] = names;
            let text = say!(
                "`{stock}` is a stock (what there is at a date) and `{flow}` a flow (what happened in a time): \
                 their sum means nothing",
                stock,
                flow
            );
            self.find(Kind::StockAndFlow, text);
        }
        let plus: Vec<Origin> =
            terms.iter().filter(|(plus, ..)| *plus).flat_map(|(_, _, value)| value.origins.clone()).collect();
        // A part that is taken off and put back is counted once.
        let is_whole = find(false, is_stock).is_none();
        if let Some((one, other)) = two_stocks(&plus).filter(|_| is_whole) {
            let text = say!(
                "`{one}` and `{other}` are two stocks that may hold the same: their sum counts it twice",
                one = one.field,
                other = other.field
            );
            self.find(Kind::TwoStocks, text);
        }
        if let (Some(times), Some(persons)) = (find(true, is_of_times), find(true, is_of_persons)) {
            let (times, persons) = (name(times), name(persons));
            let once = once();
            let text =
                say!("`{times}` counts participations and `{persons}` persons: {once}", times, persons, once);
            self.find(Kind::Persons, text);
        }
        if let (Some(benefit), Some(money)) = (find(true, is_benefit), find(true, is_money)) {
            self.find(Kind::Benefit, benefit_text(&name(benefit), &name(money)));
        }
    }
}
