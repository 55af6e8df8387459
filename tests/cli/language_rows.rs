//! Rows checked, imported, proved and compared in Vietnamese: what readers see, and what programs never do.

use crate::env::{Ran, TestEnv};
use crate::import::Office;

/// A file with a running number, a total that does not agree, and rows with a fault each.
const SPENDING: &str = "\
STT;Mã khoản;Đơn vị;Loại;Nội dung;Ngày chi;Kinh phí;Số người
1;K1;yen_mo;Đi lại;Xe đi tập huấn;05/01/2022;1.250.000;12
2;K2;yen_mo;Ăn uống;Nước uống;31/02/2022;300.000;5
3;K3;nho_quan;Ăn uống;Cơm trưa;07/01/2022;450.000;0
4;K4;hoa_lu;Đi bộ;Áo mưa;08/01/2022;gần 90.000;3
5;K5;khong_co;In ấn;Tờ rơi;2022-01-09;-70.000;1
6;K6;kim_son;In ấn;Băng rôn;10/01/2022;1.000.000.000;2
7;K6;kim_son;In ấn;Pa nô;11/01/2022;20.000;2
Tổng cộng;;;;;;9.999;
";

fn office() -> Office {
    let office = Office::new();
    office.env.write("chi.csv", SPENDING);
    office
}

/// The same command in both languages, in a form for programs: each byte is the same.
pub(crate) fn for_programs(env: &TestEnv, args: &[&str], formats: &[&str]) {
    for format in formats {
        let ran = |lang: &str| env.run(&[&["--lang", lang, "--format", format], args].concat());
        let (vi, en) = (ran("vi"), ran("en"));
        assert_eq!((&vi.stdout, vi.status), (&en.stdout, en.status), "{format}: {vi}");
        assert!(!en.stdout.is_empty(), "{en}");
    }
}

/// The same for a reader.
pub(crate) fn in_vietnamese(env: &TestEnv, args: &[&str]) -> Ran {
    env.run(&[&["--lang", "vi", "--format", "table"], args].concat())
}

#[test]
fn an_import_says_in_vietnamese_what_it_decided_and_put_aside() {
    let office = office();
    for_programs(&office.env, &["import", "--table", "spending", "chi.csv", "--dry-run"], &["csv", "json"]);
    let ran = in_vietnamese(&office.env, &["import", "--table", "spending", "chi.csv"]);
    insta::assert_snapshot!(ran, @"
    exit 3
    --- stdout
     tệp      nội dung            số dòng  chi tiết
     ───────  ──────────────────  ───────  ────────────────────────────────────────────────────────────────────────────────────────────────────
     chi.csv  nhận thấy                 ∅  văn bản dùng bảng mã utf-8
     chi.csv  nhận thấy                 ∅  dấu phân cách `;`: nó chia mỗi dòng thành 8 ô
     chi.csv  nhận thấy                 ∅  tiêu đề cột: dòng 1
     chi.csv  nhận thấy                 ∅  `STT` là số thứ tự nên được bỏ qua
     chi.csv  dấu thập phân             ∅  dấu thập phân là `,`: dòng 2 có `1.250.000`
     chi.csv  dòng tổng                 1  dòng 9: `Tổng cộng` không được kiểm tra vì không có tổng nào để so
     chi.csv  đã đọc                    7  dòng dữ liệu
     ∅        cảnh báo                  1  a billion is much: K6
     chi.csv  để riêng                  1  day `31/02/2022`: `31/02/2022` không phải là ngày có trên lịch: hãy sửa lại (dòng 3)
     chi.csv  để riêng                  1  trái quy tắc `eaters`, vốn yêu cầu: ăn uống thì phải có người (dòng 4)
     chi.csv  để riêng                  1  cost_vnd `gần 90.000`: `gần` làm cho số không chính xác: hãy chỉ viết con số (dòng 5)
     chi.csv  để riêng                  1  kind `Đi bộ`: `Đi bộ` không phải giá trị nào của cột; gần nhất là `Đi lại` (dòng 5)
     chi.csv  để riêng                  1  cost_vnd `-70.000`: trái quy tắc `minimum`, vốn yêu cầu: `cost_vnd` phải từ 0 trở lên (dòng 6)
     chi.csv  để riêng                  1  unit_id `khong_co`: trái quy tắc `foreignKey`, vốn yêu cầu: `unit_id` phải có trong `units` (dòng 6)
     chi.csv  để riêng                  2  item_id `K6`: giá trị này có ở 2 dòng của các tệp (từ dòng 7 đến dòng 8) (đầu tiên: dòng 7)
     chi.csv  danh sách để riêng        6  chi.csv.rejected.csv
     ∅        đã ghi                    1  [DIR]/datasets/spending.parquet
    --- stderr
    lỗi: đã đọc 7 dòng: ghi 1, để riêng 6
    gợi ý: hãy sửa các dòng đó trong `chi.csv.rejected.csv` rồi nhập tệp ấy
    ");
    insta::assert_snapshot!(office.env.read("chi.csv.rejected.csv"), @r#"
    ﻿Mã khoản;Đơn vị;Loại;Nội dung;Ngày chi;Kinh phí;Số người;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    K2;yen_mo;Ăn uống;Nước uống;31/02/2022;300000;5;chi.csv;;3;day;31/02/2022;`31/02/2022` không phải là ngày có trên lịch: hãy sửa lại
    K3;nho_quan;Ăn uống;Cơm trưa;07/01/2022;450000;0;chi.csv;;4;;;trái quy tắc `eaters`, vốn yêu cầu: ăn uống thì phải có người
    K4;hoa_lu;Đi bộ;Áo mưa;08/01/2022;gần 90.000;3;chi.csv;;5;"cost_vnd; kind";"gần 90.000; Đi bộ";"`gần` làm cho số không chính xác: hãy chỉ viết con số; `Đi bộ` không phải giá trị nào của cột; gần nhất là `Đi lại`"
    K5;khong_co;In ấn;Tờ rơi;2022-01-09;-70000;1;chi.csv;;6;"cost_vnd; unit_id";"-70.000; khong_co";"trái quy tắc `minimum`, vốn yêu cầu: `cost_vnd` phải từ 0 trở lên; trái quy tắc `foreignKey`, vốn yêu cầu: `unit_id` phải có trong `units`"
    K6;kim_son;In ấn;Băng rôn;10/01/2022;1000000000;2;chi.csv;;7;item_id;K6;giá trị này có ở 2 dòng của các tệp (từ dòng 7 đến dòng 8)
    K6;kim_son;In ấn;Pa nô;11/01/2022;20000;2;chi.csv;;8;item_id;K6;giá trị này có ở 2 dòng của các tệp (từ dòng 7 đến dòng 8)
    "#);
}

#[test]
fn rejected_rows_that_were_mended_are_taken_from_a_list_in_vietnamese() {
    let office = office();
    let ran = in_vietnamese(&office.env, &["import", "--table", "spending", "chi.csv"]);
    assert_eq!(ran.status, 3, "{ran}");
    let list = office.env.read("chi.csv.rejected.csv").replace("31/02/2022", "28/02/2022");
    office.env.write("chi.csv.rejected.csv", list);
    let before = office.count();
    let ran = in_vietnamese(&office.env, &["import", "--table", "spending", "chi.csv.rejected.csv"]);
    assert_eq!((ran.status, office.count()), (3, before + 1), "{ran}");
}

#[test]
fn faults_of_a_heading_are_told_in_vietnamese() {
    let office = office();
    office.env.write("sai.csv", "Mã khoản;Kinh phi du kien;Đơn vị;don vi\nK1;1;yen_mo;yen_mo\n");
    insta::assert_snapshot!(in_vietnamese(&office.env, &["import", "--table", "spending", "sai.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    lỗi: `sai.csv`: tiêu đề `Kinh phi du kien` không ứng với cột nào của bảng (gần nhất là `Kinh phí`): hãy gán nó cho một cột hoặc bỏ qua nó [cột 2 (B)]
    gợi ý: `--map 'HEADING=COLUMN'` cho biết dưới một tiêu đề là cột nào (`--map 'HEADING='` bỏ qua nó), `--set COLUMN=VALUE` ghi cùng một giá trị cho mọi dòng
    lỗi: `sai.csv`: các tiêu đề `Đơn vị`, `don vi` đều là cột `unit_id`: hãy giữ một và bỏ qua các tiêu đề còn lại
    ");
    office.env.write("sai.csv", b"a;b\nx;\xff\n");
    insta::assert_snapshot!(in_vietnamese(&office.env, &["import", "--table", "spending", "sai.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    lỗi: `sai.csv`: không đọc được: dòng 2, byte 3: 0xFF ở đây không phải utf-8: hãy nêu bảng mã của tệp: `--encoding windows-1258`, `tcvn3`, `tcvn1`, `vni` hoặc `viscii`
    ");
}

#[test]
fn a_reason_writes_a_number_as_its_reader_does() {
    let office = office();
    office.env.write(
        "lẻ.csv",
        "Mã khoản;Đơn vị;Loại;Nội dung;Ngày chi;Kinh phí;Số người\n\
         K1;yen_mo;Đi lại;Xe;05/01/2022;12,5;1\nK2;yen_mo;Đi lại;Xe;05/01/2022;1.250;2\n\
         K3;yen_mo;Đi lại;Xe;05/01/2022;100;1.200\nTổng cộng;;;;;;9.999\n",
    );
    let args = ["import", "--table", "spending", "lẻ.csv", "--decimal", ",", "--dry-run"];
    let told = in_vietnamese(&office.env, &args).stdout;
    let told: Vec<&str> = told.lines().filter(|line| line.contains("để riêng")).map(str::trim).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    lẻ.csv  để riêng             1  cost_vnd `12,5`: 12,5 không phải là số nguyên (dòng 2)
    lẻ.csv  để riêng             1  people `9.999`: `Tổng cộng` không khớp với các dòng ở trên, có tổng là 1.203 (dòng 5)
    ");
    for_programs(&office.env, &args, &["csv", "json"]);
    office.env.write("lẻ.csv", "Mã khoản;Kinh phí\nK1;1.250\n");
    let told = in_vietnamese(&office.env, &["import", "--table", "spending", "lẻ.csv", "--dry-run"]);
    insta::assert_snapshot!(told, @"
    exit 3
    --- stdout
     tệp     nội dung   số dòng  chi tiết
     ──────  ─────────  ───────  ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     lẻ.csv  nhận thấy        ∅  văn bản dùng bảng mã utf-8
     lẻ.csv  nhận thấy        ∅  dấu phân cách `;`: nó chia mỗi dòng thành 2 ô
     lẻ.csv  nhận thấy        ∅  tiêu đề cột: dòng 1
     lẻ.csv  đã đọc           1  dòng dữ liệu
     lẻ.csv  để riêng         1  cost_vnd `1.250`: có thể đọc là 1.250 (`--decimal ,`) hoặc 1,25 (`--decimal .`): hãy chọn bằng `--decimal` (dòng 2)
    --- stderr
    lỗi: đã đọc 1 dòng: sẽ ghi 0, để riêng 1
    ");
}

#[test]
fn a_check_finds_in_vietnamese() {
    let office = office();
    let made = office.env.run(&[
        "-c",
        "SELECT * FROM (VALUES ('K1', 'food', 0, 5), ('K1', 'walk', 3, -1), ('K2', NULL, 1, 2000000000)) \
         AS t(item_id, kind, people, cost_vnd)",
        "-o",
        "made.parquet",
    ]);
    assert_eq!(made.status, 0, "{made}");
    std::fs::rename(office.env.path("made.parquet"), office.env.path("datasets/spending.parquet"))
        .expect("moves");
    insta::assert_snapshot!(in_vietnamese(&office.env, &["check", "spending"]), @"
    exit 3
    --- stdout
     bảng      quy tắc         các cột      kết luận  số dòng  trường hợp đầu  ý nghĩa
     ────────  ──────────────  ───────────  ────────  ───────  ──────────────  ─────────────────────────────────────────────
     spending  missing column  unit_id      lỗi             0  ∅               phải có cột `unit_id`
     spending  missing column  content      lỗi             0  ∅               phải có cột `content`
     spending  missing column  day          lỗi             0  ∅               phải có cột `day`
     spending  missing column  share        lỗi             0  ∅               phải có cột `share`
     spending  missing column  paid         lỗi             0  ∅               phải có cột `paid`
     spending  missing column  source_file  lỗi             0  ∅               phải có cột `source_file`
     spending  missing column  source_row   lỗi             0  ∅               phải có cột `source_row`
     spending  enum            kind         lỗi             1  K1 (walk)       `kind` phải là một trong: travel, food, print
     spending  minimum         cost_vnd     lỗi             1  K1 (-1)         `cost_vnd` phải từ 0 trở lên
     spending  primaryKey      item_id      lỗi             1  K1 (2 dòng)     không hai dòng nào được trùng `item_id`
     spending  eaters          ∅            lỗi             1  K1              ăn uống thì phải có người
     spending  dear            ∅            cảnh báo        1  K2              a billion is much
    --- stderr
    lỗi: 11 quy tắc bị vi phạm, 1 cảnh báo (trong 13 quy tắc của 1 bảng)
    ");
    for_programs(&office.env, &["check"], &["csv", "json", "ndjson", "junit"]);
}

#[test]
fn published_figures_are_judged_in_vietnamese() {
    let env = TestEnv::workspace();
    env.write(
        "queries/figures/f05.sql",
        "-- ---\n-- [published]\n-- text = \"gần 500 công trình\"\n-- value = 500\n-- unit = \"công trình\"\n\
         -- source = \"báo cáo\"\n-- qualifier = \"exact\"\n-- ---\nSELECT count(*) FROM outputs\n",
    );
    insta::assert_snapshot!(in_vietnamese(&env, &["check", "--figures", "-q"]).stderr, @"cảnh báo: chưa kết luận được, trong 11 số liệu đã công bố: `figures/f05`");
    for_programs(&env, &["check", "--figures"], &["csv", "json"]);
}

#[test]
#[cfg(unix)]
fn the_rows_behind_a_figure_are_summed_up_in_vietnamese() {
    let env = TestEnv::workspace();
    let args = ["--lang", "vi", "why", "figures/f05", "--limit", "1"];
    let mut terminal = crate::pty::Terminal::start(&env, &args, 40, 110);
    let shown = terminal.wait("đã công bố");
    assert_eq!(terminal.end(), 0, "{shown}");
    let told: Vec<&str> =
        shown.lines().filter(|line| line.contains("cộng lại") || line.contains("công bố")).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    726 dòng cộng lại là 7.045.500.000; 2.295 dòng nữa chưa biết giá trị
    đã công bố là "giá trị làm lợi trên 7 tỷ đồng" (Báo Ninh Bình, 2023-01-05): 7.000.000.000 < giá trị < 8.000.000.000: khớp
    "#);
    for_programs(&env, &["why", "figures/f05", "--limit", "1"], &["csv", "json"]);
}

#[test]
fn an_export_that_changed_is_told_in_vietnamese() {
    let env = TestEnv::workspace();
    let made = env.run(&["run", "loans/by-channel", "-o", "vốn.csv", "--provenance"]);
    assert_eq!(made.status, 0, "{made}");
    env.write("vốn.csv", env.read("vốn.csv").replace("vbsp_entrusted", "khác"));
    let ran = in_vietnamese(&env, &["verify", "vốn.csv"]);
    insta::assert_snapshot!(ran, @"
    exit 3
    --- stdout
     nội dung                   trước                              nay
     ─────────────────────────  ─────────────────────────────────  ─────────────────────────────────
     tệp xuất `vốn.csv`         230 byte, sha256 df8a8ddfcb2f8f5b  221 byte, sha256 e65e19257538d9ed
     hàng chữ 2, cột `channel`  vbsp_entrusted                     khác
    --- stderr
    lỗi: `vốn.csv` không còn như cũ: 2 điểm phát hiện
    ");
    for_programs(&env, &["verify", "vốn.csv"], &["csv", "json"]);
    insta::assert_snapshot!(in_vietnamese(&env, &["verify", "nothing.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    lỗi: không đọc được `nothing.csv.meta.json`: không có tệp hoặc thư mục này
    gợi ý: `--provenance` ghi nó bên cạnh tệp xuất ra
    ");
}

#[test]
fn two_results_are_compared_in_vietnamese() {
    let env = TestEnv::empty();
    env.write("a.csv", "unit,n\nHoa Lư,1\nYên Mô,1250\n");
    env.write("b.csv", "unit,n,note\nYên Mô,1251,x\nKim Sơn,7,y\n");
    let args = ["diff", "a.csv", "b.csv", "--key", "unit"];
    insta::assert_snapshot!(in_vietnamese(&env, &args), @"
    exit 3
    --- stdout
     unit     thay đổi  cột  a      b      chênh lệch
     ───────  ────────  ───  ─────  ─────  ──────────
     Hoa Lư   bớt       ∅    ∅      ∅      ∅
     Kim Sơn  thêm      ∅    ∅      ∅      ∅
     Yên Mô   đổi       n    1.250  1.251  1
    --- stderr
    cảnh báo: chỉ `b.csv` có các cột `note`
    lỗi: 1 dòng có ở cả hai, trong đó 1 dòng đổi ở 1 ô; thêm 1, bớt 1; một bên thiếu `note`
    ");
    for_programs(&env, &args, &["csv", "json"]);
    insta::assert_snapshot!(in_vietnamese(&env, &["diff", "a.csv", "b.csv"]), @"
    exit 2
    --- stdout
    --- stderr
    lỗi: những dòng nào là của nhau? hãy nêu các cột của khóa bằng `--key`
    gợi ý: có thể là `--key unit`
    ");
}

#[test]
fn results_of_saved_queries_and_tables_are_compared_in_the_words_of_their_columns() {
    let env = TestEnv::workspace();
    let args = [
        "diff",
        "loans/by-channel",
        "loans/by-channel",
        "--key",
        "channel",
        "--a",
        "as_of=2022-06-30",
        "--b",
        "as_of=2022-12-31",
    ];
    insta::assert_snapshot!(in_vietnamese(&env, &args), @"
    exit 3
    --- stdout
     Kênh vay                                                  thay đổi  cột                   a                b                chênh lệch
     ────────────────────────────────────────────────────────  ────────  ────────────────────  ───────────────  ───────────────  ──────────────
     Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn            đổi       Dư nợ                 1.198.000.000    2.470.000.000    1.272.000.000
     Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn            đổi       Tỷ trọng (%)          0,3              0,6              0,3
     Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn            đổi       Số bên vay còn dư nợ  33               62               29
     Nghị quyết số 43/2018/NQ-HĐND của Hội đồng nhân dân tỉnh  đổi       Dư nợ                 5.020.000.000    9.675.000.000    4.655.000.000
     Nghị quyết số 43/2018/NQ-HĐND của Hội đồng nhân dân tỉnh  đổi       Tỷ trọng (%)          1,3              2,4              1,1
     Nghị quyết số 43/2018/NQ-HĐND của Hội đồng nhân dân tỉnh  đổi       Số bên vay còn dư nợ  88               168              80
     vốn ủy thác của Ngân hàng Chính sách xã hội               đổi       Dư nợ                 371.266.400.000  397.846.500.000  26.580.100.000
     vốn ủy thác của Ngân hàng Chính sách xã hội               đổi       Tỷ trọng (%)          98,4             97,0             -1,4
    --- stderr
    lỗi: 3 dòng có ở cả hai, trong đó 3 dòng đổi ở 8 ô; thêm 0, bớt 0
    ");
    for_programs(&env, &args, &["csv", "json", "ndjson"]);
    let sql = "SELECT * EXCLUDE (kind, valid_from), CASE unit_id WHEN 'yen_mo' THEN 'city' ELSE kind END AS kind, \
               valid_from + INTERVAL '1' DAY AS valid_from FROM units WHERE unit_id IN ('yen_mo', 'hoa_lu')";
    std::fs::create_dir(env.path("copy")).expect("makes");
    assert_eq!(env.run(&["-c", sql, "-o", "copy/units.parquet"]).status, 0);
    let args = ["diff", "units", "copy/units.parquet"];
    insta::assert_snapshot!(in_vietnamese(&env, &args), @"
    exit 3
    --- stdout
     Mã đơn vị             thay đổi  cột               a           b           chênh lệch
     ────────────────────  ────────  ────────────────  ──────────  ──────────  ──────────
     co_quan_doanh_nghiep  bớt       ∅                 ∅           ∅           ∅
     cong_an               bớt       ∅                 ∅           ∅           ∅
     dai_hoc_hoa_lu        bớt       ∅                 ∅           ∅           ∅
     gia_vien              bớt       ∅                 ∅           ∅           ∅
     hoa_lu                đổi       Hiệu lực từ ngày  01/04/1992  02/04/1992  ∅
     kim_son               bớt       ∅                 ∅           ∅           ∅
     nho_quan              bớt       ∅                 ∅           ∅           ∅
     ninh_binh             bớt       ∅                 ∅           ∅           ∅
     quan_su               bớt       ∅                 ∅           ∅           ∅
     tam_diep              bớt       ∅                 ∅           ∅           ∅
     tinh_doan             bớt       ∅                 ∅           ∅           ∅
     yen_khanh             bớt       ∅                 ∅           ∅           ∅
     yen_mo                đổi       Loại đơn vị       huyện đoàn  thành đoàn  ∅
     yen_mo                đổi       Hiệu lực từ ngày  01/04/1992  02/04/1992  ∅
    --- stderr
    lỗi: 2 dòng có ở cả hai, trong đó 2 dòng đổi ở 3 ô; thêm 0, bớt 11
    ");
    for_programs(&env, &args, &["csv", "json"]);
}
