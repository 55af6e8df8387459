-- ---
-- title = "Cost of a participation"
-- title_vi = "Kinh phí một lượt"
-- topic = "activities"
-- description = "One row a unit: cost over participations (not persons) for activities done that began in the year, of every category, taking both only from the cost_known activities whose cost is known; an unknown cost is left out, a cost of 0 (free) counts. Whole VND, half up; null where no cost is known. With few costs known the figure says little about the unit."
-- description_vi = "Mỗi dòng là một đơn vị: kinh phí trên lượt tham gia (không phải số người) của hoạt động đã hoàn thành bắt đầu trong năm, mọi loại, cả hai chỉ lấy từ cost_known hoạt động biết kinh phí; kinh phí chưa biết thì bỏ qua, kinh phí bằng 0 (không tốn kém) vẫn tính. Làm tròn đến đồng; để trống khi không biết kinh phí nào. Khi ít hoạt động biết kinh phí, con số nói được rất ít về đơn vị."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.activities]
-- title = "Activities"
-- title_vi = "Số hoạt động"
-- [columns.cost_known]
-- title = "Activities, cost known"
-- title_vi = "Hoạt động biết kinh phí"
-- [columns.free]
-- title = "Free of cost"
-- title_vi = "Kinh phí bằng 0"
-- [columns.participations_costed]
-- title = "Participations, cost known"
-- title_vi = "Lượt biết kinh phí"
-- [columns.cost_per_participation_vnd]
-- title = "Cost per participation"
-- title_vi = "Kinh phí một lượt"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "cost_per_participation_vnd"
-- ---
WITH
  done AS (
    SELECT
      unit_id,
      count(*) AS activities,
      count(cost_vnd) AS cost_known,
      count(*) FILTER (WHERE cost_vnd = 0) AS free,
      sum(cost_vnd) AS cost_vnd,
      sum(participations) FILTER (WHERE cost_vnd IS NOT NULL) AS participations_costed
    FROM activities
    WHERE status = 'done'
      AND EXTRACT(YEAR FROM start_date) = $year
    GROUP BY unit_id
  )
SELECT
  u.unit_id,
  u.name_vi,
  COALESCE(d.activities, 0) AS activities,
  COALESCE(d.cost_known, 0) AS cost_known,
  COALESCE(d.free, 0) AS free,
  d.cost_vnd,
  COALESCE(d.participations_costed, 0) AS participations_costed,
  CAST(CAST(d.cost_vnd AS DECIMAL(38, 0)) / NULLIF(d.participations_costed, 0) AS DECIMAL(18, 0)) AS cost_per_participation_vnd
FROM units AS u
LEFT JOIN done AS d ON d.unit_id = u.unit_id
ORDER BY cost_per_participation_vnd DESC NULLS LAST, u.unit_id
