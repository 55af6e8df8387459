//! `tongket import` and `tongket compact`: what offices send, what becomes of it, and what is left
//! where the program is stopped on the way.

mod faults;
mod headings;
mod keys;
mod sheets;
mod staged;
#[cfg(unix)]
mod stopped;
#[cfg(target_os = "linux")]
mod streams;
mod text;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::env::{Ran, TestEnv, repository};

/// A workspace whose contract describes a table `spending` that has no rows yet.
pub(crate) struct Office {
    pub(crate) env: TestEnv,
}

impl Office {
    pub(crate) fn new() -> Self {
        let env = TestEnv::empty();
        env.write("datasets/datapackage.json", contract().to_string());
        let units = repository().join("datasets/units.parquet");
        std::fs::copy(units, env.path("datasets/units.parquet")).expect("copies");
        Self { env }
    }

    /// Imports into the table, and holds what was read against what was written and put aside.
    pub(crate) fn import(&self, args: &[&str]) -> Ran {
        let before = self.count();
        let ran = self.env.run(&[&["import", "--table", "spending"], args].concat());
        if args.contains(&"--dry-run") || args.contains(&"--strict") || !matches!(ran.status, 0 | 3) {
            return ran;
        }
        let sum = |what: &str| -> u64 {
            let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
            let lines = reader.records().map(|line| line.expect("a line"));
            lines.filter(|line| &line[1] == what).map(|line| line[2].parse::<u64>().expect("rows")).sum()
        };
        assert_eq!(sum("read"), sum("written") + sum("put aside"), "{ran}");
        assert_eq!(self.count(), before + sum("written") - sum("replaced"), "{ran}");
        assert_eq!(ran.status == 3, sum("put aside") > 0, "{ran}");
        ran
    }

    /// Imports a file with nothing at fault, and gives the rows.
    pub(crate) fn sound(&self, args: &[&str], columns: &str) -> String {
        let ran = self.import(args);
        assert_eq!(ran.status, 0, "{ran}");
        self.rows(columns)
    }

    /// The table's rows, in the order of the files.
    pub(crate) fn rows(&self, columns: &str) -> String {
        self.env.csv(&format!("SELECT {columns} FROM spending ORDER BY source_file, source_row, item_id"))
    }

    /// The number of the table's rows; 0 where there is no table.
    pub(crate) fn count(&self) -> u64 {
        let datasets = self.env.path("datasets");
        if !datasets.join("spending.parquet").exists() && !datasets.join("spending").exists() {
            return 0;
        }
        let answer = self.env.csv("SELECT count(*) AS n FROM spending");
        answer.lines().nth(1).expect("a number").parse().expect("a number")
    }

    /// All files of the workspace with their bytes.
    pub(crate) fn bytes(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.env.path("."), &mut files);
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in folder.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            collect(&path, files);
        } else {
            let bytes = std::fs::read(&path).expect("reads");
            files.insert(path, bytes);
        }
    }
}

/// What an office spends: texts, codes, days, money, shares, counts and truth values, with a key, a
/// unit of another table, a rule that rejects rows and one that warns.
fn contract() -> serde_json::Value {
    let field = |name: &str, kind: &str, title: &str, title_vi: &str| json!({"name": name, "type": kind, "title": title, "title_vi": title_vi});
    let with = |mut field: serde_json::Value, more: serde_json::Value| {
        field.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        field
    };
    let code = |value: &str, label: &str, label_vi: &str| json!({"value": value, "label": label, "label_vi": label_vi});
    let kinds = json!([
        code("travel", "travel", "Đi lại"),
        code("food", "food", "Ăn uống"),
        code("print", "printing", "In ấn")
    ]);
    let spending = json!({
        "name": "spending",
        "path": "spending.parquet",
        "schema": {
            "fields": [
                with(field("item_id", "string", "Item id", "Mã khoản"), json!({"constraints": {"required": true}})),
                field("unit_id", "string", "Unit", "Đơn vị"),
                with(field("kind", "string", "Kind", "Loại"), json!({"categories": kinds, "constraints": {"enum": ["travel", "food", "print"]}})),
                field("content", "string", "Content", "Nội dung"),
                field("day", "date", "Day", "Ngày chi"),
                with(field("cost_vnd", "integer", "Cost", "Kinh phí"), json!({"unit": "VND", "constraints": {"minimum": 0}})),
                field("share", "number", "Share", "Tỷ lệ"),
                field("people", "integer", "People", "Số người"),
                field("paid", "boolean", "Paid", "Đã chi"),
                field("source_file", "string", "Source file", "Tệp nguồn"),
                field("source_row", "integer", "Source row", "Dòng nguồn"),
            ],
            "primaryKey": "item_id",
            "foreignKeys": [{"fields": "unit_id", "reference": {"resource": "units", "fields": "unit_id"}}],
        "rules": [
            {"name": "eaters", "expression": "kind <> 'food' OR people > 0", "title": "food is for people", "title_vi": "ăn uống thì phải có người"},
            {"name": "dear", "expression": "cost_vnd < 1000000000", "severity": "warning", "title": "a billion is much"},
        ]
        }
    });
    let units = json!({"name": "units", "path": "units.parquet", "schema": {"fields": [{"name": "unit_id", "type": "string"}]}});
    json!({"resources": [units, spending]})
}
