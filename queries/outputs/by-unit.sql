-- ---
-- title = "Works and tasks by unit"
-- title_vi = "Công trình và phần việc theo đơn vị"
-- topic = "outputs"
-- description = "One row a unit: works and tasks from activities that began in the year, and how many activities they come from. Outputs belong to activities and outnumber them: they are not a part of the activities. An output without a completion date still counts; dated says how many have one."
-- description_vi = "Mỗi dòng là một đơn vị: công trình và phần việc của các hoạt động bắt đầu trong năm, và số hoạt động sinh ra chúng. Công trình, phần việc là kết quả của hoạt động và nhiều hơn hoạt động: không phải là một phần của số hoạt động. Công trình, phần việc chưa ghi ngày hoàn thành vẫn được tính; dated là số có ghi ngày."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.works]
-- title = "Works"
-- title_vi = "Số công trình"
-- [columns.tasks]
-- title = "Tasks"
-- title_vi = "Số phần việc"
-- [columns.outputs]
-- title = "Works and tasks"
-- title_vi = "Số công trình, phần việc"
-- [columns.activities_with_outputs]
-- title = "Activities with outputs"
-- title_vi = "Hoạt động có kết quả"
-- [columns.dated]
-- title = "With completion date"
-- title_vi = "Có ngày hoàn thành"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "outputs"
-- ---
WITH
  made AS (
    SELECT
      unit_id,
      count(*) FILTER (WHERE kind = 'work') AS works,
      count(*) FILTER (WHERE kind = 'task') AS tasks,
      count(*) AS outputs,
      count(DISTINCT activity_id) AS activities,
      count(completed_date) AS dated
    FROM outputs
    WHERE activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
    GROUP BY unit_id
  )
SELECT
  u.unit_id,
  u.name_vi,
  COALESCE(m.works, 0) AS works,
  COALESCE(m.tasks, 0) AS tasks,
  COALESCE(m.outputs, 0) AS outputs,
  COALESCE(m.activities, 0) AS activities_with_outputs,
  COALESCE(m.dated, 0) AS dated
FROM units AS u
LEFT JOIN made AS m ON m.unit_id = u.unit_id
ORDER BY outputs DESC, u.unit_id
