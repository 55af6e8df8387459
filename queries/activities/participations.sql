-- ---
-- title = "Participations per activity"
-- title_vi = "Lượt tham gia bình quân"
-- topic = "activities"
-- description = "One row a unit: participations over activities done that began in the year, of every category; mean rounded to 0.1, median exact (the mean of the middle two). Participations are not persons: distinct_known is the number of activities that also know their distinct persons. Mean and median are null where a unit has no activity."
-- description_vi = "Mỗi dòng là một đơn vị: lượt tham gia trên các hoạt động đã hoàn thành bắt đầu trong năm, mọi loại; bình quân làm tròn đến 0,1, trung vị chính xác (bình quân hai giá trị giữa). Lượt không phải số người: distinct_known là số hoạt động có ghi cả số người. Bình quân và trung vị để trống khi đơn vị không có hoạt động."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.activities]
-- title = "Activities"
-- title_vi = "Số hoạt động"
-- [columns.mean_participations]
-- title = "Mean participations"
-- title_vi = "Lượt bình quân"
-- [columns.median_participations]
-- title = "Median participations"
-- title_vi = "Lượt trung vị"
-- [columns.largest_participations]
-- title = "Most participations"
-- title_vi = "Lượt nhiều nhất"
-- [columns.distinct_known]
-- title = "Activities, persons known"
-- title_vi = "Hoạt động biết số người"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "mean_participations"
-- ---
WITH
  done AS (
    SELECT
      unit_id,
      participations,
      participants_distinct,
      row_number() OVER (PARTITION BY unit_id ORDER BY participations, activity_id) AS place,
      count(*) OVER (PARTITION BY unit_id) AS peers
    FROM activities
    WHERE status = 'done'
      AND EXTRACT(YEAR FROM start_date) = $year
  ),
  totals AS (
    SELECT
      unit_id,
      count(*) AS activities,
      sum(participations) AS participations,
      max(participations) AS largest,
      count(participants_distinct) AS distinct_known
    FROM done
    GROUP BY unit_id
  ),
  medians AS (
    SELECT unit_id, CAST(min(participations) + max(participations) AS DECIMAL(18, 0)) * 0.5 AS median
    FROM done
    -- The middle row of an odd number, the middle two of an even one.
    WHERE 2 * place BETWEEN peers AND peers + 2
    GROUP BY unit_id
  )
SELECT
  u.unit_id,
  u.name_vi,
  COALESCE(t.activities, 0) AS activities,
  COALESCE(t.participations, 0) AS participations,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    10 * CAST(t.participations AS DECIMAL(38, 0)) / NULLIF(t.activities, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS mean_participations,
  m.median AS median_participations,
  t.largest AS largest_participations,
  COALESCE(t.distinct_known, 0) AS distinct_known
FROM units AS u
LEFT JOIN totals AS t ON t.unit_id = u.unit_id
LEFT JOIN medians AS m ON m.unit_id = u.unit_id
ORDER BY mean_participations DESC NULLS LAST, u.unit_id
