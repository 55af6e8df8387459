-- ---
-- title = "F02 · Volunteering activities"
-- title_vi = "F02 · Hoạt động tình nguyện"
-- topic = "figures"
-- description = "Volunteering activities that were done and began in the year. Works and tasks are outputs of these, not part of the count."
-- description_vi = "Số hoạt động tình nguyện đã hoàn thành, bắt đầu trong năm. Công trình, phần việc là kết quả của hoạt động, không nằm trong số này."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Volunteering activities"
-- title_vi = "Hoạt động tình nguyện"
-- [published]
-- text = "trên 1.700 hoạt động tình nguyện"
-- value = 1700
-- unit = "activities"
-- qualifier = "more_than"
-- kind = "count"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT count(*) AS value
FROM activities
WHERE category = 'volunteering'
  AND status = 'done'
  AND EXTRACT(YEAR FROM start_date) = $year
