-- ---
-- title = "Completion by class"
-- title_vi = "Tỷ lệ hoàn thành"
-- topic = "training"
-- description = "One row a class that began in the year, or the one class named whatever its year. completed_pct is completed over the enrolments whose result is known, rounded to 0.1; those in result_unknown are left out of it, and it is null where no result is known. Enrolments are compared with the capacity where the class gives one."
-- description_vi = "Mỗi dòng là một lớp khai giảng trong năm, hoặc chỉ lớp được nêu, bất kể năm nào. completed_pct là số hoàn thành trên số lượt ghi danh đã rõ kết quả, làm tròn đến 0,1; lượt chưa rõ (result_unknown) không tính vào tỷ lệ, và tỷ lệ để trống khi chưa rõ kết quả nào. Số ghi danh đặt cạnh sĩ số dự kiến nếu lớp có ghi."
-- [params.class]
-- type = "text"
-- optional = true
-- values = "SELECT class_id FROM classes"
-- description = "One class; every class of the year when absent"
-- description_vi = "Một lớp; bỏ trống là tất cả các lớp trong năm"
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed; without effect when a class is named"
-- description_vi = "Năm tổng kết; không có tác dụng khi đã nêu lớp"
-- [columns.unit_id]
-- title = "Host unit id"
-- title_vi = "Mã đơn vị đăng cai"
-- [columns.enrolments]
-- title = "Enrolments"
-- title_vi = "Lượt ghi danh"
-- [columns.completed]
-- title = "Completed"
-- title_vi = "Lượt hoàn thành"
-- [columns.not_completed]
-- title = "Not completed"
-- title_vi = "Lượt không hoàn thành"
-- [columns.result_unknown]
-- title = "Result unknown"
-- title_vi = "Lượt chưa rõ kết quả"
-- [columns.completed_pct]
-- title = "Completed, % of known results"
-- title_vi = "Tỷ lệ hoàn thành trên số lượt đã rõ kết quả (%)"
-- [chart]
-- kind = "bar"
-- x = "class_id"
-- y = "completed_pct"
-- ---
WITH
  enrolled AS (
    SELECT
      class_id,
      count(*) AS enrolments,
      count(*) FILTER (WHERE completed) AS completed,
      count(*) FILTER (WHERE NOT completed) AS not_completed,
      count(*) FILTER (WHERE completed IS NULL) AS result_unknown
    FROM trainees
    GROUP BY class_id
  )
SELECT
  c.class_id,
  c.topic,
  c.host_unit_id AS unit_id,
  u.name_vi,
  c.start_date,
  c.capacity,
  COALESCE(e.enrolments, 0) AS enrolments,
  COALESCE(e.completed, 0) AS completed,
  COALESCE(e.not_completed, 0) AS not_completed,
  COALESCE(e.result_unknown, 0) AS result_unknown,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(e.completed AS DECIMAL(38, 0)) / NULLIF(e.completed + e.not_completed, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS completed_pct
FROM classes AS c
JOIN units AS u ON u.unit_id = c.host_unit_id
LEFT JOIN enrolled AS e ON e.class_id = c.class_id
WHERE c.class_id = $class
  OR ($class IS NULL AND EXTRACT(YEAR FROM c.start_date) = $year)
ORDER BY c.start_date, c.class_id
