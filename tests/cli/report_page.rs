//! The page of a report, whatever its template holds; and its Markdown.

use crate::env::TestEnv;

/// The report of a template in a form.
fn report(template: &str, form: &str) -> String {
    let env = TestEnv::workspace();
    env.write("t.md", template);
    env.write("queries/text.sql", "SELECT 'Thanh niên tình nguyện xây dựng nông thôn mới' AS v\n");
    let file = format!("x.{form}");
    let ran = env.run(&["report", "--template", "t.md", "-o", &file]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    env.read(&file)
}

#[test]
fn a_heading_has_the_name_that_its_template_gives_it_where_it_is_free() {
    let page = report(
        "# Title { #top }

[a](#budget) [b](#n1) [c](#top) [d](#appendix) [e](#t1) {{ value(\"figures/f02\") }}

## Money { #budget }
## Again { #budget }
## First { #n1 }
## Table { #t1 }
## Text { #text }
## Second { #n1-2 }
## Ngân sách { #ngân-sách }
## None
",
        "html",
    );
    for heading in [
        "<h1 id=\"top\">Title</h1>",
        "<h2 id=\"budget\">Money</h2>",
        "<h2 id=\"budget-2\">Again</h2>",
        "<h2 id=\"n1-3\">First</h2>",
        "<h2 id=\"t1-2\">Table</h2>",
        "<h2 id=\"text-2\">Text</h2>",
        "<h2 id=\"n1-2\">Second</h2>",
        "<h2 id=\"ngân-sách\">Ngân sách</h2>",
        "<h2 id=\"s8\">None</h2>",
    ] {
        assert!(page.contains(heading), "{heading}: {page}");
    }
    // A link of the template leads to what the template has given that name, a figure to its entry.
    for link in [
        "<a href=\"#budget\">a</a>",
        "<a href=\"#n1-3\">b</a>",
        "<a href=\"#top\">c</a>",
        "<a href=\"#appendix\">d</a>",
        "<a href=\"#t1-2\">e</a>",
        "<a class=\"figure\" href=\"#n1\"",
        "<li><a href=\"#budget-2\">Again</a></li>",
    ] {
        assert!(page.contains(link), "{link}: {page}");
    }
}

#[test]
fn columns_of_a_markdown_table_are_aligned_without_styles_that_the_page_forbids() {
    let page = report("| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |\n", "html");
    for row in [
        "<th scope=\"col\">a</th><th scope=\"col\" class=\"center\">b</th><th scope=\"col\" class=\"right\">c</th><th scope=\"col\">d</th>",
        "<td>1</td><td class=\"center\">2</td><td class=\"right\">3</td><td>4</td>",
    ] {
        assert!(page.contains(row), "{row}: {page}");
    }
    assert!(!page.contains("style=\""), "{page}");
}

#[test]
fn a_long_text_may_break_and_a_number_may_not() {
    let page = report("{{ value(\"figures/f05\") | vnd }} {{ value(\"text\") }}\n", "html");
    assert!(page.contains("<a class=\"figure\" href=\"#n1\""), "{page}");
    assert!(page.contains("<a class=\"figure text\" href=\"#n2\""), "{page}");
}

/// The more letters the widest cells have, the smaller they are on paper: the browser would else make
/// the whole document smaller.
#[test]
fn a_wide_table_has_smaller_letters_on_paper() {
    let env = TestEnv::workspace();
    let mut template = String::new();
    for columns in [5, 6, 8, 12] {
        let money: Vec<String> = (0..columns).map(|n| format!("397846500000 AS m{n}_vnd")).collect();
        env.write(&format!("queries/m{columns}.sql"), format!("SELECT {}\n", money.join(", ")));
        template.push_str(&format!("{{{{ table(\"m{columns}\") }}}}\n"));
    }
    // A long word takes no more room than others, as it may break anywhere.
    env.write("queries/long.sql", format!("SELECT '{}' AS a, 'b' AS b\n", "long".repeat(60)));
    env.write("t.md", template + "{{ table(\"long\") }}\n");
    let page = env.run(&["report", "--template", "t.md"]).stdout;
    let classes: Vec<&str> =
        page.split("<table").skip(1).filter_map(|table| table.split('>').next()).collect();
    let expected =
        ["", " class=\"dense\"", " class=\"denser\"", " class=\"densest\"", "", " class=\"files\""];
    assert_eq!(classes, expected);
    assert!(page.contains("<th scope=\"row\" class=\"long\">longlong"), "{page}");
}

#[test]
fn markdown_keeps_hard_breaks_and_the_lines_of_code() {
    let template = "    first\n\n\n    second  \n\n\n\none  \ntwo   \n\nthree \nfour\\\nfive\n\n```\na  \n\n\n\nb\n```\n\n\n\n- x\n\n  ~~~\n  c\n\n\n  d\n  ~~~\n\n\n\nend\n";
    let made = report(template, "md");
    let text = made.split("code:\n").next().expect("a text");
    let expected = "    first\n\n\n    second  \n\none  \ntwo\n\nthree\nfour\\\nfive\n\n```\na  \n\n\n\nb\n```\n\n- x\n\n  ~~~\n  c\n\n\n  d\n  ~~~\n\nend\n\n";
    let body = text.split_once("real record.\n\n").expect("a notice").1;
    assert!(body.starts_with(expected), "{body:?}");
}
