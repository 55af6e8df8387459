use super::super::{Cell, HeaderOptions, Row};
use super::{Region, Source, open};

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

#[test]
fn a_merged_unit_is_filled_down_into_rows_that_have_more() {
    let rows = [
        (1, vec![text("đơn vị"), text("nội dung"), text("số")]),
        (2, vec![text("Yên Mô"), text("a"), Cell::Number(1.0)]),
        (3, vec![Cell::Empty, text("b"), Cell::Number(2.0)]),
        (4, vec![]),
        (5, vec![Cell::Empty, text("c"), Cell::Number(3.0)]),
        (6, vec![Cell::Empty, text("d"), Cell::Number(4.0)]),
    ];
    let rows = rows.map(|(number, cells)| Ok(Row::new(number, cells)));
    let regions = vec![
        Region { top: 2, left: 0, bottom: 5, right: 0 },
        // Merged sideways: the value stays in the first cell.
        Region { top: 6, left: 1, bottom: 6, right: 2 },
    ];
    let source =
        Source { file: "t".into(), sheet: Some("s".into()), regions, rows: Box::new(rows.into_iter()) };
    let opened = open(source, &HeaderOptions::default(), Vec::new(), false).unwrap();
    assert_eq!(opened.told(), ["header: row 1", "1 merged cell filled down into 3 rows"]);
    let units: Vec<(u64, Cell)> =
        opened.rows.map(|row| row.map(|row| (row.number, row.cells[0].clone())).unwrap()).collect();
    let unit = || text("Yên Mô");
    assert_eq!(units, [(2, unit()), (3, unit()), (5, unit()), (6, Cell::Empty)]);
}
