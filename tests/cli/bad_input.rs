//! Each bad input has one clear error and its exit code, and nothing is written.

use std::io::Write as _;

use bytes::Bytes;
use parquet::file::metadata::{
    ColumnChunkMetaDataBuilder, PageIndexPolicy, ParquetMetaDataReader, ParquetMetaDataWriter,
};
use parquet::file::page_index::offset_index::PageLocation;
use parquet::file::writer::TrackedWrite;

use crate::env::TestEnv;

#[test]
fn no_workspace() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["run", "overview"]), @"
    exit 2
    --- stdout
    --- stderr
    error: saved query `overview` needs a workspace, and neither this folder nor one above it holds `datasets`
    hint: name one with `-C DIR`, or make one with `tongket init DIR`
    ");
    insta::assert_snapshot!(env.run(&["tables"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the list of tables needs a workspace, and neither this folder nor one above it holds `datasets`
    hint: name one with `-C DIR`, or make one with `tongket init DIR`
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM activities"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no table `activities`
     --> -c:1:15
    1 | SELECT * FROM activities
      |               ^^^^^^^^^^
    hint: this is no workspace: name one with `-C DIR`, make one with `tongket init DIR`, or read a file with FROM 'file.parquet'
    ");
    insta::assert_snapshot!(env.run(&["-C", "none", "tables"]), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no folder `none`
    hint: make one with `tongket init 'none'`
    ");
    insta::assert_snapshot!(env.run(&["-C", ".", "queries"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `.` is not a workspace: it has no folder `datasets`
    hint: make one with `tongket init '.'`
    ");
    assert_eq!(env.list("."), Vec::<String>::new());
}

#[test]
fn unknown_names() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["run", "loans/by-chanel"]), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no saved query `loans/by-chanel`
    hint: did you mean `loans/by-channel`?
    ");
    insta::assert_snapshot!(env.run(&["queries", "zzz"]), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no saved query `zzz`
    hint: `tongket queries` lists them
    ");
    insta::assert_snapshot!(env.run(&["run", "none.sql"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `none.sql`: no such file or directory
    ");
    insta::assert_snapshot!(env.run(&["--format", "excel", "-c", "SELECT 1"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--format <FORMAT>` cannot be `excel`
    hint: there are table, csv, tsv, json, ndjson, markdown, line, parquet, arrow, xlsx, chart, svg, png, junit
    ");
    insta::assert_snapshot!(env.run(&["rnu"]), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no command `rnu`
    hint: `tongket --help` tells how it goes
    ");
    insta::assert_snapshot!(env.run(&["run", "overview", "-p", "year"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--param <NAME=VALUE>` cannot be `year`: expected NAME=VALUE
    hint: `tongket --help` tells how it goes
    ");
}

/// What is wrong with a command line is told in the reader's language, before it is read as a whole.
#[test]
fn slips_are_told_in_vietnamese() {
    let env = TestEnv::workspace();
    for (args, said) in [
        (
            &["--lang", "vi", "rnu"][..],
            "lỗi: không có lệnh `rnu`\ngợi ý: `tongket --help` cho biết cách dùng\n",
        ),
        (
            &["--lang=vi", "run"],
            "lỗi: thiếu `<NAME|FILE.sql>`\ngợi ý: `tongket run --help` cho biết cách dùng\n",
        ),
        (
            &["--lang", "vi", "--lan", "en"],
            "lỗi: ở đây không có tùy chọn `--lan`\ngợi ý: có phải ý bạn là `--lang`?\n",
        ),
        (
            &["check", "--show", "x", "--lang", "vi"],
            "lỗi: `--show <N>` không thể là `x`: phải là số nguyên\n",
        ),
        (
            &["--lang", "vi", "--memory-limit", "5x"],
            "lỗi: `--memory-limit <SIZE>` không thể là `5x`: phải là một dung lượng",
        ),
    ] {
        let ran = env.run(args);
        assert!(ran.status == 2 && ran.stderr.starts_with(said), "{ran}");
    }
    let mut command = env.command(crate::env::TONGKET);
    command.env("TONGKET_LANG", "vi").arg("--lan");
    let output = command.output().expect("runs");
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("lỗi: "), "{output:?}");
    // An empty name chooses no language.
    let mut command = env.command(crate::env::TONGKET);
    let output = command.env("TONGKET_LANG", "").args(["-c", "SELECT 1 AS a"]).output().expect("runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a\n1\n");
}

/// A damaged file costs its own table and no other.
#[test]
fn damaged_files_in_the_workspace() {
    let env = TestEnv::workspace();
    let good = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    env.write("datasets/cut.parquet", &good[..1000]);
    env.write("datasets/empty.parquet", "");
    env.write("datasets/text.parquet", "this is no Parquet file at all");
    let mut lies = good.clone();
    let end = lies.len();
    lies[end - 8..end - 4].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    env.write("datasets/lies.parquet", &lies);
    let mut encrypted = good.clone();
    encrypted[end - 4..].copy_from_slice(b"PARE");
    env.write("datasets/encrypted.parquet", &encrypted);
    for name in ["cut", "empty", "text", "lies", "encrypted"] {
        let ran = env.run(&["-c", &format!("SELECT * FROM {name}")]);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.lines().count()), (1, "", 1), "{ran}");
        assert!(ran.stderr.contains(&format!("datasets/{name}.parquet")), "{ran}");
    }
    assert_eq!(env.csv("SELECT count(*) AS n FROM units"), "n\n13\n");
    let ran = env.run(&["tables", "--csv"]);
    assert_eq!((ran.status, ran.stdout.lines().count()), (1, 11), "{ran}");
    insta::assert_snapshot!(ran.stderr, @"
    error: table `cut`: cannot read `[DIR]/datasets/cut.parquet`: the file is cut short: its end is missing
    error: table `empty`: cannot read `[DIR]/datasets/empty.parquet`: the file is empty
    error: table `encrypted`: cannot read `[DIR]/datasets/encrypted.parquet`: the file is encrypted
    error: table `lies`: cannot read `[DIR]/datasets/lies.parquet`: the file is damaged: its footer is longer than the file
    error: table `text`: cannot read `[DIR]/datasets/text.parquet`: it is not a Parquet file
    ");
    let ran = env.run(&["-c", "SELECT count(DISTINCT table_name) AS n FROM information_schema.columns WHERE table_schema = 'public'"]);
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.lines().count()), (0, "n\n10\n", 5), "{ran}");
}

/// A file whose pages are damaged fails when they are read; a reader that panics is an error too.
#[test]
fn damaged_pages_never_crash() {
    let env = TestEnv::workspace();
    let good = std::fs::read(env.path("datasets/activities.parquet")).expect("reads");
    let mut state = 12345_u64;
    let mut failed = 0;
    for round in 0..24 {
        let mut bad = good.clone();
        for _ in 0..=round {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = 4 + (state >> 33) as usize % (bad.len() - 12);
            bad[at] = (state >> 20) as u8;
        }
        env.write("datasets/bad.parquet", &bad);
        let ran = env.run(&[
            "-c",
            "SELECT count(DISTINCT unit_id), sum(participations), max(end_date), sum(cost_vnd) FROM bad",
        ]);
        assert!(ran.status == 0 || ran.status == 1, "{ran}");
        assert!(!ran.stderr.contains("panicked"), "{ran}");
        if ran.status == 1 {
            failed += 1;
            assert!(ran.stderr.contains("bad"), "{ran}");
        }
    }
    assert!(failed > 5, "{failed}");
}

/// A footer whose row count is not that of its row groups would answer each question differently.
#[test]
fn a_footer_that_contradicts_itself_is_refused() {
    let env = TestEnv::workspace();
    let mut bytes = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    // Thrift's compact form of "13 rows" (26, zigzag) before the list of one row group.
    let said = bytes.windows(4).rposition(|four| four == [0x16, 0x1a, 0x19, 0x1c]).expect("the row count");
    bytes[said + 1] = 0x1c;
    env.write("datasets/lying.parquet", &bytes);
    insta::assert_snapshot!(env.run(&["-c", "SELECT count(*) FROM lying"]), @"
    exit 1
    --- stdout
    --- stderr
    error: table `lying`: cannot read `[DIR]/datasets/lying.parquet`: the file is damaged: its footer says 14 rows, its row groups hold 13
    ");
}

/// The file of the units with another footer.
fn with_footer(
    env: &TestEnv,
    index: PageIndexPolicy,
    change: impl Fn(ColumnChunkMetaDataBuilder) -> ColumnChunkMetaDataBuilder,
    change_pages: impl Fn(&mut PageLocation),
) {
    let bytes = Bytes::from(std::fs::read(env.path("datasets/units.parquet")).expect("reads"));
    let mut reader = ParquetMetaDataReader::new().with_page_index_policy(index);
    reader.try_parse(&bytes).expect("a footer");
    let mut metadata = reader.finish().expect("a footer").into_builder();
    let groups = metadata.take_row_groups().into_iter().map(|group| {
        let columns = group
            .columns()
            .iter()
            .map(|column| change(column.clone().into_builder()).build().expect("a column"));
        let columns = columns.collect();
        group.into_builder().set_column_metadata(columns).build().expect("a row group")
    });
    let groups = groups.collect();
    let mut pages = metadata.take_offset_index();
    pages.iter_mut().flatten().flatten().flat_map(|column| &mut column.page_locations).for_each(change_pages);
    let metadata = metadata.set_row_groups(groups).set_offset_index(pages).build();
    let mut file = Vec::new();
    let mut written = TrackedWrite::new(&mut file);
    written.write_all(&bytes).expect("writes");
    ParquetMetaDataWriter::new_with_tracked(written, &metadata).finish().expect("writes");
    env.write("datasets/lying.parquet", &file);
}

/// A footer that sends the reader far beyond its file. To make room for what is said to be there would
/// end the process.
#[test]
fn a_footer_that_says_more_than_the_file_has_is_an_error() {
    let env = TestEnv::workspace();
    let far = 1 << 50;
    let count = "SELECT count(DISTINCT name_vi) AS n FROM lying";
    with_footer(&env, PageIndexPolicy::Skip, |column| column.set_total_compressed_size(far), |_| {});
    insta::assert_snapshot!(env.run(&["-c", count]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `[DIR]/datasets/lying.parquet`: the file is damaged: it says that its bytes 182 to 1125899906842806 are data, and it has 3645
    ");
    with_footer(&env, PageIndexPolicy::Skip, |column| column.set_dictionary_page_offset(Some(far)), |_| {});
    insta::assert_snapshot!(env.run(&["-c", count]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `[DIR]/datasets/lying.parquet`: requested range was invalid
    ");
    with_footer(&env, PageIndexPolicy::Skip, |column| column.set_offset_index_length(Some(i32::MAX)), |_| {});
    insta::assert_snapshot!(env.run(&["--lang", "vi", "-c", count]), @"
    exit 1
    --- stdout
    --- stderr
    lỗi: bảng `lying`: không đọc được `[DIR]/datasets/lying.parquet`: tệp bị hỏng: theo tệp thì dữ liệu nằm ở byte 690 đến 2147484585, nhưng tệp chỉ có 3627 byte
    ");
    let one = "SELECT name_vi FROM lying WHERE unit_id = 'nho_quan'";
    for size in [i32::MAX, -1] {
        let change = |page: &mut PageLocation| page.compressed_page_size = size;
        with_footer(&env, PageIndexPolicy::Required, |column| column, change);
        let ran = env.run(&["-c", one]);
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{size}: {ran}");
        assert!(ran.stderr.contains("datasets/lying.parquet"), "{size}: {ran}");
    }
}

#[test]
fn a_contract_that_does_not_parse() {
    let env = TestEnv::workspace();
    env.write("datasets/datapackage.json", "{\n  \"resources\": [\n    {\"title\": 1}\n  ]\n}\n");
    insta::assert_snapshot!(env.run(&["tables"]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the contract cannot be read: `resources[0].title`: invalid type: integer `1`, expected a string
     --> [DIR]/datasets/datapackage.json:3:15
    3 |     {"title": 1}
      |               ^
    "#);
    // Questions go on being answered: they need no contract.
    assert_eq!(env.csv("SELECT count(*) AS n FROM units"), "n\n13\n");
}

/// Kept by root too, unlike permissions: a file where a folder should be.
#[test]
fn an_output_folder_that_is_a_file() {
    let env = TestEnv::workspace();
    env.write("out", "a file");
    let ran = env.run(&["run", "--all", "-o", "out"]);
    assert_eq!((ran.status, ran.stdout.as_str(), env.read("out").as_str()), (1, "", "a file"), "{ran}");
    assert!(ran.stderr.starts_with("error: cannot make the folder `out`"), "{ran}");
    assert_eq!(env.run(&["-c", "SELECT 1", "-o", "out/x.csv"]).status, 1);
}

/// What the engine does not plan is said in words of the language, not of the engine.
#[test]
fn a_query_where_none_can_stand() {
    let env = TestEnv::workspace();
    for sql in [
        "SELECT (SELECT max(kind) FROM units AS b WHERE b.valid_from > a.valid_from) AS k FROM units AS a",
        "SELECT (SELECT kind FROM units AS b WHERE b.unit_id = a.unit_id) AS k FROM units AS a",
        "SELECT unit_id FROM units ORDER BY unit_id IN (SELECT unit_id FROM awards)",
    ] {
        let ran = env.run(&["-c", sql]);
        let told =
            "error: a query stands where the engine cannot plan one\nhint: as a value it gives one row";
        assert!(ran.status == 1 && ran.stderr.starts_with(told), "{sql}\n{ran}");
    }
    let joined = "SELECT count(*) AS n FROM units WHERE EXISTS (SELECT 1 FROM awards WHERE awards.unit_id = units.unit_id)";
    assert_eq!(env.csv(joined), "n\n13\n");
}

#[test]
fn deep_and_long_statements_end() {
    let env = TestEnv::empty();
    let deep = format!("SELECT {}1{} AS n", "(".repeat(3000), ")".repeat(3000));
    let ran = env.run_with_input(&[], &deep);
    assert!(ran.status == 0 || ran.status == 1, "{}", ran.status);
    let wide = format!("SELECT {} AS n", (1..400).map(|n| n.to_string()).collect::<Vec<_>>().join(" + "));
    assert_eq!(env.run_with_input(&[], &wide).stdout, "n\n79800\n");
}

/// The usual build has no network in it, and says so.
#[cfg(not(feature = "s3"))]
#[test]
fn a_bucket_is_refused_by_a_build_without_them() {
    let env = TestEnv::workspace();
    for args in [
        &["-C", "s3://b/w", "tables"][..],
        &["-c", "SELECT * FROM 's3://b/a.csv'"],
        &["-c", "SELECT 1", "-o", "s3://b/a.csv"],
        &["--table", "t=https://host/a.parquet", "-c", "SELECT * FROM t"],
    ] {
        let ran = env.run(args);
        assert!(
            ran.status != 0 && ran.stderr.contains("this program was built without object storage"),
            "{ran}"
        );
        assert!(ran.stderr.contains("--features s3"), "{ran}");
    }
}
