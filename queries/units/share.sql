-- ---
-- title = "Each unit's share of the province"
-- title_vi = "Tỷ trọng từng đơn vị"
-- topic = "units"
-- description = "One row a unit: its part of the province's total of one measure of the year, in percent of the total over units, rounded to 0.1 (so the shares may add to 99.9 or 100.1). Measures are those of units/league. A value is summed over the rows_known of rows_counted rows that have one: 0 means no rows, null means that none is known, and then there is no share."
-- description_vi = "Mỗi dòng là một đơn vị: phần của đơn vị trong tổng toàn tỉnh theo một chỉ tiêu của năm, tính bằng phần trăm của tổng các đơn vị, làm tròn đến 0,1 (nên cộng lại có thể là 99,9 hoặc 100,1). Các chỉ tiêu như ở units/league. Giá trị là tổng trên rows_known dòng có giá trị trong rows_counted dòng: 0 là không có dòng nào, để trống là chưa biết, khi đó không có tỷ trọng."
-- [params.measure]
-- type = "text"
-- default = "activities"
-- values = ["activities", "participations", "works", "tasks", "benefit_vnd", "trainees", "disbursed_vnd", "awards"]
-- description = "What the units are compared by"
-- description_vi = "Chỉ tiêu dùng để so sánh các đơn vị"
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.measure]
-- title = "Measure"
-- title_vi = "Chỉ tiêu"
-- [columns.measure.labels]
-- activities = "Activities"
-- participations = "Participations"
-- works = "Works"
-- tasks = "Tasks"
-- benefit_vnd = "Benefit"
-- trainees = "Trainees (persons)"
-- disbursed_vnd = "Disbursed under Resolution 43"
-- awards = "Awards"
-- [columns.measure.labels_vi]
-- activities = "Hoạt động"
-- participations = "Lượt tham gia"
-- works = "Công trình"
-- tasks = "Phần việc"
-- benefit_vnd = "Giá trị làm lợi"
-- trainees = "Học viên (số người)"
-- disbursed_vnd = "Giải ngân theo Nghị quyết 43"
-- awards = "Khen thưởng"
-- [columns.value]
-- title = "Value"
-- title_vi = "Giá trị"
-- [columns.province_value]
-- title = "Province"
-- title_vi = "Toàn tỉnh"
-- [columns.share_pct]
-- title = "Share, %"
-- title_vi = "Tỷ trọng (%)"
-- [columns.rows_counted]
-- title = "Rows counted"
-- title_vi = "Tổng số dòng"
-- [columns.rows_known]
-- title = "Rows with a value"
-- title_vi = "Dòng có số liệu"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "share_pct"
-- ---
WITH
  activities_done AS (
    SELECT unit_id, participations
    FROM activities
    WHERE status = 'done'
      AND EXTRACT(YEAR FROM start_date) = $year
  ),
  outputs_of_year AS (
    SELECT unit_id, kind, benefit_vnd
    FROM outputs
    WHERE activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
  ),
  enrolments AS (
    SELECT
      e.unit_id,
      row_number() OVER (PARTITION BY e.trainee_id ORDER BY c.start_date DESC, e.enrolment_id DESC) AS place
    FROM trainees AS e
    JOIN classes AS c ON c.class_id = e.class_id
    WHERE EXTRACT(YEAR FROM c.start_date) = $year
  ),
  measured AS (
    SELECT 'activities' AS measure, unit_id, count(*) AS rows_counted, count(*) AS rows_known,
      CAST(count(*) AS DECIMAL(38, 0)) AS value
    FROM activities_done
    GROUP BY unit_id
    UNION ALL
    SELECT 'participations' AS measure, unit_id, count(*) AS rows_counted, count(*) AS rows_known,
      CAST(sum(participations) AS DECIMAL(38, 0)) AS value
    FROM activities_done
    GROUP BY unit_id
    UNION ALL
    SELECT 'works' AS measure, unit_id, count(*) AS rows_counted, count(*) AS rows_known,
      CAST(count(*) AS DECIMAL(38, 0)) AS value
    FROM outputs_of_year
    WHERE kind = 'work'
    GROUP BY unit_id
    UNION ALL
    SELECT 'tasks' AS measure, unit_id, count(*) AS rows_counted, count(*) AS rows_known,
      CAST(count(*) AS DECIMAL(38, 0)) AS value
    FROM outputs_of_year
    WHERE kind = 'task'
    GROUP BY unit_id
    UNION ALL
    SELECT 'benefit_vnd' AS measure, unit_id, count(*) AS rows_counted, count(benefit_vnd) AS rows_known,
      CAST(sum(benefit_vnd) AS DECIMAL(38, 0)) AS value
    FROM outputs_of_year
    GROUP BY unit_id
    UNION ALL
    -- A person belongs to the unit of their latest enrolment, so that units add up to the province's persons.
    SELECT 'trainees' AS measure, unit_id, count(*) AS rows_counted, count(*) AS rows_known,
      CAST(count(*) AS DECIMAL(38, 0)) AS value
    FROM enrolments
    WHERE place = 1
    GROUP BY unit_id
    UNION ALL
    SELECT 'disbursed_vnd' AS measure, l.unit_id, count(*) AS rows_counted, count(*) AS rows_known,
      CAST(sum(f.flow_vnd) AS DECIMAL(38, 0)) AS value
    FROM loan_flows AS f
    JOIN loans AS l ON l.loan_id = f.loan_id
    WHERE l.channel = 'resolution_43'
      AND f.kind = 'disbursement'
      AND EXTRACT(YEAR FROM f.flow_date) = $year
    GROUP BY l.unit_id
    UNION ALL
    SELECT 'awards' AS measure, unit_id, count(*) AS rows_counted, count(*) AS rows_known,
      CAST(count(*) AS DECIMAL(38, 0)) AS value
    FROM awards
    WHERE honoured_year = $year
    GROUP BY unit_id
  ),
  by_unit AS (
    SELECT
      u.unit_id,
      u.name_vi,
      COALESCE(m.rows_counted, 0) AS rows_counted,
      COALESCE(m.rows_known, 0) AS rows_known,
      CASE WHEN m.unit_id IS NULL THEN 0 ELSE m.value END AS value
    FROM units AS u
    LEFT JOIN (SELECT * FROM measured WHERE measure = $measure) AS m ON m.unit_id = u.unit_id
  ),
  province AS (
    SELECT sum(value) AS value
    FROM by_unit
  )
SELECT
  u.unit_id,
  u.name_vi,
  CAST($measure AS VARCHAR) AS measure,
  u.value,
  p.value AS province_value,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * u.value / NULLIF(p.value, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS share_pct,
  u.rows_counted,
  u.rows_known
FROM by_unit AS u
CROSS JOIN province AS p
ORDER BY u.value DESC NULLS LAST, u.unit_id
