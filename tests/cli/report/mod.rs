//! `tongket report`: a template of figures, tables and charts as one page, or why it is none.

mod template;
mod years;

use crate::env::{TestEnv, repository};

/// A workspace with a template of its own, and the report of it on standard output.
fn made(template: &str, args: &[&str]) -> (TestEnv, crate::env::Ran) {
    let env = TestEnv::workspace();
    env.write("t.md", template);
    let ran = env.run(&[&["report", "--template", "t.md"], args].concat());
    (env, ran)
}

/// The page of a template.
fn page(template: &str) -> String {
    let (_env, ran) = made(template, &[]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    ran.stdout
}

/// The page without its head, its contents and its appendix: what the template itself comes to.
fn text(page: &str) -> &str {
    let main = page.split("<main id=\"text\" tabindex=\"-1\">\n").nth(1).expect("a text");
    main.split("<section class=\"appendix\"").next().expect("before the appendix")
}

#[test]
fn the_shipped_templates_tell_the_year_in_both_languages() {
    let env = TestEnv::empty();
    assert_eq!(env.run(&["init", "."]).status, 0);
    for (language, title, money) in [
        ("vi", "Công tác Đoàn và phong trào thanh thiếu nhi tỉnh Ninh Bình năm 2022", "2,819 tỷ đồng"),
        ("en", "The Youth Union of Ninh Binh province in 2022", "2.819 billion VND"),
    ] {
        let file = format!("{language}.html");
        let ran = env.run(&["--lang", language, "report", "-o", &file]);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""), "{ran}");
        let page = env.read(&file);
        assert!(page.contains(&format!("<html lang=\"{language}\">")) && page.contains(title), "{file}");
        assert!(page.contains(&format!("data-n=\"8\">{money}</a>")), "{file}");
        // Each of the eleven figures of the article stands in the summary and holds.
        assert_eq!(page.matches("<dd class=\"holds\">").count(), 11, "{file}");
        assert_eq!(page.matches("class=\"notice\"").count(), 2, "{file}: at the head and at the foot");
        // Two stocks and a flow are never added.
        assert!(!page.contains("410619") && !page.contains("410.619") && !page.contains("410,619"), "{file}");
        for outside in ["src=\"http", "@import", "url(http", "<link"] {
            assert!(!page.contains(outside), "{file}: {outside}");
        }
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let template = std::fs::read_to_string(repository().join("queries/report.en.md")).expect("reads");
    assert!(page(&template) == page(&template));
}

#[test]
fn a_value_leads_to_its_query_parameters_rows_and_verdict() {
    let page = page("Benefit: {{ value(\"figures/f05\") | vnd(2) }}, {{ value(\"figures/f05\") }}.\n");
    insta::assert_snapshot!(text(&page), @r##"<p>Benefit: <a class="figure" href="#n1" data-n="1">7.05 billion VND</a>, <a class="figure" href="#n1" data-n="1">7,045,500,000</a>.</p>"##);
    let entry =
        page.split("<div class=\"entry\" id=\"n1\"").nth(1).expect("an entry").split("</div>\n<h3").next();
    insta::assert_snapshot!(entry.expect("its end"), @r#"
     tabindex="-1">
    <h3><span class="n">1.</span> F05 · Known benefit</h3>
    <p>Benefit of the works and tasks from activities that began in the year, summed where it is known. Settled in part and in part estimated: not a cost and not cash.</p>
    <dl>
    <div><dt>Query</dt><dd><code>figures/f05</code></dd></div>
    <div><dt>Parameters</dt><dd>year = 2022</dd></div>
    <div><dt>Rows</dt><dd>726 rows with a known value, of 3,021</dd></div>
    <div><dt>Published</dt><dd>“giá trị làm lợi trên 7 tỷ đồng” (Báo Ninh Bình, 2023-01-05)</dd></div>
    <div><dt>Verdict</dt><dd class="holds">holds</dd></div>
    <div><dt>See the rows</dt><dd><code>tongket why figures/f05 -p &#39;year=2022&#39;</code></dd></div>
    </dl>
    <details><summary>SQL <span class="heard">of entry 1</span></summary>
    <pre><code>SELECT sum(benefit_vnd) AS value
    FROM outputs
    WHERE activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)</code></pre>
    </details>
    "#);
}

#[test]
fn a_value_is_known_where_it_decides_what_else_is_asked_for() {
    let template = "{% if value(\"figures/f07\") > 3 %}
{% set n = value(\"figures/f07\") %}
Many: {{ value(\"training/summary\", \"enrolments\") }}, {{ n + 1 }}, {{ (100 * value(\"figures/f07\") / 3) | number(1) }}
{% else %}
Few: {{ value(\"no/such\") }}
{% endif %}
{% if value(\"outputs/by-unit\", \"works\", year=1900) is none %}{{ value(\"nor/that\") }}{% endif %}
";
    // A query of many rows is no value, even where nothing is printed of it.
    let (_env, ran) = made(template, &[]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.stderr.contains("a value is one row, and the query gives 13"), "{ran}");
    let page = page(template.rsplit_once("{% if").expect("two parts").0);
    let text = text(&page);
    assert!(text.contains("Many: <a class=\"figure\" href=\"#n2\" data-n=\"2\">858</a>, 9, 266.7"), "{text}");
}

#[test]
fn tables_have_captions_and_headers_and_charts_a_table_behind_them() {
    let page = page(
        "{{ table(\"loans/by-channel\", [\"channel\", \"outstanding_vnd\"]) }}\n{{ chart(\"loans/by-channel\") }}\n",
    );
    let text = text(&page);
    assert!(text.contains("<caption id=\"t1\"><a class=\"figure\" href=\"#n1\" data-n=\"1\">Table 1</a>. Loans by channel</caption>"), "{text}");
    assert!(
        text.contains("<th scope=\"col\" class=\"number\">") && text.contains("<th scope=\"row\""),
        "{text}"
    );
    assert!(text.contains("<td class=\"number\" data-key=\"397846500000\">397,846,500,000</td>"), "{text}");
    for class in ["wide", "narrow"] {
        let svg = format!("<svg class=\"{class}\" role=\"img\" aria-label=\"Loans by channel\"");
        assert!(text.contains(&svg), "{class}: {text}");
    }
    // In the unit that reads best; the table behind has all digits.
    assert!(text.contains("Outstanding (billion VND)") && text.contains("397.8"), "{text}");
    assert_eq!(text.matches("<details>").count(), 1, "{text}");
    // One query, asked for twice, is one entry.
    assert_eq!(page.matches("<div class=\"entry\"").count(), 1);
}

#[test]
fn data_are_never_html_nor_markdown() {
    let env = TestEnv::workspace();
    let hostile = "<script>alert(1)</script> *b* | [x](javascript:a) `c` {{ year }} & \"q\"";
    env.write("queries/hostile.sql", format!(
        "-- ---\n-- title = '''{hostile}'''\n-- ---\nSELECT '{hostile}' AS \"a<b>|c\", 1 AS n UNION ALL SELECT E'# h\\n\\n- i', 2 ORDER BY n\n",
    ));
    env.write("queries/one.sql", format!("SELECT '{hostile}' AS v\n"));
    env.write(
        "t.md",
        "# About {{ value(\"one\") }}\n\n{{ value(\"one\") }} and {{ \"<i>*x*</i>\" }} <b onclick=\"x\">raw</b>\n\n<div>{{ value(\"one\") }}</div>\n\n{{ table(\"hostile\") }}\n{{ chart(\"hostile\") }}\n\n[l]({{ \"javascript:alert(1)\" }}) ![i](https://example.org/i.png)\n",
    );
    for (file, args) in [("x.html", vec![]), ("x.md", vec!["--lang", "vi"])] {
        let ran = env.run(&[args, vec!["report", "--template", "t.md", "-o", file]].concat());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    }
    let page = env.read("x.html");
    let body = page.split("<body").nth(1).expect("a body");
    assert_eq!(body.matches("<script>").count(), 1, "the page's own");
    for never in [
        "<b>",
        "<b ",
        "<i>",
        "<em>*",
        "<div>&lt;",
        "javascript:alert(1)\"",
        "example.org",
        "<a href=\"javascript",
        "<h1># h",
        "<strong>",
    ] {
        assert!(!body.contains(never), "{never}");
    }
    assert!(
        body.contains("&lt;script&gt;alert(1)&lt;/script&gt; *b* | [x](javascript:a) `c` {{ year }}"),
        "as text"
    );
    let markdown = env.read("x.md");
    assert!(!markdown.contains("| <script>") && markdown.contains("\\<script\\>alert(1)"), "{markdown}");
}

#[test]
fn markdown_has_the_same_text_with_footnotes() {
    let template = "# The year {{ year }}\n\nIn all {{ value(\"figures/f02\") }} activities.\n\n{{ chart(\"training/occupation\") }}\n";
    let (_env, ran) = made(template, &["--format", "markdown"]);
    insta::assert_snapshot!(ran, @"
    exit 0
    --- stdout
    > Synthetic data: the rows were generated, and no row is a real record.

    # The year 2022

    In all 1,712[^1] activities.

    **Chart 1.** Trainees by occupation[^2]

    | Occupation | Persons |
    | --- | ---: |
    | farmer | 392 |
    | worker | 145 |
    | civil servant | 94 |
    | in business | 77 |
    | pupil or student | 77 |
    | other | 43 |
    | armed forces | 25 |

    Data of the year 2022.

    Made from 3 data files; SHA-256 of their sums 1a4188ddadeef339.

    Made with tongket 0.1.0.

    [^1]: F02 · Volunteering activities. Query: figures/f02; Parameters: year = 2022; Rows: 1,712 rows counted; Published: “trên 1.700 hoạt động tình nguyện” (Báo Ninh Bình, 2023-01-05); Verdict: holds; See the rows: tongket why figures/f02 -p 'year=2022'.

        ```sql
        SELECT count(*) AS value
        FROM activities
        WHERE category = 'volunteering'
          AND status = 'done'
          AND EXTRACT(YEAR FROM start_date) = $year
        ```

    [^2]: Trainees by occupation. Query: training/occupation; Parameters: year = 2022; Rows: 7 rows in the result; 866 rows read for it.

        ```sql
        WITH
          occupations (occupation) AS (
            VALUES ('farmer'), ('worker'), ('student'), ('civil_servant'), ('business'), ('armed_forces'), ('other')
          ),
          latest AS (
            SELECT DISTINCT ON (e.trainee_id)
              e.trainee_id,
              e.occupation
            FROM trainees AS e
            JOIN classes AS c ON c.class_id = e.class_id
            WHERE EXTRACT(YEAR FROM c.start_date) = $year
            ORDER BY e.trainee_id, c.start_date DESC, e.enrolment_id DESC
          ),
          counted AS (
            SELECT occupation, count(*) AS persons
            FROM latest
            GROUP BY occupation
          ),
          province AS (
            SELECT sum(persons) AS persons
            FROM counted
          )
        SELECT
          o.occupation,
          COALESCE(c.persons, 0) AS persons,
          -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
          CAST(
            1000 * CAST(COALESCE(c.persons, 0) AS DECIMAL(38, 0)) / NULLIF(p.persons, 0) AS DECIMAL(18, 0)
          ) * 0.1 AS share_pct
        FROM occupations AS o
        CROSS JOIN province AS p
        LEFT JOIN counted AS c ON c.occupation = o.occupation
        ORDER BY persons DESC, o.occupation
        ```
    --- stderr
    ");
}

#[test]
fn a_figure_that_contradicts_stops_the_report() {
    let env = TestEnv::workspace();
    crate::check::set(
        &env,
        "outputs",
        "kind",
        "'work'",
        "output_id = (SELECT min(output_id) FROM outputs WHERE kind = 'task')",
    );
    env.write("t.md", "Tasks: {{ value(\"figures/f04\") }}\n");
    insta::assert_snapshot!(env.run(&["report", "--template", "t.md", "-o", "x.html"]), @r#"
    exit 3
    --- stdout
    --- stderr
    error: the report cannot be made: `figures/f04` is 2524, which contradicts "2.525 phần việc thanh niên" as published
     --> t.md:1:11
    1 | Tasks: {{ value("figures/f04") }}
      |           ^^^^^^^^^^^^^^^^^^^^
    hint: see the rows behind it: tongket why figures/f04
    "#);
    assert!(!env.path("x.html").exists());
    // Of another year nothing was published.
    env.write("t.md", "Tasks: {{ value(\"figures/f04\", year=2021) }}\n");
    assert_eq!(env.run(&["report", "--template", "t.md", "-o", "x.html"]).status, 0);
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_work() {
    let env = TestEnv::workspace();
    env.write("x.html", "mine");
    env.write("broken.md", "{{ no }}");
    insta::assert_snapshot!(env.run(&["report", "--template", "broken.md", "-o", "x.html"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `x.html` exists already
    hint: replace it with `--force`, or choose another name
    ");
    insta::assert_snapshot!(env.run(&["report", "-o", "x.doc"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the name `x.doc` does not say which form the report is to have
    hint: end it in .html, .md or .pdf
    ");
    insta::assert_snapshot!(env.run(&["report", "--format", "csv"]), @"
    exit 2
    --- stdout
    --- stderr
    error: a report is HTML, Markdown or PDF, and has no other format
    hint: end its name in .html, .md or .pdf, and leave `--format` out
    ");
    insta::assert_snapshot!(env.run(&["report", "-o", "datasets/units.parquet/x.html"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `datasets/units.parquet/x.html` is where stored tables are, and no result is written there
    hint: write it elsewhere, and put it in its place yourself
    ");
    assert_eq!(env.read("x.html"), "mine");
    let mut command = env.command(crate::env::TONGKET);
    command.args(["report", "-o", "x.pdf"]).env("PATH", env.path("."));
    insta::assert_snapshot!(env.finish(command, None), @"
    exit 1
    --- stdout
    --- stderr
    error: a PDF is printed by Chromium, and there is none here
    hint: write the page with `-o report.html` and print it from a browser, or name a Chromium in `TONGKET_CHROMIUM`
    ");
    let mut command = env.command(crate::env::TONGKET);
    command.args(["report", "-o", "x.pdf"]).env("TONGKET_CHROMIUM", "no-such");
    assert_eq!(env.finish(command, None).status, 1);
}

#[test]
fn a_report_needs_a_template() {
    let env = TestEnv::workspace();
    for language in ["en", "vi"] {
        std::fs::remove_file(env.path(&format!("queries/report.{language}.md"))).expect("removes");
    }
    insta::assert_snapshot!(env.run(&["report"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no template for a report: neither `[DIR]/queries/report.en.md` nor `report.md` beside it
    hint: name one with `--template FILE`; `tongket init` writes one
    ");
    env.write("queries/report.md", "# {{ lang }}\n");
    assert!(env.run(&["--lang", "vi", "report"]).stdout.contains("<h1>vi</h1>"));
}
