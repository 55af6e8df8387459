-- ---
-- title = "Awards and results by unit"
-- title_vi = "Khen thưởng và kết quả theo đơn vị"
-- topic = "units"
-- description = "One row a unit: awards of the year honoured beside the year's results; every side is aggregated on its own. Activities and participations are done, all categories, by start date; works, tasks and benefit by the year of their activity. Benefit is summed where known (benefits_known of the outputs): 0 means no outputs, null means that none is known. Columns stand side by side for comparison and do not show that results earned the awards."
-- description_vi = "Mỗi dòng là một đơn vị: khen thưởng theo năm được khen đặt cạnh kết quả của năm; mỗi bên được tổng hợp riêng. Hoạt động và lượt tham gia là hoạt động đã hoàn thành, mọi loại, theo ngày bắt đầu; công trình, phần việc, giá trị làm lợi theo năm của hoạt động tạo ra chúng. Giá trị làm lợi cộng trên số đã biết (benefits_known trong số công trình, phần việc): 0 là không có công trình, phần việc nào, để trống là chưa biết. Các cột đặt cạnh nhau để đối chiếu, không chứng tỏ kết quả dẫn đến khen thưởng."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.awards]
-- title = "Awards"
-- title_vi = "Tổng số khen thưởng"
-- [columns.emulation_flags]
-- title = "Emulation flags"
-- title_vi = "Cờ thi đua"
-- [columns.to_collectives]
-- title = "To collectives"
-- title_vi = "Khen tập thể"
-- [columns.to_individuals]
-- title = "To individuals"
-- title_vi = "Khen cá nhân"
-- [columns.activities]
-- title = "Activities"
-- title_vi = "Số hoạt động"
-- [columns.works]
-- title = "Works"
-- title_vi = "Số công trình"
-- [columns.tasks]
-- title = "Tasks"
-- title_vi = "Số phần việc"
-- [columns.benefits_known]
-- title = "With known benefit"
-- title_vi = "Đã biết giá trị làm lợi"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "awards"
-- ---
WITH
  awarded AS (
    SELECT
      unit_id,
      count(*) AS awards,
      count(*) FILTER (WHERE kind = 'emulation_flag') AS flags,
      count(*) FILTER (WHERE recipient_kind = 'collective') AS to_collectives,
      count(*) FILTER (WHERE recipient_kind = 'individual') AS to_individuals
    FROM awards
    WHERE honoured_year = $year
    GROUP BY unit_id
  ),
  done AS (
    SELECT unit_id, count(*) AS activities, sum(participations) AS participations
    FROM activities
    WHERE status = 'done'
      AND EXTRACT(YEAR FROM start_date) = $year
    GROUP BY unit_id
  ),
  made AS (
    SELECT
      unit_id,
      count(*) FILTER (WHERE kind = 'work') AS works,
      count(*) FILTER (WHERE kind = 'task') AS tasks,
      count(benefit_vnd) AS benefits_known,
      sum(benefit_vnd) AS benefit_vnd
    FROM outputs
    WHERE activity_id IN (SELECT activity_id FROM activities WHERE EXTRACT(YEAR FROM start_date) = $year)
    GROUP BY unit_id
  )
SELECT
  u.unit_id,
  u.name_vi,
  COALESCE(w.awards, 0) AS awards,
  COALESCE(w.flags, 0) AS emulation_flags,
  COALESCE(w.to_collectives, 0) AS to_collectives,
  COALESCE(w.to_individuals, 0) AS to_individuals,
  COALESCE(d.activities, 0) AS activities,
  COALESCE(d.participations, 0) AS participations,
  COALESCE(m.works, 0) AS works,
  COALESCE(m.tasks, 0) AS tasks,
  CASE WHEN m.unit_id IS NULL THEN 0 ELSE m.benefit_vnd END AS benefit_vnd,
  COALESCE(m.benefits_known, 0) AS benefits_known
FROM units AS u
LEFT JOIN awarded AS w ON w.unit_id = u.unit_id
LEFT JOIN done AS d ON d.unit_id = u.unit_id
LEFT JOIN made AS m ON m.unit_id = u.unit_id
ORDER BY awards DESC, u.unit_id
