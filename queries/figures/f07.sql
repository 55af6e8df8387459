-- ---
-- title = "F07 · Training classes"
-- title_vi = "F07 · Lớp tập huấn"
-- topic = "figures"
-- description = "Classes that began in the year."
-- description_vi = "Số lớp tập huấn khai giảng trong năm."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Training classes"
-- title_vi = "Số lớp tập huấn"
-- [published]
-- text = "8 lớp tập huấn chuyển giao KHKT"
-- value = 8
-- unit = "classes"
-- qualifier = "exact"
-- kind = "count"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT count(*) AS value
FROM classes
WHERE EXTRACT(YEAR FROM start_date) = $year
