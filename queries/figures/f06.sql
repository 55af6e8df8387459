-- ---
-- title = "F06 · Participations"
-- title_vi = "F06 · Lượt đoàn viên, thanh niên tham gia"
-- topic = "figures"
-- description = "Participations in the activities of F02. A person who takes part twice is counted twice: not a number of persons."
-- description_vi = "Số lượt tham gia các hoạt động của F02. Một người tham gia hai lần là hai lượt: không phải số người."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Participations"
-- title_vi = "Lượt tham gia"
-- [published]
-- text = "gần 15.000 lượt đoàn viên thanh niên"
-- value = 15000
-- unit = "participations"
-- qualifier = "nearly"
-- kind = "flow"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT sum(participations) AS value
FROM activities
WHERE category = 'volunteering'
  AND status = 'done'
  AND EXTRACT(YEAR FROM start_date) = $year
