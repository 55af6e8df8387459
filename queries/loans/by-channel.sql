-- ---
-- title = "Loans by channel"
-- title_vi = "Cơ cấu kênh vay"
-- topic = "loans"
-- description = "One row a channel, all three: the balance outstanding at one month end. Balances only: no disbursements and no capital stand beside them, and no row is a total, since channels may overlap. share_pct is the part of the three balances together, rounded to 0.1, for comparing sizes. Sums run over the series whose balance is known, series_known of series; null where none is known. units and borrowers are those of the series; borrowers_known series give their borrowers."
-- description_vi = "Mỗi dòng là một kênh vay, đủ ba kênh: dư nợ tại một ngày cuối tháng. Chỉ có số dư: không kèm giải ngân hay vốn, và không có dòng tổng vì các kênh có thể trùng nhau. share_pct là phần trong tổng ba số dư, làm tròn đến 0,1, để so quy mô. Tổng tính trên các chuỗi số dư đã biết, series_known trong series; để trống khi chưa biết số dư nào. units, borrowers là số đơn vị, số người còn dư nợ của các chuỗi; borrowers_known chuỗi có ghi số người vay."
-- [params.as_of]
-- type = "date"
-- default = "$year-12-31"
-- values = "SELECT DISTINCT as_of_date FROM loan_balances ORDER BY as_of_date"
-- description = "The month end"
-- description_vi = "Ngày cuối tháng"
-- [columns.share_pct]
-- title = "Share, %"
-- title_vi = "Tỷ trọng (%)"
-- [columns.series]
-- title = "Balance series"
-- title_vi = "Chuỗi số dư"
-- [columns.series_known]
-- title = "Series, balance known"
-- title_vi = "Chuỗi biết dư nợ"
-- [columns.units]
-- title = "Units"
-- title_vi = "Số đơn vị"
-- [columns.borrowers_known]
-- title = "Series, borrowers known"
-- title_vi = "Chuỗi biết số người vay"
-- [chart]
-- kind = "bar"
-- x = "channel"
-- y = "outstanding_vnd"
-- ---
WITH
  channels (channel) AS (
    VALUES ('national_employment_fund'), ('resolution_43'), ('vbsp_entrusted')
  ),
  balances AS (
    SELECT
      channel,
      sum(outstanding_vnd) AS outstanding_vnd,
      count(*) AS series,
      count(outstanding_vnd) AS series_known,
      count(DISTINCT unit_id) AS units,
      sum(borrowers) AS borrowers,
      count(borrowers) AS borrowers_known
    FROM loan_balances
    WHERE as_of_date = $as_of
    GROUP BY channel
  ),
  all_channels AS (
    SELECT sum(outstanding_vnd) AS outstanding_vnd
    FROM balances
  )
SELECT
  c.channel,
  b.outstanding_vnd,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(b.outstanding_vnd AS DECIMAL(38, 0)) / NULLIF(a.outstanding_vnd, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS share_pct,
  COALESCE(b.series, 0) AS series,
  COALESCE(b.series_known, 0) AS series_known,
  COALESCE(b.units, 0) AS units,
  b.borrowers,
  COALESCE(b.borrowers_known, 0) AS borrowers_known
FROM channels AS c
CROSS JOIN all_channels AS a
LEFT JOIN balances AS b ON b.channel = c.channel
ORDER BY b.outstanding_vnd DESC NULLS LAST, c.channel
