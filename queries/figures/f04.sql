-- ---
-- title = "F04 · Youth tasks"
-- title_vi = "F04 · Phần việc thanh niên"
-- topic = "figures"
-- description = "Outputs of the kind task, from activities that began in the year."
-- description_vi = "Số phần việc thanh niên của các hoạt động bắt đầu trong năm."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Tasks"
-- title_vi = "Số phần việc"
-- [published]
-- text = "2.525 phần việc thanh niên"
-- value = 2525
-- unit = "tasks"
-- qualifier = "exact"
-- kind = "count"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT count(*) AS value
FROM outputs
WHERE kind = 'task'
  AND activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
