//! The units of the province and the plan of the next year: the two tables with the same rows at
//! every scale.

use chrono::NaiveDate;

use super::calendar::date;
use super::writer::{Column, Make, Table};

/// A unit of the provincial Youth Union.
pub(super) struct Unit {
    /// The code that other tables refer to.
    pub(super) id: &'static str,
    name_vi: &'static str,
    kind: &'static str,
    /// How much of the province's activities fall to it.
    pub(super) activity_weight: u64,
    /// How much of its lending; units that lend are the towns and districts.
    pub(super) lending_weight: u64,
}

/// The thirteen units: two towns, six districts, four affiliated unions, the provincial office.
pub(super) const UNITS: [Unit; 13] = [
    unit("ninh_binh", "Thành đoàn Ninh Bình", "city", 12, 10),
    unit("tam_diep", "Thành đoàn Tam Điệp", "city", 7, 7),
    unit("nho_quan", "Huyện đoàn Nho Quan", "district", 12, 18),
    unit("gia_vien", "Huyện đoàn Gia Viễn", "district", 11, 13),
    unit("hoa_lu", "Huyện đoàn Hoa Lư", "district", 9, 9),
    unit("yen_khanh", "Huyện đoàn Yên Khánh", "district", 12, 14),
    unit("yen_mo", "Huyện đoàn Yên Mô", "district", 10, 12),
    unit("kim_son", "Huyện đoàn Kim Sơn", "district", 11, 17),
    unit("co_quan_doanh_nghiep", "Đoàn Khối Cơ quan và Doanh nghiệp tỉnh", "affiliated", 6, 0),
    unit("cong_an", "Đoàn Thanh niên Công an tỉnh", "affiliated", 4, 0),
    unit("quan_su", "Đoàn Thanh niên Quân sự tỉnh", "affiliated", 3, 0),
    unit("dai_hoc_hoa_lu", "Đoàn Trường Đại học Hoa Lư", "affiliated", 2, 0),
    unit("tinh_doan", "Cơ quan Tỉnh đoàn", "provincial", 1, 0),
];

const fn unit(
    id: &'static str,
    name_vi: &'static str,
    kind: &'static str,
    activity_weight: u64,
    lending_weight: u64,
) -> Unit {
    Unit { id, name_vi, kind, activity_weight, lending_weight }
}

/// Every unit with its share of activities, as choices to deal from.
pub(super) fn by_activity() -> Vec<(&'static str, u64)> {
    UNITS.iter().map(|unit| (unit.id, unit.activity_weight)).collect()
}

/// The towns and districts with their share of lending, as choices to deal from.
pub(super) fn by_lending() -> Vec<(&'static str, u64)> {
    UNITS.iter().filter(|unit| unit.lending_weight > 0).map(|unit| (unit.id, unit.lending_weight)).collect()
}

/// The table `units`.
pub(super) fn table() -> Table<Unit> {
    Table {
        name: "units",
        columns: vec![
            Column::required("unit_id", Make::Text(|unit| Some(unit.id))),
            Column::required("name_vi", Make::Text(|unit| Some(unit.name_vi))),
            Column::required("kind", Make::Text(|unit| Some(unit.kind))),
            Column::required("valid_from", Make::Date(|_| Some(first_day()))),
            Column::optional("valid_to", Make::Date(|_| None)),
        ],
        rows: UNITS.into(),
        copies: |_, _| 1,
        sorted_by: &[],
    }
}

/// The first day that the sample knows its units for: the province was founded again on 1 April 1992.
fn first_day() -> NaiveDate {
    date(1992, 4, 1)
}

/// A task of the next year's plan.
pub(super) struct PlanTask {
    id: String,
    year: i32,
    area: &'static str,
    task_vi: &'static str,
    task_en: &'static str,
}

/// The table `plan_tasks`: the plan for the year after `year`, in twelve areas.
pub(super) fn plan(year: i32) -> Table<PlanTask> {
    let tasks = [
        (
            "resolutions",
            "Học tập, quán triệt nghị quyết đại hội Đoàn toàn quốc lần thứ XII và đại hội Đoàn tỉnh lần thứ XIV",
            "Study and carry out the resolutions of the XII national and XIV provincial congresses of the Union",
        ),
        (
            "ideals",
            "Giáo dục lý tưởng cách mạng, đạo đức, lối sống văn hóa cho thanh thiếu nhi",
            "Educate the young in ideals, ethics and way of life",
        ),
        (
            "ways_of_working",
            "Đổi mới nội dung và phương thức hoạt động của Đoàn, hướng về cơ sở",
            "Renew what the Union does and how it works, with the grassroots first",
        ),
        (
            "digital",
            "Đẩy mạnh chuyển đổi số trong công tác Đoàn và phong trào thanh thiếu nhi",
            "Speed up the digital transformation of the Union's work",
        ),
        (
            "movements",
            "Khơi dậy phong trào tự học, sáng tạo trong thanh niên",
            "Encourage self-study and creativity among the young",
        ),
        (
            "start_up",
            "Hỗ trợ thanh niên khởi nghiệp, lập nghiệp và vay vốn phát triển kinh tế",
            "Support young people who start a business, a career or a loan",
        ),
        (
            "cadre",
            "Xây dựng đội ngũ cán bộ Đoàn có bản lĩnh, năng lực và tinh thần trách nhiệm",
            "Build a cadre with character, ability and responsibility",
        ),
        (
            "recruitment",
            "Làm tốt việc tuyển chọn, quy hoạch, đào tạo và luân chuyển cán bộ Đoàn",
            "Recruit, plan, train and rotate cadres well",
        ),
        (
            "youth_law",
            "Triển khai Luật Thanh niên năm 2020 ở các cấp bộ Đoàn",
            "Carry out the Youth Law of 2020 at every level",
        ),
        (
            "youth_strategy",
            "Tham gia thực hiện Chiến lược phát triển thanh niên giai đoạn 2021–2030",
            "Take part in the Youth Development Strategy 2021–2030",
        ),
        (
            "programmes",
            "Phối hợp với các sở, ngành thực hiện chương trình liên tịch",
            "Carry out joint programmes with the departments of the province",
        ),
        (
            "careers",
            "Tư vấn, hướng nghiệp và giới thiệu việc làm cho thanh niên",
            "Advise the young on careers and help them to a job",
        ),
    ];
    Table {
        name: "plan_tasks",
        columns: vec![
            Column::required("task_id", Make::Text(|task: &PlanTask| Some(&task.id))),
            Column::required("plan_year", Make::Int(|task, _| Some(task.year))),
            Column::required("area", Make::Text(|task| Some(task.area))),
            Column::required("task_vi", Make::Text(|task| Some(task.task_vi))),
            Column::required("task_en", Make::Text(|task| Some(task.task_en))),
        ],
        rows: (1..)
            .zip(tasks)
            .map(|(number, (area, task_vi, task_en))| PlanTask {
                id: format!("K{}-{number:02}", year + 1),
                year: year + 1,
                area,
                task_vi,
                task_en,
            })
            .collect(),
        copies: |_, _| 1,
        sorted_by: &[],
    }
}
