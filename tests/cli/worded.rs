//! `--lang`, titles and labels: what readers see, and what programs never do.

use crate::env::TestEnv;

#[test]
fn a_table_has_titles_labels_numbers_and_dates_of_the_language() {
    let env = TestEnv::workspace();
    let sql = "SELECT unit_id, category, min(start_date) AS start_date, sum(participations) AS participations, \
               true AS kept, 1234.5 AS share FROM activities WHERE unit_id = 'yen_mo' GROUP BY unit_id, category \
               ORDER BY participations DESC LIMIT 2";
    let ran = |lang: &str| env.run(&["--lang", lang, "--format", "table", "-c", sql]);
    insta::assert_snapshot!(ran("vi"), @"
    exit 0
    --- stdout
     Đơn vị  Loại hoạt động          Ngày bắt đầu  Lượt tham gia  kept    share
     ──────  ──────────────────────  ────────────  ─────────────  ────  ───────
     yen_mo  tình nguyện             07/01/2022            1.457  có    1.234,5
     yen_mo  tuyên truyền, vận động  25/01/2022              145  có    1.234,5
    --- stderr
    ");
    insta::assert_snapshot!(ran("en"), @"
    exit 0
    --- stdout
     Unit    Category      Start date   Participations  kept    share
     ──────  ────────────  ───────────  ──────────────  ────  ───────
     yen_mo  volunteering  7 Jan 2022            1,457  yes   1,234.5
     yen_mo  outreach      25 Jan 2022             145  yes   1,234.5
    --- stderr
    ");
}

#[test]
fn a_saved_query_is_worded_in_every_format_for_readers() {
    let env = TestEnv::workspace();
    for format in ["table", "line", "markdown", "chart"] {
        let ran = env.run(&["--lang", "vi", "--format", format, "run", "loans/by-channel"]);
        assert!(ran.stdout.contains("vốn ủy thác của Ngân hàng"), "{ran}");
        // A chart has sums of money in the unit that reads best.
        let (sum, head) = if format == "chart" {
            ("397,8", "Dư nợ (tỷ đồng)")
        } else {
            ("397.846.500.000", "Dư nợ")
        };
        assert!(ran.stdout.contains(sum) && ran.stdout.contains(head), "{ran}");
        assert!(!ran.stdout.contains("vbsp_entrusted"), "{ran}");
    }
}

#[test]
fn formats_for_programs_are_the_same_in_every_language() {
    let env = TestEnv::workspace();
    for format in ["csv", "tsv", "json", "ndjson", "parquet", "arrow"] {
        let (vi, en) = (format!("vi.{format}"), format!("en.{format}"));
        for (lang, file) in [("vi", &vi), ("en", &en)] {
            let ran = env.run(&[
                "--lang",
                lang,
                "--format",
                format,
                "run",
                "loans/by-channel",
                "-o",
                file.as_str(),
            ]);
            assert_eq!(ran.status, 0, "{ran}");
        }
        let bytes = |file: &str| std::fs::read(env.path(file)).expect("reads");
        assert_eq!(bytes(&vi), bytes(&en), "{format}");
    }
}

#[test]
fn the_language_is_that_of_the_flag_else_the_variable_else_the_locale() {
    let env = TestEnv::workspace();
    let said = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = env.command(env!("CARGO_BIN_EXE_tongket"));
        command.env_remove("LC_ALL").args(args).envs(variables.iter().copied());
        env.finish(command, None).stderr
    };
    let run = ["run", "nothing/there"];
    let is_vietnamese = |text: &str| text.starts_with("lỗi: ");
    assert!(!is_vietnamese(&said(&[], &run)));
    assert!(is_vietnamese(&said(&[("LANG", "vi_VN.UTF-8")], &run)));
    assert!(is_vietnamese(&said(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "vi_VN")], &run)));
    assert!(!is_vietnamese(&said(&[("LANG", "vi_VN.UTF-8"), ("LC_ALL", "C")], &run)));
    assert!(!is_vietnamese(&said(&[("LANG", "vi_VN.UTF-8"), ("TONGKET_LANG", "en")], &run)));
    assert!(is_vietnamese(&said(&[("TONGKET_LANG", "en")], &["--lang", "vi", "run", "nothing/there"])));
}

#[test]
fn an_english_locale_leaves_names_as_they_are() {
    let env = TestEnv::workspace();
    let mut command = env.command(env!("CARGO_BIN_EXE_tongket"));
    command.env_remove("LC_ALL").env("LANG", "en_US.UTF-8").args([
        "--format",
        "table",
        "run",
        "loans/by-channel",
    ]);
    assert!(env.finish(command, None).stdout.contains("vbsp_entrusted"));
}

#[test]
fn titles_can_be_put_aside_and_the_language_changed_at_the_prompt() {
    let env = TestEnv::workspace();
    let script = "\\pset titles off\nSELECT kind FROM outputs GROUP BY kind ORDER BY kind;\n\\pset lang en\n\
                  SELECT kind FROM outputs GROUP BY kind ORDER BY kind;\n";
    insta::assert_snapshot!(env.run_with_input(&["--lang", "vi", "--format", "table"], script), @"
    exit 0
    --- stdout
     kind
     ────
     task
     work

     kind
     ────
     task
     work
    --- stderr
    ");
}

#[test]
fn the_year_is_that_of_the_workspace_or_the_one_asked_for() {
    let env = TestEnv::workspace();
    let first = |args: &[&str]| env.run(args).stdout.lines().nth(1).unwrap_or_default().to_owned();
    let here = first(&["run", "loans/by-channel"]);
    assert_eq!(here, first(&["run", "loans/by-channel", "--year", "2022"]));
    assert_ne!(here, first(&["run", "loans/by-channel", "--year", "2021"]));
    assert_ne!(
        first(&["run", "outputs/by-unit"]),
        first(&["run", "outputs/by-unit", "--year", "2021"]),
        "the parameter `year` follows too"
    );
    assert_eq!(here, first(&["run", "loans/by-channel", "--year", "2021", "-p", "as_of=2022-12-31"]));
}

#[test]
fn a_year_that_is_not_known_or_not_asked_for_is_told() {
    let env = TestEnv::workspace();
    env.write("queries/same.sql", "SELECT 1 AS one");
    insta::assert_snapshot!(env.run(&["run", "same", "--year", "2021"]), @"
    exit 2
    --- stdout
    --- stderr
    error: query `same` is the same in every year
    hint: leave out `--year`
    ");
    let contract = env.read("datasets/datapackage.json").replace("\"year\": 2022,", "");
    env.write("datasets/datapackage.json", contract);
    insta::assert_snapshot!(env.run(&["run", "loans/by-channel"]), @"
    exit 2
    --- stdout
    --- stderr
    error: query `loans/by-channel` is about a year, and none is given
    hint: name one with `--year YEAR`, or as `year` in the contract
    ");
    insta::assert_snapshot!(env.run(&["run", "loans/by-channel", "--year", "MMXXII"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--year <YEAR>` cannot be `MMXXII`: expected a whole number from 1 to 9999
    hint: `tongket --help` tells how it goes
    ");
}
