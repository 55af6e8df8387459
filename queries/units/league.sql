-- ---
-- title = "Units ranked by a measure"
-- title_vi = "Bảng xếp hạng đơn vị"
-- topic = "units"
-- description = "One row a unit, ranked by one measure of the year; equal values share a place. activities and participations: done, all categories, by start date; works, tasks, benefit_vnd: by the year of their activity; trainees: distinct persons, each at the unit of their latest enrolment; disbursed_vnd: Resolution 43 only; awards: by the year honoured. Sums run over the rows_known of rows_counted rows that have a value: 0 means no rows, null means that none is known. Units differ in size: a place is not a judgement."
-- description_vi = "Mỗi dòng là một đơn vị, xếp theo một chỉ tiêu của năm; giá trị bằng nhau thì đồng hạng. activities, participations: hoạt động đã hoàn thành, mọi loại, theo ngày bắt đầu; works, tasks, benefit_vnd: theo năm của hoạt động tạo ra công trình, phần việc; trainees: số người, tính cho đơn vị ở lần ghi danh gần nhất; disbursed_vnd: chỉ Nghị quyết 43; awards: theo năm được khen. Tổng tính trên rows_known dòng có giá trị trong rows_counted dòng: 0 là không có dòng nào, để trống là chưa biết. Các đơn vị khác nhau về quy mô: thứ hạng không phải lời đánh giá."
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
-- [columns.place]
-- title = "Place"
-- title_vi = "Thứ hạng"
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
-- [columns.rows_counted]
-- title = "Rows counted"
-- title_vi = "Tổng số dòng"
-- [columns.rows_known]
-- title = "Rows with a value"
-- title_vi = "Dòng có số liệu"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "value"
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
  )
SELECT
  CASE WHEN value IS NOT NULL THEN rank() OVER (ORDER BY value DESC NULLS LAST) END AS place,
  unit_id,
  name_vi,
  CAST($measure AS VARCHAR) AS measure,
  value,
  rows_counted,
  rows_known
FROM by_unit
ORDER BY value DESC NULLS LAST, unit_id
