-- ---
-- title = "Activities by movement and level"
-- title_vi = "Hoạt động theo phong trào và cấp"
-- topic = "activities"
-- description = "One row a movement and level, all nine: activities done that began in the year, of every category, with their participations (not persons). volunteering is the part of the category volunteering, which is not the same as the movement of that name. share_pct is the part of all activities done, rounded to 0.1."
-- description_vi = "Mỗi dòng là một phong trào ở một cấp, đủ chín dòng: hoạt động đã hoàn thành bắt đầu trong năm, mọi loại, kèm lượt tham gia (không phải số người). volunteering là phần thuộc loại hoạt động tình nguyện, khác với phong trào cùng tên. share_pct là phần trong tổng số hoạt động đã hoàn thành, làm tròn đến 0,1."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.activities]
-- title = "Activities"
-- title_vi = "Số hoạt động"
-- [columns.volunteering]
-- title = "Volunteering activities"
-- title_vi = "Hoạt động tình nguyện"
-- [columns.share_pct]
-- title = "Share of all activities, %"
-- title_vi = "Tỷ trọng trong tổng số hoạt động (%)"
-- [chart]
-- kind = "bar"
-- x = "movement"
-- y = "activities"
-- ---
WITH
  movements (movement_order, movement) AS (
    VALUES (1, 'volunteering'), (2, 'creativity'), (3, 'defence')
  ),
  levels (level_order, level) AS (
    VALUES (1, 'province'), (2, 'district'), (3, 'grassroots')
  ),
  done AS (
    SELECT
      movement,
      level,
      count(*) AS activities,
      count(*) FILTER (WHERE category = 'volunteering') AS volunteering,
      sum(participations) AS participations
    FROM activities
    WHERE status = 'done'
      AND EXTRACT(YEAR FROM start_date) = $year
    GROUP BY movement, level
  ),
  province AS (
    SELECT sum(activities) AS activities
    FROM done
  )
SELECT
  m.movement,
  l.level,
  COALESCE(d.activities, 0) AS activities,
  COALESCE(d.volunteering, 0) AS volunteering,
  COALESCE(d.participations, 0) AS participations,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(COALESCE(d.activities, 0) AS DECIMAL(38, 0)) / NULLIF(p.activities, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS share_pct
FROM movements AS m
CROSS JOIN levels AS l
CROSS JOIN province AS p
LEFT JOIN done AS d ON d.movement = m.movement AND d.level = l.level
ORDER BY m.movement_order, l.level_order
