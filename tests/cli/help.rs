//! What the program tells of itself: help, completions, the manual page, the version.

use crate::env::TestEnv;

#[test]
fn help_completions_and_the_manual_come_from_one_definition() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["--help"]).stdout, @r#"
    Ask a year's results: a shell, saved queries and exports over a folder of Parquet tables

    The nearest folder that holds `datasets/` is the workspace: its Parquet files are the tables, the
    .sql files in its `queries/` the saved queries. Without a command, `tongket` is an SQL shell; with
    -c, -f or SQL on standard input it runs that and exits.

    Usage: tongket [OPTIONS]
           tongket [OPTIONS] <COMMAND>

    Commands:
      run          Runs a saved query
      queries      Lists the saved queries by topic; with a name, shows its parameters, columns and text
      report       Makes the year's report from a template and the saved queries
      tables       Lists the tables with rows, bytes and period; with a name, its columns, types, units
                   and meaning
      check        Says which rows break the contract, and which published figures do not hold
      diff         Compares two results by key, row by row and cell by cell
      verify       Runs an export again by the record beside it, and says `same` or what changed
      import       Takes the rows of CSV files and spreadsheets into a table, with nothing lost
      compact      Merges the files of a table into one, in the order of its key
      why          Shows the rows that a figure is made of, and what they come to
      sample       Makes the synthetic year: every table and their contract
      init         Makes a workspace: the sample year, its contract, its saved queries
      completions  Prints the completion script for a command shell
      man          Prints the manual page, subcommands included
      help         Print this message or the help of the given subcommand(s)

    Options:
      -C, --dir <DIR>
              Folder of the workspace, or s3://BUCKET/NAME (in a build with object storage) [default:
              the nearest folder upwards that holds datasets/]
              
              [env: TONGKET_DIR=]

          --table <NAME=PATH>
              Name a file or folder as a table (in lower case, as SQL reads names); repeat it for more.
              For `import`, TABLE: the table that the rows go to

      -q, --quiet
              Say nothing but warnings and errors

          --color <WHEN>
              Colour

              Possible values:
              - auto:   On a terminal, unless `NO_COLOR` or `TERM=dumb` says no
              - always: Always
              - never:  Never
              
              [default: auto]

          --year <YEAR>
              The year that saved queries are about [default: that of the workspace's contract]

      -X, --no-rc
              Leave out config.toml and tongketrc

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Output:
      -o, --output <FILE>
              Write the result to a file, in the format of its ending (or, for some commands, into a
              folder)

          --format <FORMAT>
              Format of results [default: table on a terminal, csv elsewhere]

              Possible values:
              - table:    Columns that line up, for reading
              - csv:      Comma-separated values (RFC 4180, lines end with LF)
              - tsv:      Tab-separated values
              - json:     One JSON array of objects
              - ndjson:   One JSON object a line
              - markdown: A Markdown table
              - line:     A record at a time, a line a column
              - parquet:  Apache Parquet, compressed with zstd
              - arrow:    Apache Arrow IPC file
              - xlsx:     An Excel workbook
              - chart:    A chart of characters
              - svg:      A chart as an SVG image
              - png:      A chart as a PNG image
              - junit:    JUnit XML, for what `tongket check` finds

          --csv
              Short for --format csv

          --json
              Short for --format json

          --force
              Replace a file that exists

          --provenance
              Write beside the export FILE what it was made of, as FILE.meta.json, for `tongket verify
              FILE`

          --maxrows <N>
              Rows that a table on a terminal shows, 0 for all; files and pipes always get all
              
              [default: 40]

          --null <TEXT>
              Text for null

          --delimiter <CHAR>
              Separator of CSV, one ASCII character, or `\t`

          --excel
              CSV for Excel: BOM, CRLF, `;`, decimal comma, formulas guarded, leading zeros kept

          --lang <LANG>
              Language of messages, titles, labels, numbers and dates for readers; csv, json and the
              like never change [default: that of LC_ALL, LC_MESSAGES or LANG]

              Possible values:
              - vi: Vietnamese
              - en: English
              
              [env: TONGKET_LANG=]

    SQL:
          --write
              Let SQL write files: INSERT, COPY … TO, CREATE EXTERNAL TABLE

          --safe
              Keep SQL and the shell's commands inside the workspace: no other file is read, none is
              written, no program is run; what the command line itself names is allowed

          --collate <ORDER>
              Order of text in ORDER BY and in lists of names: by its bytes, or as Vietnamese or English
              sorts it

              Possible values:
              - binary: By the bytes of UTF-8: `Z` before `a`, `đ` and every other accent after `z`
              - vi:     As Vietnamese dictionaries do
              - en:     As English dictionaries do: accents count only between words that are else the
                same
              
              [default: binary]

          --engine <ballista://HOST:PORT>
              Run statements on a Ballista cluster instead of in this process (in a build with clusters)

          --tls <DIR>
              Folder with ca.pem, cert.pem and key.pem: the lines to the cluster are encrypted, and each
              end shows who it is (in a build with clusters)

          --profile <FILE.json>
              Write the times and plans of all statements to a JSON file

      -c, --command <SQL>
              Run SQL and exit; repeat it for more

      -f, --file <FILE>
              Run a file of SQL and exit, `-` for standard input; -c and -f run in the order given

    Limits:
          --memory-limit <SIZE>
              Memory that the rows of a statement may take, such as 512M or 2G; what is more goes to the
              disk [default: three quarters of what there is]

          --spill-limit <SIZE>
              Room on the disk that it may take then [default: nine tenths of what is free]

          --timeout <TIME>
              Time that a statement may take, such as 30s, 5m or 1h

    Examples:
      tongket                                             the SQL shell
      tongket -c 'SELECT count(*) FROM activities'        one statement
      tongket -c "SELECT * FROM 'some/file.csv' LIMIT 5"  a file by its path
      tongket queries                                     the saved queries
      tongket run loans/by-channel -o channels.csv        one of them into a file
      tongket run --all -o out/                           all of them
      tongket check                                       are the rows valid, do published figures hold?
      tongket report -o report.html                       the year's report as a page
      tongket why figures/f05                             the rows that a figure is made of
      tongket import bao-cao.xlsx --table activities      a spreadsheet into a table
      tongket verify channels.csv                         whether an export comes out the same
      tongket diff old.csv new.csv --key unit_id          what changed between two results
      tongket run units/league --format chart             one of them as a chart (-o x.svg, -o x.png)
      tongket -c '\d units'                               a command of the shell; '\?' lists them

    Files: config.toml (your defaults) and tongketrc (commands that the shell begins with) in
    $XDG_CONFIG_HOME/tongket, the history in $XDG_STATE_HOME/tongket.

    Environment: TONGKET_PAGER or PAGER, TONGKET_CHROMIUM, VISUAL or EDITOR, NO_COLOR, COLUMNS, LINES.

    Exit codes: 0 done; 1 a query or a data file failed; 2 the command line or a parameter is wrong;
    3 something was found: a rule or a published figure that does not hold, rows put aside, a
    result that is another; 70 a fault of tongket itself; 130 interrupted.
    "#);
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(env.run(&["completions", shell]).stdout.contains("tongket"), "{shell}");
    }
    let man = env.run(&["man"]).stdout;
    for part in
        [".TH tongket", "TONGKET SAMPLE", "COMMANDS OF THE SHELL", "\\ecrosstabview", "\\&  \\ed [NAME]"]
    {
        assert!(man.contains(part), "{part}\n{man}");
    }
    assert_eq!(env.run(&["--version"]).stdout, format!("tongket {}\n", env!("CARGO_PKG_VERSION")));
}
