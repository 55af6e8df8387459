-- ---
-- title = "Benefit over cost"
-- title_vi = "Làm lợi trên kinh phí"
-- topic = "outputs"
-- description = "One row a unit: the summed benefit of outputs over the summed cost of their activities, for the activities that began in the year, know their cost and know the benefit of at least one output (activities_compared). Benefits are added up an activity before they meet its cost. Where benefits_known is less than outputs the ratio is a lower bound. Rounded to 0.01; null where nothing can be compared or the cost is 0. A benefit is an estimate, so the ratio is not a return on money."
-- description_vi = "Mỗi dòng là một đơn vị: tổng giá trị làm lợi trên tổng kinh phí của các hoạt động bắt đầu trong năm, biết kinh phí và biết giá trị làm lợi của ít nhất một công trình hoặc phần việc (activities_compared). Giá trị làm lợi được cộng theo từng hoạt động trước khi so với kinh phí. Khi benefits_known nhỏ hơn outputs thì tỷ số là cận dưới. Làm tròn đến 0,01; để trống khi không có gì để so hoặc kinh phí bằng 0. Giá trị làm lợi là ước tính nên tỷ số không phải là tỷ suất sinh lời."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.activities_with_outputs]
-- title = "Activities with outputs"
-- title_vi = "Hoạt động có kết quả"
-- [columns.activities_compared]
-- title = "Activities compared"
-- title_vi = "Hoạt động được so sánh"
-- [columns.outputs]
-- title = "Works and tasks"
-- title_vi = "Số công trình, phần việc"
-- [columns.benefits_known]
-- title = "With known benefit"
-- title_vi = "Đã biết giá trị làm lợi"
-- [columns.benefit_over_cost]
-- title = "Benefit over cost"
-- title_vi = "Làm lợi trên kinh phí"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "benefit_over_cost"
-- ---
WITH
  benefits AS (
    SELECT
      activity_id,
      count(*) AS outputs,
      count(benefit_vnd) AS benefits_known,
      sum(benefit_vnd) AS benefit_vnd
    FROM outputs
    GROUP BY activity_id
  ),
  paired AS (
    SELECT
      a.unit_id,
      a.cost_vnd,
      b.outputs,
      b.benefits_known,
      b.benefit_vnd,
      a.cost_vnd IS NOT NULL AND b.benefits_known > 0 AS both_known
    FROM activities AS a
    JOIN benefits AS b ON b.activity_id = a.activity_id
    WHERE EXTRACT(YEAR FROM a.start_date) = $year
  ),
  compared AS (
    SELECT
      unit_id,
      count(*) AS activities_with_outputs,
      count(*) FILTER (WHERE both_known) AS activities_compared,
      sum(outputs) FILTER (WHERE both_known) AS outputs,
      sum(benefits_known) FILTER (WHERE both_known) AS benefits_known,
      sum(benefit_vnd) FILTER (WHERE both_known) AS benefit_vnd,
      sum(cost_vnd) FILTER (WHERE both_known) AS cost_vnd
    FROM paired
    GROUP BY unit_id
  )
SELECT
  u.unit_id,
  u.name_vi,
  COALESCE(c.activities_with_outputs, 0) AS activities_with_outputs,
  COALESCE(c.activities_compared, 0) AS activities_compared,
  COALESCE(c.outputs, 0) AS outputs,
  COALESCE(c.benefits_known, 0) AS benefits_known,
  c.benefit_vnd,
  c.cost_vnd,
  -- Rounded to whole hundredths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    100 * CAST(c.benefit_vnd AS DECIMAL(38, 0)) / NULLIF(c.cost_vnd, 0) AS DECIMAL(18, 0)
  ) * 0.01 AS benefit_over_cost
FROM units AS u
LEFT JOIN compared AS c ON c.unit_id = u.unit_id
ORDER BY benefit_over_cost DESC NULLS LAST, u.unit_id
