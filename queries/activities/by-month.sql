-- ---
-- title = "Activities by month"
-- title_vi = "Hoạt động theo tháng"
-- topic = "activities"
-- description = "One row a month of the year, all twelve: activities by the month of their start date, with their participations (not persons). done covers every category, volunteering_done is the part that the published figure F02 counts; activities under way or cancelled stand apart. With a unit named, that unit alone."
-- description_vi = "Mỗi dòng là một tháng trong năm, đủ mười hai tháng: hoạt động theo tháng của ngày bắt đầu, kèm lượt tham gia (không phải số người). done gồm mọi loại, volunteering_done là phần mà số liệu F02 tính; hoạt động đang thực hiện hoặc đã hủy đứng riêng. Nếu nêu đơn vị thì chỉ tính đơn vị đó."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [params.unit]
-- type = "text"
-- optional = true
-- values = "SELECT unit_id FROM units"
-- description = "One unit; the whole province when absent"
-- description_vi = "Một đơn vị; bỏ trống là toàn tỉnh"
-- [columns.month]
-- title = "Month"
-- title_vi = "Tháng"
-- [columns.done]
-- title = "Done"
-- title_vi = "Đã hoàn thành"
-- [columns.volunteering_done]
-- title = "Volunteering done"
-- title_vi = "Hoạt động tình nguyện đã hoàn thành"
-- [columns.volunteering_participations]
-- title = "Volunteering participations"
-- title_vi = "Lượt tham gia tình nguyện"
-- [columns.under_way]
-- title = "Under way"
-- title_vi = "Đang thực hiện"
-- [columns.cancelled]
-- title = "Cancelled"
-- title_vi = "Đã hủy"
-- [chart]
-- kind = "bar"
-- x = "month"
-- y = "done"
-- ---
WITH
  months (month) AS (
    VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)
  ),
  started AS (
    SELECT
      EXTRACT(MONTH FROM start_date) AS month,
      count(*) FILTER (WHERE status = 'done') AS done,
      count(*) FILTER (WHERE status = 'done' AND category = 'volunteering') AS volunteering_done,
      sum(participations) FILTER (WHERE status = 'done') AS participations,
      sum(participations) FILTER (WHERE status = 'done' AND category = 'volunteering') AS volunteering_participations,
      count(*) FILTER (WHERE status = 'under_way') AS under_way,
      count(*) FILTER (WHERE status = 'cancelled') AS cancelled
    FROM activities
    WHERE EXTRACT(YEAR FROM start_date) = $year
      AND ($unit IS NULL OR unit_id = $unit)
    GROUP BY EXTRACT(MONTH FROM start_date)
  )
SELECT
  m.month,
  COALESCE(s.done, 0) AS done,
  COALESCE(s.volunteering_done, 0) AS volunteering_done,
  COALESCE(s.participations, 0) AS participations,
  COALESCE(s.volunteering_participations, 0) AS volunteering_participations,
  COALESCE(s.under_way, 0) AS under_way,
  COALESCE(s.cancelled, 0) AS cancelled
FROM months AS m
LEFT JOIN started AS s ON s.month = m.month
ORDER BY m.month
