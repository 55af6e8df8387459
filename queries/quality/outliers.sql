-- ---
-- title = "Outliers in the data"
-- title_vi = "Bất thường trong dữ liệu"
-- topic = "quality"
-- description = "One row a value of the year that lies more than 3 MAD from the median of its peers (MAD: the median absolute deviation). Peers share table, measure and peer_group: participations and cost of activities done by category, benefit of outputs by kind, approved loans by channel. Unknown values are left out, and groups with a MAD of 0 too, since nothing can be measured in it. Median and MAD are exact, distance is in MADs, rounded to 0.1. An outlier is a row to look at, not an error."
-- description_vi = "Mỗi dòng là một giá trị trong năm cách trung vị của nhóm hơn 3 MAD (MAD: trung vị của độ lệch tuyệt đối). Nhóm gồm cùng bảng, cùng chỉ tiêu, cùng peer_group: lượt tham gia và kinh phí của hoạt động đã hoàn thành theo loại, giá trị làm lợi theo công trình hay phần việc, mức vay được duyệt theo kênh. Bỏ qua giá trị chưa biết và nhóm có MAD bằng 0 vì không có thước để đo. Trung vị và MAD chính xác, khoảng cách tính bằng số MAD, làm tròn đến 0,1. Giá trị bất thường là dòng cần xem lại, chưa phải là sai."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.table_name]
-- title = "Table"
-- title_vi = "Bảng"
-- [columns.table_name.labels]
-- activities = "Activities"
-- outputs = "Outputs: works and tasks"
-- loans = "Loans"
-- [columns.table_name.labels_vi]
-- activities = "Hoạt động"
-- outputs = "Công trình, phần việc thanh niên"
-- loans = "Khoản vay"
-- [columns.row_key]
-- title = "Row id"
-- title_vi = "Mã dòng"
-- [columns.unit_id]
-- same_as = "units.unit_id"
-- [columns.measure]
-- title = "Measure"
-- title_vi = "Chỉ tiêu"
-- [columns.measure.labels]
-- participations = "Participations"
-- cost_vnd = "Cost"
-- benefit_vnd = "Benefit"
-- approved_vnd = "Approved amount"
-- [columns.measure.labels_vi]
-- participations = "Lượt tham gia"
-- cost_vnd = "Kinh phí"
-- benefit_vnd = "Giá trị làm lợi"
-- approved_vnd = "Số tiền được duyệt"
-- [columns.peer_group]
-- title = "Peer group"
-- title_vi = "Nhóm so sánh"
-- [columns.peer_group.labels]
-- culture_sport = "culture and sport"
-- work = "youth work"
-- task = "youth task"
-- national_employment_fund = "National Employment Fund, Central Union channel"
-- vbsp_entrusted = "entrusted by the Vietnam Bank for Social Policies"
-- resolution_43 = "Resolution 43/2018/NQ-HĐND of the provincial People's Council"
-- [columns.peer_group.labels_vi]
-- volunteering = "tình nguyện"
-- outreach = "tuyên truyền, vận động"
-- education = "giáo dục"
-- culture_sport = "văn hóa, thể thao"
-- other = "khác"
-- work = "công trình thanh niên"
-- task = "phần việc thanh niên"
-- national_employment_fund = "Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn"
-- vbsp_entrusted = "vốn ủy thác của Ngân hàng Chính sách xã hội"
-- resolution_43 = "Nghị quyết số 43/2018/NQ-HĐND của Hội đồng nhân dân tỉnh"
-- [columns.value]
-- title = "Value"
-- title_vi = "Giá trị"
-- [columns.median]
-- title = "Median"
-- title_vi = "Trung vị"
-- [columns.mad]
-- title = "MAD"
-- title_vi = "MAD"
-- [columns.distance]
-- title = "Distance, MADs"
-- title_vi = "Khoảng cách (số MAD)"
-- ---
WITH
  measured (table_name, row_key, unit_id, measure, peer_group, value) AS (
    SELECT 'activities', activity_id, unit_id, 'participations', category, CAST(participations AS DECIMAL(18, 0))
    FROM activities
    WHERE status = 'done'
      AND EXTRACT(YEAR FROM start_date) = $year
    UNION ALL
    SELECT 'activities', activity_id, unit_id, 'cost_vnd', category, cost_vnd
    FROM activities
    WHERE status = 'done'
      AND EXTRACT(YEAR FROM start_date) = $year
      AND cost_vnd IS NOT NULL
    UNION ALL
    SELECT 'outputs', output_id, unit_id, 'benefit_vnd', kind, benefit_vnd
    FROM outputs
    WHERE benefit_vnd IS NOT NULL
      AND activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
    UNION ALL
    SELECT 'loans', loan_id, unit_id, 'approved_vnd', channel, approved_vnd
    FROM loans
    WHERE EXTRACT(YEAR FROM contract_date) = $year
  ),
  -- Few values differ: what is counted once for each need not be sorted row by row.
  counted AS (
    SELECT table_name, measure, peer_group, value, count(*) AS rows
    FROM measured
    GROUP BY table_name, measure, peer_group, value
  ),
  ordered AS (
    SELECT
      table_name,
      measure,
      peer_group,
      value,
      rows,
      sum(rows) OVER (PARTITION BY table_name, measure, peer_group ORDER BY value) AS reached,
      sum(rows) OVER (PARTITION BY table_name, measure, peer_group) AS peers
    FROM counted
  ),
  medians AS (
    SELECT table_name, measure, peer_group, (min(value) + max(value)) * 0.5 AS median
    FROM ordered
    -- The middle row of an odd number, the middle two of an even one.
    WHERE 2 * reached >= peers
      AND 2 * (reached - rows) <= peers
    GROUP BY table_name, measure, peer_group
  ),
  counted_deviations AS (
    SELECT c.table_name, c.measure, c.peer_group, abs(c.value - m.median) AS deviation, sum(c.rows) AS rows
    FROM medians AS m
    JOIN counted AS c
      ON c.table_name = m.table_name
      AND c.measure = m.measure
      AND c.peer_group = m.peer_group
    GROUP BY c.table_name, c.measure, c.peer_group, abs(c.value - m.median)
  ),
  ordered_deviations AS (
    SELECT
      table_name,
      measure,
      peer_group,
      deviation,
      rows,
      sum(rows) OVER (PARTITION BY table_name, measure, peer_group ORDER BY deviation) AS reached,
      sum(rows) OVER (PARTITION BY table_name, measure, peer_group) AS peers
    FROM counted_deviations
  ),
  mads AS (
    SELECT table_name, measure, peer_group, (min(deviation) + max(deviation)) * 0.5 AS mad
    FROM ordered_deviations
    WHERE 2 * reached >= peers
      AND 2 * (reached - rows) <= peers
    GROUP BY table_name, measure, peer_group
  )
SELECT
  v.table_name,
  v.row_key,
  v.unit_id,
  v.measure,
  v.peer_group,
  v.value,
  m.median,
  s.mad,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    10 * abs(v.value - m.median) / NULLIF(s.mad, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS distance
FROM medians AS m
JOIN mads AS s
  ON s.table_name = m.table_name
  AND s.measure = m.measure
  AND s.peer_group = m.peer_group
JOIN measured AS v
  ON v.table_name = m.table_name
  AND v.measure = m.measure
  AND v.peer_group = m.peer_group
WHERE s.mad > 0
  AND abs(v.value - m.median) > 3 * s.mad
ORDER BY v.table_name, v.measure, v.peer_group, abs(v.value - m.median) DESC, v.row_key
