-- ---
-- title = "Training: classes, enrolments, persons"
-- title_vi = "Tập huấn: lớp, lượt, người"
-- topic = "training"
-- description = "One row for the province: classes that began in the year, enrolments in them, and the distinct persons behind the enrolments; a person in two classes is two enrolments and one person. completed counts enrolments among the completion_known; capacity and cost are summed over the classes that give them (null where none does)."
-- description_vi = "Một dòng cho toàn tỉnh: số lớp khai giảng trong năm, số lượt ghi danh và số người (không trùng); một người học hai lớp là hai lượt, một người. completed là số lượt hoàn thành trong completion_known lượt đã rõ kết quả; sĩ số dự kiến và kinh phí cộng trên những lớp có ghi (để trống nếu không lớp nào ghi)."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.classes]
-- title = "Training classes"
-- title_vi = "Số lớp tập huấn"
-- [columns.enrolments]
-- title = "Enrolments"
-- title_vi = "Lượt ghi danh"
-- [columns.persons]
-- title = "Persons"
-- title_vi = "Số người"
-- [columns.persons_in_several_classes]
-- title = "In several classes"
-- title_vi = "Số người học nhiều lớp"
-- [columns.completed]
-- title = "Completed"
-- title_vi = "Lượt hoàn thành"
-- [columns.completion_known]
-- title = "Enrolments, result known"
-- title_vi = "Lượt đã rõ kết quả"
-- [columns.capacity_known]
-- title = "Classes, capacity known"
-- title_vi = "Lớp biết sĩ số dự kiến"
-- [columns.cost_known]
-- title = "Classes, cost known"
-- title_vi = "Lớp biết kinh phí"
-- ---
WITH
  classes_of_year AS (
    SELECT class_id, capacity, cost_vnd
    FROM classes
    WHERE EXTRACT(YEAR FROM start_date) = $year
  ),
  held AS (
    SELECT
      count(*) AS classes,
      sum(capacity) AS capacity,
      count(capacity) AS capacity_known,
      sum(cost_vnd) AS cost_vnd,
      count(cost_vnd) AS cost_known
    FROM classes_of_year
  ),
  persons AS (
    SELECT
      trainee_id,
      count(*) AS enrolments,
      count(*) FILTER (WHERE completed) AS completed,
      count(completed) AS completion_known
    FROM trainees
    WHERE class_id IN (SELECT class_id FROM classes_of_year)
    GROUP BY trainee_id
  ),
  trained AS (
    SELECT
      COALESCE(sum(enrolments), 0) AS enrolments,
      count(*) AS persons,
      count(*) FILTER (WHERE enrolments > 1) AS persons_in_several_classes,
      COALESCE(sum(completed), 0) AS completed,
      COALESCE(sum(completion_known), 0) AS completion_known
    FROM persons
  )
SELECT
  h.classes,
  t.enrolments,
  t.persons,
  t.persons_in_several_classes,
  t.completed,
  t.completion_known,
  h.capacity,
  h.capacity_known,
  h.cost_vnd,
  h.cost_known
FROM held AS h
CROSS JOIN trained AS t
ORDER BY h.classes
