//! What templates name and may do, and what they are told.

use super::{made, page, text};
use crate::env::TestEnv;

#[test]
fn a_template_names_tables_charts_and_their_columns() {
    let page = page(
        "{{ table(\"units/league\", [\"name_vi\", \"value\"], title=\"A *b*\", measure=\"works\") }}\n{{ chart(\"activities/by-month\", [\"month\", \"volunteering_done\"], title=\"By month\") }}\n",
    );
    let text = text(&page);
    assert!(text.contains("Table 1</a>. A *b*</caption>"), "{text}");
    assert!(text.contains("aria-label=\"By month\"") && text.contains("Chart 1</a>. By month"), "{text}");
    assert!(text.contains("Volunteering done") && !text.contains(">Done<"), "{text}");
    for (axes, said) in
        [("[\"month\"]", "a chart draws two columns"), ("[\"month\", \"x\"]", "no column `x`")]
    {
        let (_env, ran) = made(&format!("{{{{ chart(\"activities/by-month\", {axes}) }}}}\n"), &[]);
        assert!(ran.status == 1 && ran.stderr.contains(said), "{ran}");
    }
}

#[test]
fn only_a_value_that_is_shown_as_it_is_leads_to_its_query() {
    let text = text(&page(concat!(
        "A {{ value(\"figures/f07\") }} {{ value(\"figures/f05\") | vnd(1) }}\n\n",
        "B {{ 16 - value(\"figures/f07\") }} {{ (value(\"figures/f07\") * 1000) | number }}\n\n",
        "C {% set n = value(\"figures/f07\") %}{{ n }} {{ 8 }}\n\n",
        "D {% macro m(q) %}<{{ value(q) }}>{% endmacro %}{{ m(\"figures/f07\") }}\n\n",
        "E {% set t %}{{ value(\"figures/f07\") }} *x*{% endset %}{{ t }} {{ \"a\" ~ t }}\n",
    )))
    .to_owned();
    let link = |n: usize, text: &str| format!("<a class=\"figure\" href=\"#n{n}\" data-n=\"{n}\">{text}</a>");
    let eight = link(1, "8");
    for part in [
        format!("<p>A {eight} {}</p>", link(2, "7.0 billion VND")),
        "<p>B 8 8,000</p>".to_owned(),
        "<p>C 8 8</p>".to_owned(),
        format!("<p>D &lt;{eight}&gt;</p>"),
        format!("<p>E {eight} <em>x</em> a{eight} <em>x</em></p>"),
    ] {
        assert!(text.contains(&part), "{part}: {text}");
    }
}

#[test]
fn figures_in_links_images_and_code_are_their_text() {
    let template = "[x](https://e.org/{{ value(\"figures/f02\") }} \"{{ value(\"figures/f02\") }}\") ![a {{ value(\"figures/f02\") }}](data:image/png;base64,AAA) `{{ value(\"figures/f02\") }}`\n";
    let page = page(template);
    for part in [
        "<a href=\"https://e.org/1,712\" title=\"1,712\">x</a>",
        "<img src=\"data:image/png;base64,AAA\" alt=\"a 1,712\" />",
        "<code>1,712</code>",
    ] {
        assert!(text(&page).contains(part), "{part}: {}", text(&page));
    }
    let (_env, ran) = made(template, &["--format", "markdown"]);
    let line = "[x](https://e.org/1,712 \"1,712\") ![a 1,712](data:image/png;base64,AAA) `1,712`";
    assert!(ran.stdout.contains(line), "{ran}");
}

#[test]
fn what_a_template_may_not_do_is_told() {
    for (template, said) in [
        ("{{ value(\"figures/f07\") | number(65536) }}", "at most 20 digits"),
        (
            "{% for i in range(10000) %}{% for j in range(10000) %}{{ j }}{% endfor %}{% endfor %}",
            "out of fuel",
        ),
        ("{{ table(\"figures/f07\", []) }}", "no column is named"),
        ("{{ table(\"figures/f07\") | number }}", "this filter is for numbers"),
    ] {
        let (_env, ran) = made(template, &[]);
        assert!(ran.status == 1 && ran.stderr.contains(said) && ran.stdout.is_empty(), "{template}: {ran}");
    }
    for format in ["x.html", "x.md"] {
        let env = TestEnv::workspace();
        env.write("t.md", "a {{ \"\\ue0005\\ue001\" | safe }} b\n");
        let ran = env.run(&["report", "--template", "t.md", "-o", format]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    }
    let env = TestEnv::workspace();
    env.write("t.md", "# A\n");
    let ran = env.run(&["report", "--template", "t.md", "-o", "t.md", "--force"]);
    assert!(ran.status == 2 && env.read("t.md") == "# A\n", "{ran}");
    assert_eq!(env.run(&["report", "--template", "t.md", "--excel", "--csv"]).status, 2);
    assert_eq!(env.run(&["report", "--template", "t.md", "--profile", "p.json"]).status, 2);
}

#[test]
fn characters_that_a_page_would_act_on_are_shown() {
    let env = TestEnv::workspace();
    env.write("queries/odd.sql", "SELECT concat('a', chr(8238), 'b', chr(57344), '0', chr(57345)) AS v\n");
    env.write("t.md", "# {{ value(\"odd\") }}\n\n{{ value(\"odd\") }} {% set v = value(\"odd\") %}{{ v }}\n");
    let ran = env.run(&["report", "--template", "t.md"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(!ran.stdout.contains(['\u{202e}', '\u{e000}', '\u{e001}']), "{ran}");
}

#[test]
fn what_stops_a_report_is_told_with_its_place_in_the_template() {
    let told = |template: &str, args: &[&str]| {
        let (env, ran) = made(template, &[&["-o", "x.html"], args].concat());
        assert!(!env.path("x.html").exists(), "{ran}");
        ran
    };
    insta::assert_snapshot!(told("# A\n\n{{ value(\"figures/f02\" }}\n", &[]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the template: unexpected `}`, expected `,`
     --> t.md:3:24
    3 | {{ value("figures/f02" }}
      |                        ^
    "#);
    insta::assert_snapshot!(told("# A\n\nIn {{ yaer }}\n", &[]), @"
    exit 1
    --- stdout
    --- stderr
    error: the template: `yaer` is undefined
     --> t.md:3:7
    3 | In {{ yaer }}
      |       ^^^^
    ");
    insta::assert_snapshot!(told("Số {{ value(\"figures/f20\") }}\n", &[]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the report cannot be made: there is no saved query `figures/f20`
     --> t.md:1:7
    1 | Số {{ value("figures/f20") }}
      |       ^^^^^^^^^^^^^^^^^^^^
    hint: did you mean `figures/f02`?
    "#);
    insta::assert_snapshot!(told("{{ table(\"units/league\", measur=\"awards\") }}\n", &[]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the report cannot be made: query `units/league` has no parameter `measur`
     --> t.md:1:4
    1 | {{ table("units/league", measur="awards") }}
      |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: did you mean `measure`?
    "#);
    insta::assert_snapshot!(told("{{ table(\"units/league\", [\"nam_vi\"]) }}\n", &[]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the report cannot be made: `units/league`: the result has no column `nam_vi`
     --> t.md:1:4
    1 | {{ table("units/league", ["nam_vi"]) }}
      |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: did you mean `name_vi`?
    "#);
    insta::assert_snapshot!(told("a\n{{ value(\"training/summary\") }}\n", &[]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the report cannot be made: `training/summary`: a value is one column, and the query gives 10
     --> t.md:2:4
    2 | {{ value("training/summary") }}
      |    ^^^^^^^^^^^^^^^^^^^^^^^^^
    hint: name one of them: `classes`, `enrolments`, `persons`, `persons_in_several_classes`, `completed`, `completion_known`, `capacity`, `capacity_known`, `cost_vnd`, `cost_known`
    "#);
    insta::assert_snapshot!(told("{{ value(\"figures/f02\") | vdn }}\n", &[]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the template: filter vdn is unknown
     --> t.md:1:27
    1 | {{ value("figures/f02") | vdn }}
      |                           ^^^
    "#);
    insta::assert_snapshot!(told("{{ value(\"figures/f20\") }}\n", &["--lang", "vi"]), @r#"
    exit 1
    --- stdout
    --- stderr
    lỗi: không lập được báo cáo: không có truy vấn đã lưu `figures/f20`
     --> t.md:1:4
    1 | {{ value("figures/f20") }}
      |    ^^^^^^^^^^^^^^^^^^^^
    gợi ý: có phải ý bạn là `figures/f02`?
    "#);
}

#[test]
fn a_query_that_fails_is_told_with_both_places() {
    let env = TestEnv::workspace();
    env.write("queries/broken.sql", "SELECT count(*)\nFROM activites\n");
    env.write("t.md", "# A\n\nIn all {{ value(\"broken\") }}\n");
    insta::assert_snapshot!(env.run(&["report", "--template", "t.md"]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the report cannot be made: there is no table `activites`
     --> t.md:3:11
    3 | In all {{ value("broken") }}
      |           ^^^^^^^^^^^^^^^
    error: there is no table `activites`
     --> [DIR]/queries/broken.sql:2:6
    2 | FROM activites
      |      ^^^^^^^^^
    hint: did you mean `activities`?
    "#);
}
