-- ---
-- title = "Change of the balance between two dates"
-- title_vi = "Biến động dư nợ"
-- topic = "loans"
-- description = "One row a unit: the balance outstanding in one channel at two month ends, and the difference. Two stocks are compared; nothing is summed over dates, and the change is not what was disbursed. A series (a unit, or a savings-and-credit group of it) enters only if its balance is known at both dates, series_compared of series; one that had no row yet, or has none any more, counts as 0 on that side (opened, closed). Null where nothing can be compared, as at a date for which the channel holds no balances. change_pct is rounded to 0.1 and null over a first balance of 0."
-- description_vi = "Mỗi dòng là một đơn vị: dư nợ của một kênh tại hai ngày cuối tháng và chênh lệch. So hai số dư; không cộng qua các thời điểm, và chênh lệch không phải số giải ngân. Một chuỗi số dư (của đơn vị, hoặc của tổ tiết kiệm và vay vốn) chỉ được tính khi biết số dư ở cả hai ngày: series_compared trong series; chuỗi chưa có hoặc không còn dòng nào ở một ngày thì tính là 0 ở ngày đó (opened, closed). Để trống khi không có gì để so, như vào ngày kênh không có số dư. change_pct làm tròn đến 0,1, để trống khi số dư đầu bằng 0."
-- [params.from]
-- type = "date"
-- default = "$year-01-31"
-- values = "SELECT DISTINCT as_of_date FROM loan_balances ORDER BY as_of_date"
-- description = "The earlier month end"
-- description_vi = "Ngày cuối tháng trước"
-- [params.to]
-- type = "date"
-- default = "$year-12-31"
-- values = "SELECT DISTINCT as_of_date FROM loan_balances ORDER BY as_of_date"
-- description = "The later month end"
-- description_vi = "Ngày cuối tháng sau"
-- [params.channel]
-- type = "text"
-- default = "vbsp_entrusted"
-- values = ["national_employment_fund", "vbsp_entrusted", "resolution_43"]
-- description = "The lending channel; one at a time, since channels may overlap"
-- description_vi = "Kênh vay; mỗi lần một kênh, vì các kênh có thể trùng nhau"
-- [columns.from_vnd]
-- title = "Balance at the start"
-- title_vi = "Dư nợ đầu kỳ"
-- [columns.to_vnd]
-- title = "Balance at the end"
-- title_vi = "Dư nợ cuối kỳ"
-- [columns.change_vnd]
-- title = "Change"
-- title_vi = "Chênh lệch"
-- [columns.change_pct]
-- title = "Change, %"
-- title_vi = "Chênh lệch (%)"
-- [columns.series]
-- title = "Balance series"
-- title_vi = "Chuỗi số dư"
-- [columns.series_compared]
-- title = "Series compared"
-- title_vi = "Chuỗi được so sánh"
-- [columns.opened]
-- title = "Series opened"
-- title_vi = "Chuỗi mới"
-- [columns.closed]
-- title = "Series closed"
-- title_vi = "Chuỗi không còn"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "change_vnd"
-- ---
WITH
  -- The key of a balance is date, channel, unit and group, so each sum here is of one row at one date.
  series AS (
    SELECT
      unit_id,
      group_id,
      count(*) FILTER (WHERE as_of_date = $from) AS from_rows,
      sum(outstanding_vnd) FILTER (WHERE as_of_date = $from) AS from_vnd,
      count(*) FILTER (WHERE as_of_date = $to) AS to_rows,
      sum(outstanding_vnd) FILTER (WHERE as_of_date = $to) AS to_vnd
    FROM loan_balances
    WHERE channel = $channel
      AND (as_of_date = $from OR as_of_date = $to)
    GROUP BY unit_id, group_id
  ),
  dates AS (
    SELECT COALESCE(sum(from_rows), 0) > 0 AND COALESCE(sum(to_rows), 0) > 0 AS both_held
    FROM series
  ),
  compared AS (
    SELECT
      s.unit_id,
      s.from_rows,
      s.to_rows,
      CASE WHEN s.from_rows = 0 THEN 0 ELSE s.from_vnd END AS from_vnd,
      CASE WHEN s.to_rows = 0 THEN 0 ELSE s.to_vnd END AS to_vnd,
      d.both_held
        AND (s.from_rows = 0 OR s.from_vnd IS NOT NULL)
        AND (s.to_rows = 0 OR s.to_vnd IS NOT NULL) AS both_known
    FROM series AS s
    CROSS JOIN dates AS d
  ),
  totals AS (
    SELECT
      unit_id,
      count(*) AS series,
      count(*) FILTER (WHERE both_known) AS series_compared,
      count(*) FILTER (WHERE both_known AND from_rows = 0) AS opened,
      count(*) FILTER (WHERE both_known AND to_rows = 0) AS closed,
      sum(from_vnd) FILTER (WHERE both_known) AS from_vnd,
      sum(to_vnd) FILTER (WHERE both_known) AS to_vnd
    FROM compared
    GROUP BY unit_id
  ),
  by_unit AS (
    SELECT
      u.unit_id,
      u.name_vi,
      CASE WHEN t.unit_id IS NULL AND d.both_held THEN 0 ELSE t.from_vnd END AS from_vnd,
      CASE WHEN t.unit_id IS NULL AND d.both_held THEN 0 ELSE t.to_vnd END AS to_vnd,
      COALESCE(t.series, 0) AS series,
      COALESCE(t.series_compared, 0) AS series_compared,
      COALESCE(t.opened, 0) AS opened,
      COALESCE(t.closed, 0) AS closed
    FROM units AS u
    CROSS JOIN dates AS d
    LEFT JOIN totals AS t ON t.unit_id = u.unit_id
  )
SELECT
  CAST($channel AS VARCHAR) AS channel,
  unit_id,
  name_vi,
  from_vnd,
  to_vnd,
  to_vnd - from_vnd AS change_vnd,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(to_vnd - from_vnd AS DECIMAL(38, 0)) / NULLIF(from_vnd, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS change_pct,
  series,
  series_compared,
  opened,
  closed
FROM by_unit
ORDER BY change_vnd DESC NULLS LAST, unit_id
