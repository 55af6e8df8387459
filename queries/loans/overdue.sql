-- ---
-- title = "Overdue ratio by unit at a date"
-- title_vi = "Tỷ lệ nợ quá hạn"
-- topic = "loans"
-- description = "One row a unit: overdue over outstanding in one channel at one month end, in percent, rounded to 0.01. Both sums run over the series (a unit, or a savings-and-credit group of it) that know both amounts, series_compared of series; an unknown overdue amount is left out, not counted as 0. The ratio is null where nothing can be compared or nothing is outstanding. A ratio of sums: ratios of units do not average to the province's."
-- description_vi = "Mỗi dòng là một đơn vị: nợ quá hạn trên dư nợ của một kênh tại một ngày cuối tháng, tính bằng phần trăm, làm tròn đến 0,01. Cả hai tổng tính trên các chuỗi số dư (của đơn vị, hoặc của tổ tiết kiệm và vay vốn) biết cả hai số: series_compared trong series; nợ quá hạn chưa biết thì bỏ qua, không tính là 0. Tỷ lệ để trống khi không có gì để so hoặc không có dư nợ. Là tỷ lệ của hai tổng: bình quân tỷ lệ các đơn vị không phải tỷ lệ toàn tỉnh."
-- [params.as_of]
-- type = "date"
-- default = "$year-12-31"
-- values = "SELECT DISTINCT as_of_date FROM loan_balances ORDER BY as_of_date"
-- description = "The month end"
-- description_vi = "Ngày cuối tháng"
-- [params.channel]
-- type = "text"
-- default = "vbsp_entrusted"
-- values = ["national_employment_fund", "vbsp_entrusted", "resolution_43"]
-- description = "The lending channel; one at a time, since channels may overlap"
-- description_vi = "Kênh vay; mỗi lần một kênh, vì các kênh có thể trùng nhau"
-- [columns.overdue_pct]
-- title = "Overdue, %"
-- title_vi = "Tỷ lệ nợ quá hạn (%)"
-- [columns.series]
-- title = "Balance series"
-- title_vi = "Chuỗi số dư"
-- [columns.series_compared]
-- title = "Series compared"
-- title_vi = "Chuỗi được so sánh"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "overdue_pct"
-- ---
WITH
  balances AS (
    SELECT
      unit_id,
      count(*) AS series,
      count(*) FILTER (WHERE outstanding_vnd IS NOT NULL AND overdue_vnd IS NOT NULL) AS series_compared,
      sum(overdue_vnd) FILTER (WHERE outstanding_vnd IS NOT NULL) AS overdue_vnd,
      sum(outstanding_vnd) FILTER (WHERE overdue_vnd IS NOT NULL) AS outstanding_vnd
    FROM loan_balances
    WHERE channel = $channel
      AND as_of_date = $as_of
    GROUP BY unit_id
  ),
  province AS (
    SELECT count(*) AS units
    FROM balances
  )
SELECT
  CAST($channel AS VARCHAR) AS channel,
  u.unit_id,
  u.name_vi,
  CASE WHEN b.unit_id IS NULL AND p.units > 0 THEN 0 ELSE b.overdue_vnd END AS overdue_vnd,
  CASE WHEN b.unit_id IS NULL AND p.units > 0 THEN 0 ELSE b.outstanding_vnd END AS outstanding_vnd,
  -- Rounded to whole hundredths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    10000 * CAST(b.overdue_vnd AS DECIMAL(38, 0)) / NULLIF(b.outstanding_vnd, 0) AS DECIMAL(18, 0)
  ) * 0.01 AS overdue_pct,
  COALESCE(b.series, 0) AS series,
  COALESCE(b.series_compared, 0) AS series_compared
FROM units AS u
CROSS JOIN province AS p
LEFT JOIN balances AS b ON b.unit_id = u.unit_id
ORDER BY overdue_pct DESC NULLS LAST, u.unit_id
