-- ---
-- title = "Trainees by gender and age"
-- title_vi = "Học viên theo giới và tuổi"
-- topic = "training"
-- description = "One row an age band: distinct persons in the classes that began in the year, by gender. Age is the year less the year of birth; persons without a year of birth stand in the band unknown. Persons, not enrolments: the rows add up to the persons trained. share_pct is rounded to 0.1."
-- description_vi = "Mỗi dòng là một nhóm tuổi: số người (không trùng) học các lớp khai giảng trong năm, theo giới. Tuổi bằng năm tổng kết trừ năm sinh; người không rõ năm sinh ở nhóm unknown. Là số người, không phải lượt ghi danh: cộng các dòng được số người đã học. share_pct làm tròn đến 0,1."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.age_band]
-- title = "Age band"
-- title_vi = "Nhóm tuổi"
-- [columns.age_band.labels]
-- under_16 = "under 16"
-- 16_to_20 = "16 to 20"
-- 21_to_25 = "21 to 25"
-- 26_to_30 = "26 to 30"
-- over_30 = "over 30"
-- [columns.age_band.labels_vi]
-- under_16 = "dưới 16 tuổi"
-- 16_to_20 = "16–20 tuổi"
-- 21_to_25 = "21–25 tuổi"
-- 26_to_30 = "26–30 tuổi"
-- over_30 = "trên 30 tuổi"
-- unknown = "không rõ"
-- [columns.persons]
-- title = "Persons"
-- title_vi = "Số người"
-- [columns.female]
-- title = "Female"
-- title_vi = "Nữ"
-- [columns.male]
-- title = "Male"
-- title_vi = "Nam"
-- [columns.gender_unknown]
-- title = "Gender unknown"
-- title_vi = "Không rõ giới tính"
-- [columns.share_pct]
-- title = "Share, %"
-- title_vi = "Tỷ trọng (%)"
-- [chart]
-- kind = "bar"
-- x = "age_band"
-- y = "persons"
-- ---
WITH
  age_bands (band_order, age_band) AS (
    VALUES (1, 'under_16'), (2, '16_to_20'), (3, '21_to_25'), (4, '26_to_30'), (5, 'over_30'), (6, 'unknown')
  ),
  -- One person keeps one gender and year of birth, so min and max only skip what an enrolment left out.
  persons AS (
    SELECT trainee_id, min(gender) AS gender, $year - max(birth_year) AS age
    FROM trainees
    WHERE class_id IN (SELECT class_id FROM classes WHERE EXTRACT(YEAR FROM start_date) = $year)
    GROUP BY trainee_id
  ),
  banded AS (
    SELECT
      gender,
      CASE
        WHEN age IS NULL THEN 'unknown'
        WHEN age < 16 THEN 'under_16'
        WHEN age <= 20 THEN '16_to_20'
        WHEN age <= 25 THEN '21_to_25'
        WHEN age <= 30 THEN '26_to_30'
        ELSE 'over_30'
      END AS age_band
    FROM persons
  ),
  counted AS (
    SELECT
      age_band,
      count(*) AS persons,
      count(*) FILTER (WHERE gender = 'female') AS female,
      count(*) FILTER (WHERE gender = 'male') AS male,
      count(*) FILTER (WHERE gender = 'unknown') AS gender_unknown
    FROM banded
    GROUP BY age_band
  ),
  province AS (
    SELECT count(*) AS persons
    FROM banded
  )
SELECT
  b.age_band,
  COALESCE(c.persons, 0) AS persons,
  COALESCE(c.female, 0) AS female,
  COALESCE(c.male, 0) AS male,
  COALESCE(c.gender_unknown, 0) AS gender_unknown,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(COALESCE(c.persons, 0) AS DECIMAL(38, 0)) / NULLIF(p.persons, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS share_pct
FROM age_bands AS b
CROSS JOIN province AS p
LEFT JOIN counted AS c ON c.age_band = b.age_band
ORDER BY b.band_order
