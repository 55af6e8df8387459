-- ---
-- title = "Published against computed"
-- title_vi = "Công bố so với tính lại"
-- topic = "overview"
-- description = "One row a published figure of 2022 (Báo Ninh Bình, 2023-01-05): what was printed, what the tables give, and the band that the words allow. more_than: low < computed < high; nearly and exact: low <= computed < high. The verdict is null where nothing is known to compute from. Never add the rows: F09 and F10 are balances, F11 is a flow."
-- description_vi = "Mỗi dòng là một số liệu đã công bố của năm 2022 (Báo Ninh Bình, 05/01/2023): số in trên báo, số tính lại từ các bảng và khoảng mà cách nói cho phép. Trên, hơn: low < computed < high; gần và chính xác: low <= computed < high. Kết luận để trống khi không có gì để tính. Không cộng các dòng: F09, F10 là số dư, F11 là số phát sinh."
-- [columns.id]
-- title = "Figure id"
-- title_vi = "Mã số liệu"
-- [columns.published_text]
-- title = "As published"
-- title_vi = "Nguyên văn công bố"
-- [columns.published_value]
-- title = "Published"
-- title_vi = "Số công bố"
-- [columns.unit]
-- title = "Unit of measure"
-- title_vi = "Đơn vị tính"
-- [columns.qualifier]
-- title = "Wording"
-- title_vi = "Cách nói"
-- [columns.qualifier.labels]
-- exact = "exactly"
-- more_than = "more than"
-- [columns.qualifier.labels_vi]
-- exact = "đúng bằng"
-- more_than = "trên, hơn"
-- nearly = "gần"
-- [columns.computed]
-- title = "Computed"
-- title_vi = "Số tính lại"
-- [columns.low]
-- title = "Lower bound"
-- title_vi = "Cận dưới"
-- [columns.high]
-- title = "Upper bound"
-- title_vi = "Cận trên"
-- [columns.verdict]
-- title = "Verdict"
-- title_vi = "Kết luận"
-- [columns.verdict.labels_vi]
-- holds = "đúng"
-- contradicts = "trái"
-- ---
WITH
  -- step: one unit of the last digit that was printed.
  published (id, published_text, published_value, step, unit, qualifier) AS (
    VALUES
      ('F02', 'trên 1.700 hoạt động tình nguyện', 1700, 100, 'activities', 'more_than'),
      ('F03', 'gần 500 công trình', 500, 100, 'works', 'nearly'),
      ('F04', '2.525 phần việc thanh niên', 2525, 1, 'tasks', 'exact'),
      ('F05', 'giá trị làm lợi trên 7 tỷ đồng', 7000000000, 1000000000, 'VND', 'more_than'),
      ('F06', 'gần 15.000 lượt đoàn viên thanh niên', 15000, 1000, 'participations', 'nearly'),
      ('F07', '8 lớp tập huấn chuyển giao KHKT', 8, 1, 'classes', 'exact'),
      ('F08', 'hơn 850 ĐVTN', 850, 10, 'persons', 'more_than'),
      ('F09', 'Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn: 2,819 tỷ đồng', 2819000000, 1000000, 'VND', 'exact'),
      ('F10', 'dư nợ ủy thác NHCSXH đạt trên 397,8 tỷ đồng', 397800000000, 100000000, 'VND', 'more_than'),
      ('F11', 'Nghị quyết 43/2018/NQ-HĐND: năm 2022 giải ngân 10 tỷ đồng', 10000000000, 1000000000, 'VND', 'exact'),
      ('F12', 'cho 168 mô hình dự án', 168, 1, 'projects', 'exact')
  ),
  volunteering AS (
    SELECT count(*) AS activities, sum(participations) AS participations
    FROM activities
    WHERE category = 'volunteering'
      AND status = 'done'
      AND EXTRACT(YEAR FROM start_date) = 2022
  ),
  made AS (
    SELECT
      count(*) FILTER (WHERE kind = 'work') AS works,
      count(*) FILTER (WHERE kind = 'task') AS tasks,
      sum(benefit_vnd) AS benefit_vnd
    FROM outputs
    WHERE activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = 2022)
  ),
  held AS (
    SELECT count(*) AS classes
    FROM classes
    WHERE EXTRACT(YEAR FROM start_date) = 2022
  ),
  trained AS (
    SELECT count(DISTINCT trainee_id) AS persons
    FROM trainees
    WHERE class_id IN (SELECT class_id FROM classes WHERE EXTRACT(YEAR FROM start_date) = 2022)
  ),
  balances AS (
    SELECT
      sum(capital_vnd) FILTER (WHERE channel = 'national_employment_fund') AS capital_vnd,
      sum(outstanding_vnd) FILTER (WHERE channel = 'vbsp_entrusted') AS outstanding_vnd
    FROM loan_balances
    WHERE as_of_date = DATE '2022-12-31'
  ),
  disbursed AS (
    SELECT sum(flow_vnd) AS disbursed_vnd
    FROM loan_flows
    WHERE kind = 'disbursement'
      AND EXTRACT(YEAR FROM flow_date) = 2022
      AND loan_id IN (SELECT loan_id FROM loans WHERE channel = 'resolution_43')
  ),
  contracted AS (
    SELECT count(*) AS projects
    FROM loans
    WHERE channel = 'resolution_43'
      AND EXTRACT(YEAR FROM contract_date) = 2022
  ),
  computed (id, computed) AS (
    SELECT 'F02', CAST(activities AS DECIMAL(38, 0)) FROM volunteering
    UNION ALL
    SELECT 'F03', CAST(works AS DECIMAL(38, 0)) FROM made
    UNION ALL
    SELECT 'F04', CAST(tasks AS DECIMAL(38, 0)) FROM made
    UNION ALL
    SELECT 'F05', CAST(benefit_vnd AS DECIMAL(38, 0)) FROM made
    UNION ALL
    SELECT 'F06', CAST(participations AS DECIMAL(38, 0)) FROM volunteering
    UNION ALL
    SELECT 'F07', CAST(classes AS DECIMAL(38, 0)) FROM held
    UNION ALL
    SELECT 'F08', CAST(persons AS DECIMAL(38, 0)) FROM trained
    UNION ALL
    SELECT 'F09', CAST(capital_vnd AS DECIMAL(38, 0)) FROM balances
    UNION ALL
    SELECT 'F10', CAST(outstanding_vnd AS DECIMAL(38, 0)) FROM balances
    UNION ALL
    SELECT 'F11', CAST(disbursed_vnd AS DECIMAL(38, 0)) FROM disbursed
    UNION ALL
    SELECT 'F12', CAST(projects AS DECIMAL(38, 0)) FROM contracted
  ),
  -- Exact means equal after rounding to the printed digits: within half a step. The casts round a half up, so for a
  -- step of 1 the band is the one whole number [value, value + 1).
  banded AS (
    SELECT
      id, published_text, published_value, unit, qualifier,
      CAST(CASE qualifier
        WHEN 'nearly' THEN published_value * 0.95
        WHEN 'exact' THEN published_value - step * 0.5
        ELSE published_value
      END AS DECIMAL(18, 0)) AS low,
      CAST(CASE qualifier
        WHEN 'nearly' THEN published_value
        WHEN 'exact' THEN published_value + step * 0.5
        ELSE published_value + step
      END AS DECIMAL(18, 0)) AS high
    FROM published
  )
SELECT
  b.id,
  b.published_text,
  b.published_value,
  b.unit,
  b.qualifier,
  c.computed,
  b.low,
  b.high,
  CASE
    WHEN c.computed IS NULL THEN NULL
    WHEN c.computed >= b.high OR c.computed < b.low THEN 'contradicts'
    WHEN c.computed = b.low AND b.qualifier = 'more_than' THEN 'contradicts'
    ELSE 'holds'
  END AS verdict
FROM banded AS b
JOIN computed AS c ON c.id = b.id
ORDER BY b.id
