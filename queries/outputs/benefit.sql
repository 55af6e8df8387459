-- ---
-- title = "Benefit by unit"
-- title_vi = "Giá trị làm lợi theo đơn vị"
-- topic = "outputs"
-- description = "One row a unit: estimated benefit of the works and tasks from activities that began in the year: total, mean (whole VND, half up) and median (exact) over the benefits_known outputs whose benefit is known; the others are left out, not counted as 0. The total is 0 where a unit has no outputs and null where none of its benefits is known; it splits into settled and estimated. A benefit is not a cost and not cash."
-- description_vi = "Mỗi dòng là một đơn vị: giá trị làm lợi của công trình, phần việc thuộc các hoạt động bắt đầu trong năm: tổng, bình quân (làm tròn đến đồng) và trung vị (chính xác) trên benefits_known công trình, phần việc đã biết giá trị; số còn lại được bỏ qua, không tính là 0. Tổng là 0 khi đơn vị không có công trình, phần việc nào và để trống khi chưa biết giá trị nào; tổng gồm phần đã quyết toán và phần ước tính. Giá trị làm lợi không phải chi phí, không phải tiền mặt."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.outputs]
-- title = "Works and tasks"
-- title_vi = "Số công trình, phần việc"
-- [columns.benefits_known]
-- title = "With known benefit"
-- title_vi = "Số đã biết giá trị làm lợi"
-- [columns.mean_vnd]
-- title = "Mean"
-- title_vi = "Bình quân"
-- [columns.median_vnd]
-- title = "Median"
-- title_vi = "Trung vị"
-- [columns.settled_vnd]
-- title = "Settled"
-- title_vi = "Đã quyết toán"
-- [columns.estimated_vnd]
-- title = "Estimated"
-- title_vi = "Ước tính"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "benefit_vnd"
-- ---
WITH
  made AS (
    SELECT
      output_id,
      unit_id,
      benefit_vnd,
      benefit_basis
    FROM outputs
    WHERE activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
  ),
  totals AS (
    SELECT
      unit_id,
      count(*) AS outputs,
      count(benefit_vnd) AS benefits_known,
      sum(benefit_vnd) AS benefit_vnd,
      sum(benefit_vnd) FILTER (WHERE benefit_basis = 'settled') AS settled_vnd,
      sum(benefit_vnd) FILTER (WHERE benefit_basis = 'estimated') AS estimated_vnd
    FROM made
    GROUP BY unit_id
  ),
  ordered AS (
    SELECT
      unit_id,
      benefit_vnd,
      row_number() OVER (PARTITION BY unit_id ORDER BY benefit_vnd, output_id) AS place,
      count(*) OVER (PARTITION BY unit_id) AS peers
    FROM made
    WHERE benefit_vnd IS NOT NULL
  ),
  medians AS (
    SELECT unit_id, (min(benefit_vnd) + max(benefit_vnd)) * 0.5 AS median_vnd
    FROM ordered
    -- The middle row of an odd number, the middle two of an even one.
    WHERE 2 * place BETWEEN peers AND peers + 2
    GROUP BY unit_id
  )
SELECT
  u.unit_id,
  u.name_vi,
  COALESCE(t.outputs, 0) AS outputs,
  COALESCE(t.benefits_known, 0) AS benefits_known,
  CASE WHEN t.unit_id IS NULL THEN 0 ELSE t.benefit_vnd END AS benefit_vnd,
  CAST(CAST(t.benefit_vnd AS DECIMAL(38, 0)) / NULLIF(t.benefits_known, 0) AS DECIMAL(18, 0)) AS mean_vnd,
  m.median_vnd,
  CASE WHEN t.benefits_known > 0 THEN COALESCE(t.settled_vnd, 0) END AS settled_vnd,
  CASE WHEN t.benefits_known > 0 THEN COALESCE(t.estimated_vnd, 0) END AS estimated_vnd
FROM units AS u
LEFT JOIN totals AS t ON t.unit_id = u.unit_id
LEFT JOIN medians AS m ON m.unit_id = u.unit_id
ORDER BY benefit_vnd DESC NULLS LAST, u.unit_id
