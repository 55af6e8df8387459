-- ---
-- title = "Trainees by occupation"
-- title_vi = "Nghề nghiệp học viên"
-- topic = "training"
-- description = "One row an occupation, all seven: distinct persons in the classes that began in the year. A person counts once, with the occupation given at the latest enrolment, so the rows add up to the persons trained. share_pct is rounded to 0.1."
-- description_vi = "Mỗi dòng là một nghề nghiệp, đủ bảy dòng: số người (không trùng) học các lớp khai giảng trong năm. Mỗi người tính một lần, theo nghề khai ở lần ghi danh gần nhất, nên cộng các dòng được số người đã học. share_pct làm tròn đến 0,1."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.persons]
-- title = "Persons"
-- title_vi = "Số người"
-- [columns.share_pct]
-- title = "Share, %"
-- title_vi = "Tỷ trọng (%)"
-- [chart]
-- kind = "bar"
-- x = "occupation"
-- y = "persons"
-- ---
WITH
  occupations (occupation) AS (
    VALUES ('farmer'), ('worker'), ('student'), ('civil_servant'), ('business'), ('armed_forces'), ('other')
  ),
  latest AS (
    SELECT DISTINCT ON (e.trainee_id)
      e.trainee_id,
      e.occupation
    FROM trainees AS e
    JOIN classes AS c ON c.class_id = e.class_id
    WHERE EXTRACT(YEAR FROM c.start_date) = $year
    ORDER BY e.trainee_id, c.start_date DESC, e.enrolment_id DESC
  ),
  counted AS (
    SELECT occupation, count(*) AS persons
    FROM latest
    GROUP BY occupation
  ),
  province AS (
    SELECT sum(persons) AS persons
    FROM counted
  )
SELECT
  o.occupation,
  COALESCE(c.persons, 0) AS persons,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(COALESCE(c.persons, 0) AS DECIMAL(38, 0)) / NULLIF(p.persons, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS share_pct
FROM occupations AS o
CROSS JOIN province AS p
LEFT JOIN counted AS c ON c.occupation = o.occupation
ORDER BY persons DESC, o.occupation
