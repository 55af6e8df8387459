-- ---
-- title = "F03 · Youth works"
-- title_vi = "F03 · Công trình thanh niên"
-- topic = "figures"
-- description = "Outputs of the kind work, from activities that began in the year."
-- description_vi = "Số công trình thanh niên của các hoạt động bắt đầu trong năm."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Works"
-- title_vi = "Số công trình"
-- [published]
-- text = "gần 500 công trình"
-- value = 500
-- unit = "works"
-- qualifier = "nearly"
-- kind = "count"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT count(*) AS value
FROM outputs
WHERE kind = 'work'
  AND activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
