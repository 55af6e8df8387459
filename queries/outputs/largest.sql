-- ---
-- title = "The largest works"
-- title_vi = "Công trình lớn nhất"
-- topic = "outputs"
-- description = "One row a work, the first n by estimated benefit, from activities that began in the year; equal benefits stand in the order of their ids. Works whose benefit is unknown cannot be ranked and are not listed. A benefit is not a cost and not cash."
-- description_vi = "Mỗi dòng là một công trình, n công trình đầu theo giá trị làm lợi, của các hoạt động bắt đầu trong năm; giá trị bằng nhau thì xếp theo mã. Công trình chưa biết giá trị làm lợi thì không xếp được và không liệt kê. Giá trị làm lợi không phải chi phí, không phải tiền mặt."
-- [params.n]
-- type = "integer"
-- default = 10
-- description = "How many works to list"
-- description_vi = "Số công trình cần liệt kê"
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.place]
-- title = "Place"
-- title_vi = "Thứ hạng"
-- [columns.activity_id]
-- same_as = "activities.activity_id"
-- [columns.unit_id]
-- same_as = "units.unit_id"
-- [chart]
-- kind = "bar"
-- x = "output_id"
-- y = "benefit_vnd"
-- ---
WITH
  works AS (
    SELECT
      row_number() OVER (ORDER BY benefit_vnd DESC, output_id) AS place,
      output_id,
      activity_id,
      unit_id,
      level,
      field,
      completed_date,
      benefit_vnd,
      benefit_basis
    FROM outputs
    WHERE kind = 'work'
      AND benefit_vnd IS NOT NULL
      AND activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
  )
SELECT
  w.place,
  w.output_id,
  w.activity_id,
  w.unit_id,
  u.name_vi,
  w.level,
  w.field,
  w.completed_date,
  w.benefit_vnd,
  w.benefit_basis
FROM works AS w
JOIN units AS u ON u.unit_id = w.unit_id
ORDER BY w.place
LIMIT $n
