-- ---
-- title = "The year at a glance"
-- title_vi = "Tổng quan năm"
-- topic = "overview"
-- description = "One row a headline measure of the year. Activities count by their start date and outputs by the year of their activity; the two balances are those of 31 December (null where no balance is held for that day). Never add the rows: counts, flows and stocks stand side by side. rows_known of rows_counted rows carry a value; unknown values are left out, not counted as 0. value_before is the same measure of the year before, null where nothing of that year is held."
-- description_vi = "Mỗi dòng là một chỉ tiêu chính của năm. Hoạt động tính theo ngày bắt đầu, công trình và phần việc theo năm của hoạt động tạo ra chúng; hai số dư là số tại ngày 31/12 (để trống nếu không có số dư ngày đó). Không cộng các dòng với nhau: số đếm, số phát sinh và số dư đứng cạnh nhau. rows_known là số dòng có giá trị trong rows_counted dòng; giá trị chưa biết được bỏ qua, không tính là 0. value_before là cùng chỉ tiêu của năm trước, để trống nếu không có dữ liệu năm đó."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.measure_id]
-- title = "Measure id"
-- title_vi = "Mã chỉ tiêu"
-- [columns.label_vi]
-- title = "Measure in Vietnamese"
-- title_vi = "Chỉ tiêu"
-- [columns.label_en]
-- title = "Measure in English"
-- title_vi = "Chỉ tiêu (tiếng Anh)"
-- [columns.value]
-- title = "Value"
-- title_vi = "Giá trị"
-- [columns.value_before]
-- title = "The year before"
-- title_vi = "Năm trước"
-- [columns.change]
-- title = "Change"
-- title_vi = "Tăng, giảm"
-- [columns.unit]
-- title = "Unit of measure"
-- title_vi = "Đơn vị tính"
-- [columns.kind]
-- title = "Kind of measure"
-- title_vi = "Kiểu đo"
-- [columns.kind.labels_vi]
-- count = "số đếm"
-- flow = "phát sinh"
-- stock = "số dư"
-- [columns.figure]
-- title = "Figure id"
-- title_vi = "Mã số liệu"
-- [columns.rows_counted]
-- title = "Rows counted"
-- title_vi = "Tổng số dòng"
-- [columns.rows_known]
-- title = "Rows with a value"
-- title_vi = "Dòng có số liệu"
-- ---
WITH
  measures (line, measure_id, unit, kind, figure, label_vi, label_en) AS (
    VALUES
      (1, 'activities', 'activities', 'count', NULL,
        'Hoạt động đã hoàn thành, mọi loại',
        'Activities done, all categories'),
      (2, 'volunteering_activities', 'activities', 'count', 'F02',
        'Hoạt động tình nguyện đã hoàn thành',
        'Volunteering activities done'),
      (3, 'volunteering_participations', 'participations', 'flow', 'F06',
        'Lượt tham gia hoạt động tình nguyện',
        'Participations in volunteering activities'),
      (4, 'works', 'works', 'count', 'F03',
        'Công trình thanh niên',
        'Youth works'),
      (5, 'tasks', 'tasks', 'count', 'F04',
        'Phần việc thanh niên',
        'Youth tasks'),
      (6, 'benefit_vnd', 'VND', 'flow', 'F05',
        'Giá trị làm lợi',
        'Known benefit of works and tasks'),
      (7, 'classes', 'classes', 'count', 'F07',
        'Lớp tập huấn chuyển giao khoa học kỹ thuật',
        'Training classes'),
      (8, 'enrolments', 'enrolments', 'count', NULL,
        'Lượt ghi danh',
        'Enrolments'),
      (9, 'trainees', 'persons', 'count', 'F08',
        'Học viên (số người)',
        'Trainees (persons)'),
      (10, 'employment_fund_capital_vnd', 'VND', 'stock', 'F09',
        'Vốn Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn, tại 31/12',
        'Capital of the National Employment Fund, Central Union channel, at 31 December'),
      (11, 'entrusted_outstanding_vnd', 'VND', 'stock', 'F10',
        'Dư nợ vốn Ngân hàng Chính sách xã hội ủy thác qua Đoàn, tại 31/12',
        'Outstanding entrusted lending of the Bank for Social Policies, at 31 December'),
      (12, 'resolution_43_disbursed_vnd', 'VND', 'flow', 'F11',
        'Giải ngân theo Nghị quyết 43 trong năm',
        'Disbursed under Resolution 43 in the year'),
      (13, 'resolution_43_projects', 'projects', 'count', 'F12',
        'Mô hình, dự án vay vốn theo Nghị quyết 43',
        'Projects with a loan under Resolution 43'),
      (14, 'awards', 'awards', 'count', NULL,
        'Khen thưởng, tất cả hình thức',
        'Awards of every kind'),
      (15, 'emulation_flags', 'awards', 'count', NULL,
        'Trong đó: cờ thi đua',
        'Of these: emulation flags'),
      (16, 'awards_to_collectives', 'awards', 'count', NULL,
        'Trong đó: khen thưởng tập thể',
        'Of these: to collectives'),
      (17, 'awards_to_individuals', 'awards', 'count', NULL,
        'Trong đó: khen thưởng cá nhân',
        'Of these: to individuals')
  ),
  activities_of_years AS (
    SELECT EXTRACT(YEAR FROM start_date) AS year, activity_id, category, participations, status
    FROM activities
    WHERE EXTRACT(YEAR FROM start_date) BETWEEN $year - 1 AND $year
  ),
  done AS (
    SELECT
      year,
      count(*) AS activities,
      count(*) FILTER (WHERE category = 'volunteering') AS volunteering,
      COALESCE(sum(participations) FILTER (WHERE category = 'volunteering'), 0) AS participations
    FROM activities_of_years
    WHERE status = 'done'
    GROUP BY year
  ),
  made AS (
    SELECT
      a.year,
      count(*) FILTER (WHERE o.kind = 'work') AS works,
      count(*) FILTER (WHERE o.kind = 'task') AS tasks,
      count(*) AS outputs,
      count(o.benefit_vnd) AS benefits_known,
      sum(o.benefit_vnd) AS benefit_vnd
    FROM outputs AS o
    JOIN activities_of_years AS a ON a.activity_id = o.activity_id
    GROUP BY a.year
  ),
  classes_of_years AS (
    SELECT EXTRACT(YEAR FROM start_date) AS year, class_id
    FROM classes
    WHERE EXTRACT(YEAR FROM start_date) BETWEEN $year - 1 AND $year
  ),
  held AS (
    SELECT year, count(*) AS classes
    FROM classes_of_years
    GROUP BY year
  ),
  trained AS (
    SELECT c.year, count(*) AS enrolments, count(DISTINCT t.trainee_id) AS persons
    FROM trainees AS t
    JOIN classes_of_years AS c ON c.class_id = t.class_id
    GROUP BY c.year
  ),
  -- Balances lie on month ends, so December has one date: 31 December.
  balances AS (
    SELECT
      EXTRACT(YEAR FROM as_of_date) AS year,
      count(*) FILTER (WHERE channel = 'national_employment_fund') AS fund_series,
      count(capital_vnd) FILTER (WHERE channel = 'national_employment_fund') AS fund_known,
      sum(capital_vnd) FILTER (WHERE channel = 'national_employment_fund') AS capital_vnd,
      count(*) FILTER (WHERE channel = 'vbsp_entrusted') AS entrusted_series,
      count(outstanding_vnd) FILTER (WHERE channel = 'vbsp_entrusted') AS entrusted_known,
      sum(outstanding_vnd) FILTER (WHERE channel = 'vbsp_entrusted') AS outstanding_vnd
    FROM loan_balances
    WHERE EXTRACT(YEAR FROM as_of_date) BETWEEN $year - 1 AND $year
      AND EXTRACT(MONTH FROM as_of_date) = 12
    GROUP BY EXTRACT(YEAR FROM as_of_date)
  ),
  disbursed AS (
    SELECT EXTRACT(YEAR FROM flow_date) AS year, count(*) AS disbursements, sum(flow_vnd) AS disbursed_vnd
    FROM loan_flows
    WHERE kind = 'disbursement'
      AND EXTRACT(YEAR FROM flow_date) BETWEEN $year - 1 AND $year
      AND loan_id IN (SELECT loan_id FROM loans WHERE channel = 'resolution_43')
    GROUP BY EXTRACT(YEAR FROM flow_date)
  ),
  contracted AS (
    SELECT EXTRACT(YEAR FROM contract_date) AS year, count(*) AS projects
    FROM loans
    WHERE channel = 'resolution_43'
      AND EXTRACT(YEAR FROM contract_date) BETWEEN $year - 1 AND $year
    GROUP BY EXTRACT(YEAR FROM contract_date)
  ),
  given AS (
    SELECT
      honoured_year AS year,
      count(*) AS awards,
      count(*) FILTER (WHERE kind = 'emulation_flag') AS flags,
      count(*) FILTER (WHERE recipient_kind = 'collective') AS to_collectives,
      count(*) FILTER (WHERE recipient_kind = 'individual') AS to_individuals
    FROM awards
    WHERE honoured_year BETWEEN $year - 1 AND $year
    GROUP BY honoured_year
  ),
  measured AS (
    SELECT year, 'activities' AS measure_id, CAST(activities AS DECIMAL(38, 0)) AS value,
      activities AS rows_counted, activities AS rows_known
    FROM done
    UNION ALL
    SELECT year, 'volunteering_activities' AS measure_id, CAST(volunteering AS DECIMAL(38, 0)) AS value,
      volunteering AS rows_counted, volunteering AS rows_known
    FROM done
    UNION ALL
    SELECT year, 'volunteering_participations' AS measure_id, CAST(participations AS DECIMAL(38, 0)) AS value,
      volunteering AS rows_counted, volunteering AS rows_known
    FROM done
    UNION ALL
    SELECT year, 'works' AS measure_id, CAST(works AS DECIMAL(38, 0)) AS value,
      works AS rows_counted, works AS rows_known
    FROM made
    UNION ALL
    SELECT year, 'tasks' AS measure_id, CAST(tasks AS DECIMAL(38, 0)) AS value,
      tasks AS rows_counted, tasks AS rows_known
    FROM made
    UNION ALL
    SELECT year, 'benefit_vnd' AS measure_id,
      CAST(benefit_vnd AS DECIMAL(38, 0)) AS value,
      outputs AS rows_counted, benefits_known AS rows_known
    FROM made
    UNION ALL
    SELECT year, 'classes' AS measure_id, CAST(classes AS DECIMAL(38, 0)) AS value,
      classes AS rows_counted, classes AS rows_known
    FROM held
    UNION ALL
    SELECT year, 'enrolments' AS measure_id, CAST(enrolments AS DECIMAL(38, 0)) AS value,
      enrolments AS rows_counted, enrolments AS rows_known
    FROM trained
    UNION ALL
    SELECT year, 'trainees' AS measure_id, CAST(persons AS DECIMAL(38, 0)) AS value,
      enrolments AS rows_counted, enrolments AS rows_known
    FROM trained
    UNION ALL
    SELECT year, 'employment_fund_capital_vnd' AS measure_id, CAST(capital_vnd AS DECIMAL(38, 0)) AS value,
      fund_series AS rows_counted, fund_known AS rows_known
    FROM balances
    UNION ALL
    SELECT year, 'entrusted_outstanding_vnd' AS measure_id, CAST(outstanding_vnd AS DECIMAL(38, 0)) AS value,
      entrusted_series AS rows_counted, entrusted_known AS rows_known
    FROM balances
    UNION ALL
    SELECT year, 'resolution_43_disbursed_vnd' AS measure_id, CAST(disbursed_vnd AS DECIMAL(38, 0)) AS value,
      disbursements AS rows_counted, disbursements AS rows_known
    FROM disbursed
    UNION ALL
    SELECT year, 'resolution_43_projects' AS measure_id, CAST(projects AS DECIMAL(38, 0)) AS value,
      projects AS rows_counted, projects AS rows_known
    FROM contracted
    UNION ALL
    SELECT year, 'awards' AS measure_id, CAST(awards AS DECIMAL(38, 0)) AS value,
      awards AS rows_counted, awards AS rows_known
    FROM given
    UNION ALL
    SELECT year, 'emulation_flags' AS measure_id, CAST(flags AS DECIMAL(38, 0)) AS value,
      flags AS rows_counted, flags AS rows_known
    FROM given
    UNION ALL
    SELECT year, 'awards_to_collectives' AS measure_id, CAST(to_collectives AS DECIMAL(38, 0)) AS value,
      to_collectives AS rows_counted, to_collectives AS rows_known
    FROM given
    UNION ALL
    SELECT year, 'awards_to_individuals' AS measure_id, CAST(to_individuals AS DECIMAL(38, 0)) AS value,
      to_individuals AS rows_counted, to_individuals AS rows_known
    FROM given
  ),
  -- Of a year in which nothing is held it is not known what there was.
  before AS (
    SELECT count(*) > 0 AS is_held
    FROM measured
    WHERE year = $year - 1
  ),
  compared AS (
    SELECT
      m.line,
      -- Without rows a count or a flow is 0, and a balance is not known.
      CASE WHEN now.measure_id IS NULL AND m.kind <> 'stock' THEN 0 ELSE now.value END AS value,
      CASE
        WHEN NOT b.is_held THEN NULL
        WHEN was.measure_id IS NULL AND m.kind <> 'stock' THEN 0
        ELSE was.value
      END AS value_before,
      COALESCE(now.rows_counted, 0) AS rows_counted,
      COALESCE(now.rows_known, 0) AS rows_known
    FROM measures AS m
    CROSS JOIN before AS b
    LEFT JOIN measured AS now ON now.measure_id = m.measure_id AND now.year = $year
    LEFT JOIN measured AS was ON was.measure_id = m.measure_id AND was.year = $year - 1
  )
SELECT
  m.measure_id,
  m.label_vi,
  m.label_en,
  c.value,
  c.value_before,
  c.value - c.value_before AS change,
  m.unit,
  m.kind,
  m.figure,
  c.rows_counted,
  c.rows_known
FROM measures AS m
JOIN compared AS c ON c.line = m.line
ORDER BY m.line
