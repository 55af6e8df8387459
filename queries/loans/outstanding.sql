-- ---
-- title = "Outstanding at a date"
-- title_vi = "Dư nợ tại một ngày"
-- topic = "loans"
-- description = "One row a unit: the balance outstanding in one channel at one month end. A stock: add it over units, never over dates, and not over channels, which may overlap. Sums run over the series (a unit, or a savings-and-credit group of it) whose balance is known, series_known of series. A unit with no series has 0, one with no known balance null; every unit is null at a date for which the channel holds no balances. share_pct is rounded to 0.1."
-- description_vi = "Mỗi dòng là một đơn vị: dư nợ của một kênh tại một ngày cuối tháng. Là số dư: cộng theo đơn vị, không cộng qua các thời điểm, cũng không cộng các kênh vì có thể trùng nhau. Tổng tính trên các chuỗi số dư (của đơn vị, hoặc của tổ tiết kiệm và vay vốn) đã biết: series_known trong series. Đơn vị không có chuỗi nào thì bằng 0, chưa biết số dư nào thì để trống; mọi đơn vị để trống vào ngày kênh không có số dư. share_pct làm tròn đến 0,1."
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
-- [columns.share_pct]
-- title = "Share, %"
-- title_vi = "Tỷ trọng (%)"
-- [columns.series]
-- title = "Balance series"
-- title_vi = "Chuỗi số dư"
-- [columns.series_known]
-- title = "Series, balance known"
-- title_vi = "Chuỗi biết dư nợ"
-- [columns.borrowers_known]
-- title = "Series, borrowers known"
-- title_vi = "Chuỗi biết số người vay"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "outstanding_vnd"
-- ---
WITH
  balances AS (
    SELECT
      unit_id,
      count(*) AS series,
      count(outstanding_vnd) AS series_known,
      sum(outstanding_vnd) AS outstanding_vnd,
      sum(borrowers) AS borrowers,
      count(borrowers) AS borrowers_known
    FROM loan_balances
    WHERE channel = $channel
      AND as_of_date = $as_of
    GROUP BY unit_id
  ),
  province AS (
    SELECT count(*) AS units, sum(outstanding_vnd) AS outstanding_vnd
    FROM balances
  ),
  by_unit AS (
    SELECT
      u.unit_id,
      u.name_vi,
      CASE WHEN b.unit_id IS NULL AND p.units > 0 THEN 0 ELSE b.outstanding_vnd END AS outstanding_vnd,
      p.outstanding_vnd AS province_vnd,
      COALESCE(b.series, 0) AS series,
      COALESCE(b.series_known, 0) AS series_known,
      CASE WHEN b.unit_id IS NULL AND p.units > 0 THEN 0 ELSE b.borrowers END AS borrowers,
      COALESCE(b.borrowers_known, 0) AS borrowers_known
    FROM units AS u
    CROSS JOIN province AS p
    LEFT JOIN balances AS b ON b.unit_id = u.unit_id
  )
SELECT
  CAST($channel AS VARCHAR) AS channel,
  unit_id,
  name_vi,
  outstanding_vnd,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(outstanding_vnd AS DECIMAL(38, 0)) / NULLIF(province_vnd, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS share_pct,
  series,
  series_known,
  borrowers,
  borrowers_known
FROM by_unit
ORDER BY outstanding_vnd DESC NULLS LAST, unit_id
