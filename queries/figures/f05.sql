-- ---
-- title = "F05 · Known benefit"
-- title_vi = "F05 · Giá trị làm lợi"
-- topic = "figures"
-- description = "Benefit of the works and tasks from activities that began in the year, summed where it is known. Settled in part and in part estimated: not a cost and not cash."
-- description_vi = "Tổng giá trị làm lợi đã biết của công trình, phần việc thuộc các hoạt động bắt đầu trong năm. Gồm phần đã quyết toán và phần ước tính: không phải chi phí, không phải tiền mặt."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Benefit"
-- title_vi = "Giá trị làm lợi"
-- unit = "VND"
-- [published]
-- text = "giá trị làm lợi trên 7 tỷ đồng"
-- value = 7000000000
-- unit = "VND"
-- qualifier = "more_than"
-- kind = "flow"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT sum(benefit_vnd) AS value
FROM outputs
WHERE activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
