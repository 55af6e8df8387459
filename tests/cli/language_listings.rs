//! What there is, listed in Vietnamese: tables, columns, saved queries, published figures.

use crate::env::TestEnv;
use crate::language_rows::{for_programs, in_vietnamese};

const MACHINES: [&str; 4] = ["csv", "tsv", "json", "ndjson"];

#[test]
fn tables_are_listed_with_their_vietnamese_titles_and_dates() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(in_vietnamese(&env, &["tables"]), @"
    exit 0
    --- stdout
     bảng           số dòng    byte  từ          đến         ý nghĩa
     ─────────────  ───────  ──────  ──────────  ──────────  ───────────────────────────────────────────
     units               13   2.324  01/04/1992  01/04/1992  Đơn vị (mô phỏng)
     activities       2.000  20.782  01/01/2022  31/12/2022  Hoạt động (mô phỏng)
     outputs          3.021  25.543  01/01/2022  31/12/2022  Công trình, phần việc thanh niên (mô phỏng)
     classes              8   3.336  07/03/2022  07/09/2022  Lớp tập huấn (mô phỏng)
     trainees           858   8.233  ∅           ∅           Học viên (mô phỏng)
     loans              230   6.424  02/01/2022  29/12/2022  Khoản vay (mô phỏng)
     loan_flows         476   5.917  07/01/2022  31/12/2022  Dòng tiền vay (mô phỏng)
     loan_balances    2.880  17.935  31/01/2022  31/12/2022  Số dư vốn vay (mô phỏng)
     awards             260   5.495  02/03/2022  31/01/2023  Khen thưởng (mô phỏng)
     plan_tasks          12   3.515  ∅           ∅           Nhiệm vụ kế hoạch (mô phỏng)
    --- stderr
    ");
    for_programs(&env, &["tables"], &MACHINES);
    let markdown = env.run(&["--lang", "vi", "--format", "markdown", "tables"]);
    assert!(markdown.stdout.contains("Khoản vay (mô phỏng)"), "{markdown}");
}

#[test]
fn a_table_is_described_in_vietnamese() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(in_vietnamese(&env, &["tables", "classes"]), @"
    exit 0
    --- stdout
     cột           kiểu           có thể trống  đơn vị            ý nghĩa
     ────────────  ─────────────  ────────────  ────────────────  ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
     class_id      text           không         ∅                 Mã của lớp tập huấn. Điều kiện: bắt buộc có, không trùng.
     host_unit_id  text           không         ∅                 Đơn vị đăng cai lớp; học viên có thể thuộc đơn vị khác. Điều kiện: bắt buộc có, có trong bảng units.
     topic         text           không         ∅                 Nội dung chính của lớp tập huấn. Một trong: crops, livestock, aquaculture, e_commerce, start_up, other. Điều kiện: bắt buộc có.
     start_date    date           không         ∅                 Ngày đầu tiên của lớp; tuổi học viên được tính theo năm của ngày này. Điều kiện: bắt buộc có.
     end_date      date           không         ∅                 Ngày cuối cùng của lớp. Điều kiện: bắt buộc có.
     capacity      integer        có            người (số đếm)    Số chỗ của lớp theo kế hoạch, không phải số học viên thực tế; để trống nếu không ghi nhận. Điều kiện: ít nhất 1.
     cost_vnd      decimal(18,0)  có            đồng (phát sinh)  Kinh phí đã chi cho lớp; để trống nếu không rõ, 0 nếu không phát sinh kinh phí. Điều kiện: ít nhất 0.
     source_file   text           có            ∅                 Tên tệp mà dòng này được nhập vào; để trống nếu dòng không do nhập từ tệp.
     source_row    bigint         có            ∅                 Số thứ tự dòng trong tệp nguồn; để trống nếu dòng không do nhập từ tệp. Điều kiện: ít nhất 1.
    --- stderr
    ");
    for_programs(&env, &["tables", "classes"], &MACHINES);
    let more = env.run_with_input(&["--lang", "vi", "--format", "table"], "\\d+ loans\n");
    assert!(more.stdout.contains("Ngày ký hợp đồng vay") && more.stdout.contains("đồng"), "{more}");
}

#[test]
#[cfg(unix)]
fn the_notes_about_a_table_are_in_vietnamese() {
    let env = TestEnv::workspace();
    let mut terminal = crate::pty::Terminal::start(&env, &["--lang", "vi", "-c", "\\d+ awards"], 60, 110);
    let shown = terminal.wait("từ 02/03/2022");
    assert_eq!(terminal.end(), 0, "{shown}");
    let told: Vec<&str> =
        shown.lines().map(str::trim_end).filter(|line| !line.starts_with([' ', '/'])).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    Khen thưởng (mô phỏng): Các hình thức khen thưởng tặng tập thể và cá nhân, mỗi lần khen thưởng cho một đối tượng là một dòng.
    10 dòng
    date_in_unit_validity: Ngày quyết định nằm trong thời gian đơn vị có hiệu lực
    flag_to_collective: Cờ thi đua chỉ tặng tập thể
    decided_in_time: Khen thưởng được quyết định chậm nhất ngày 31 tháng 1 năm sau
    collective_is_unit: Mã của tập thể là mã một đơn vị
    từ 02/03/2022 đến 31/01/2023
    ");
}

#[test]
fn saved_queries_are_listed_by_their_vietnamese_titles() {
    let env = TestEnv::workspace();
    let listed = in_vietnamese(&env, &["queries"]).stdout;
    let listed: Vec<&str> = listed.lines().take(5).collect();
    insta::assert_snapshot!(listed.join("\n"), @"
    truy vấn                   chủ đề      tên gọi                                                       tham số
    ─────────────────────────  ──────────  ────────────────────────────────────────────────────────────  ────────────────────────────────────────────────────
    activities/by-month        activities  Hoạt động theo tháng                                          unit? year=2022
    activities/by-movement     activities  Hoạt động theo phong trào và cấp                              year=2022
    activities/cost            activities  Kinh phí một lượt                                             year=2022
    ");
    for_programs(&env, &["queries"], &MACHINES);
}

#[test]
fn a_saved_query_is_described_in_vietnamese() {
    let env = TestEnv::workspace();
    let head = |args: &[&str]| env.run(args).stdout.split("\n\n[DIR]").next().unwrap_or_default().to_owned();
    insta::assert_snapshot!(head(&["--lang", "vi", "queries", "figures/f05"]), @"
    F05 · Giá trị làm lợi
    Tổng giá trị làm lợi đã biết của công trình, phần việc thuộc các hoạt động bắt đầu trong năm. Gồm phần đã quyết toán và phần ước tính: không phải chi phí, không phải tiền mặt.
    đã công bố: “giá trị làm lợi trên 7 tỷ đồng” (Báo Ninh Bình, 2023-01-05)

    tham số
      year  integer, mặc định 2022  Năm tổng kết; số liệu công bố là của năm 2022

    các cột
      value  decimal(28,0)  Giá trị làm lợi
    ");
    insta::assert_snapshot!(head(&["--lang", "en", "queries", "figures/f05"]), @"
    F05 · Known benefit
    F05 · Giá trị làm lợi
    Benefit of the works and tasks from activities that began in the year, summed where it is known. Settled in part and in part estimated: not a cost and not cash.
    Tổng giá trị làm lợi đã biết của công trình, phần việc thuộc các hoạt động bắt đầu trong năm. Gồm phần đã quyết toán và phần ước tính: không phải chi phí, không phải tiền mặt.
    published: “giá trị làm lợi trên 7 tỷ đồng” (Báo Ninh Bình, 2023-01-05)

    parameters
      year  integer, default 2022  The year reviewed; what was published is about 2022

    columns
      value  decimal(28,0)  Benefit
    ");
    assert_eq!(
        head(&["--lang", "vi", "queries", "figures/f05"]).lines().next(),
        head(&["--lang", "vi", "-c", "\\dq figures/f05"]).lines().next()
    );
    env.write("queries/en.sql", "-- ---\n-- title = \"Only English\"\n-- ---\nSELECT 1 AS n\n");
    assert!(head(&["--lang", "vi", "queries", "en"]).starts_with("Only English\n"));
}

#[test]
fn published_figures_have_units_and_numbers_of_the_language() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(in_vietnamese(&env, &["check", "--figures"]), @"
    exit 0
    --- stdout
     số liệu      đã công bố                                                            tính lại  đơn vị          khoảng cho phép                              kết luận  nguồn
     ───────────  ─────────────────────────────────────────────────────────────  ───────────────  ──────────────  ───────────────────────────────────────────  ────────  ─────────────────────────
     figures/f02  trên 1.700 hoạt động tình nguyện                                         1.712  hoạt động       1.700 < giá trị < 1.800                      khớp      Báo Ninh Bình, 2023-01-05
     figures/f03  gần 500 công trình                                                         496  công trình      475 <= giá trị < 500                         khớp      Báo Ninh Bình, 2023-01-05
     figures/f04  2.525 phần việc thanh niên                                               2.525  phần việc       2.524,5 <= giá trị < 2.525,5                 khớp      Báo Ninh Bình, 2023-01-05
     figures/f05  giá trị làm lợi trên 7 tỷ đồng                                   7.045.500.000  đồng            7.000.000.000 < giá trị < 8.000.000.000      khớp      Báo Ninh Bình, 2023-01-05
     figures/f06  gần 15.000 lượt đoàn viên thanh niên                                    14.960  lượt tham gia   14.250 <= giá trị < 15.000                   khớp      Báo Ninh Bình, 2023-01-05
     figures/f07  8 lớp tập huấn chuyển giao KHKT                                              8  lớp             7,5 <= giá trị < 8,5                         khớp      Báo Ninh Bình, 2023-01-05
     figures/f08  hơn 850 ĐVTN                                                               853  người           850 < giá trị < 860                          khớp      Báo Ninh Bình, 2023-01-05
     figures/f09  Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn: 2,819 tỷ đồng    2.819.000.000  đồng            2.818.500.000 <= giá trị < 2.819.500.000     khớp      Báo Ninh Bình, 2023-01-05
     figures/f10  dư nợ ủy thác NHCSXH đạt trên 397,8 tỷ đồng                    397.846.500.000  đồng            397.800.000.000 < giá trị < 397.900.000.000  khớp      Báo Ninh Bình, 2023-01-05
     figures/f11  Nghị quyết 43/2018/NQ-HĐND: năm 2022 giải ngân 10 tỷ đồng       10.000.000.000  đồng            9.500.000.000 <= giá trị < 10.500.000.000    khớp      Báo Ninh Bình, 2023-01-05
     figures/f12  cho 168 mô hình dự án                                                      168  mô hình, dự án  167,5 <= giá trị < 168,5                     khớp      Báo Ninh Bình, 2023-01-05
    --- stderr
    ");
    for_programs(&env, &["check", "--figures"], &MACHINES);
    // A saved query that names units has the same words for them.
    let ran = in_vietnamese(&env, &["run", "overview"]);
    assert!(ran.stdout.contains("lượt ghi danh") && ran.stdout.contains("lần khen thưởng"), "{ran}");
    for_programs(&env, &["check", "--all"], &MACHINES);
}
