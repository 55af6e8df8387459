-- ---
-- title = "F08 · Trainees"
-- title_vi = "F08 · Học viên"
-- topic = "figures"
-- description = "Distinct persons enrolled in the classes of F07: fewer than enrolments, since a person may attend more than one class."
-- description_vi = "Số người (không trùng) ghi danh vào các lớp của F07: ít hơn số lượt ghi danh, vì một người có thể học nhiều lớp."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Trainees (persons)"
-- title_vi = "Học viên (số người)"
-- [published]
-- text = "hơn 850 ĐVTN"
-- value = 850
-- unit = "persons"
-- qualifier = "more_than"
-- kind = "count"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT count(DISTINCT trainee_id) AS value
FROM trainees
WHERE class_id IN (SELECT class_id FROM classes WHERE EXTRACT(YEAR FROM start_date) = $year)
