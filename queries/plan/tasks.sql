-- ---
-- title = "The next year's plan"
-- title_vi = "Nhiệm vụ trọng tâm năm sau"
-- topic = "plan"
-- description = "One row a task planned for the year after the one reviewed (2023 for 2022), areas in the order of their first task. Plans carry no numbers and are never set against results."
-- description_vi = "Mỗi dòng là một nhiệm vụ của năm liền sau năm tổng kết (năm 2023 nếu tổng kết năm 2022), các lĩnh vực theo thứ tự nhiệm vụ đầu tiên. Nhiệm vụ không kèm số liệu và không dùng để so với kết quả."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed: the plan shown is the next year's"
-- description_vi = "Năm tổng kết: kế hoạch hiển thị là của năm sau"
-- ---
SELECT plan_year, area, task_id, task_vi, task_en
FROM plan_tasks
WHERE plan_year = $year + 1
ORDER BY min(task_id) OVER (PARTITION BY area), task_id
