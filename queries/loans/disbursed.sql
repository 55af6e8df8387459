-- ---
-- title = "Disbursed under Resolution 43, by unit"
-- title_vi = "Giải ngân NQ43 theo đơn vị"
-- topic = "loans"
-- description = "One row a unit: disbursements to loans of the channel resolution_43 from one date to another, both included; projects are the distinct loans that received any. A flow: repayments are not taken off, and it is never added to a balance. share_pct is the part of the total over units, rounded to 0.1."
-- description_vi = "Mỗi dòng là một đơn vị: số giải ngân cho các khoản vay kênh Nghị quyết 43 từ ngày đầu đến hết ngày cuối; projects là số khoản vay (không trùng) có nhận giải ngân. Là số phát sinh: không trừ số thu nợ, không cộng với số dư. share_pct là phần trong tổng các đơn vị, làm tròn đến 0,1."
-- [params.from]
-- type = "date"
-- default = "$year-01-01"
-- description = "The first day counted"
-- description_vi = "Ngày đầu tiên được tính"
-- [params.to]
-- type = "date"
-- default = "$year-12-31"
-- description = "The last day counted"
-- description_vi = "Ngày cuối cùng được tính"
-- [columns.projects]
-- title = "Projects"
-- title_vi = "Số mô hình, dự án"
-- [columns.disbursements]
-- title = "Disbursements"
-- title_vi = "Số lần giải ngân"
-- [columns.disbursed_vnd]
-- title = "Disbursed"
-- title_vi = "Số tiền giải ngân"
-- [columns.share_pct]
-- title = "Share, %"
-- title_vi = "Tỷ trọng (%)"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "disbursed_vnd"
-- ---
WITH
  disbursed AS (
    SELECT
      l.unit_id,
      count(DISTINCT f.loan_id) AS projects,
      count(*) AS disbursements,
      sum(f.flow_vnd) AS disbursed_vnd
    FROM loan_flows AS f
    JOIN loans AS l ON l.loan_id = f.loan_id
    WHERE l.channel = 'resolution_43'
      AND f.kind = 'disbursement'
      AND f.flow_date BETWEEN $from AND $to
    GROUP BY l.unit_id
  ),
  province AS (
    SELECT sum(disbursed_vnd) AS disbursed_vnd
    FROM disbursed
  )
SELECT
  u.unit_id,
  u.name_vi,
  COALESCE(d.projects, 0) AS projects,
  COALESCE(d.disbursements, 0) AS disbursements,
  COALESCE(d.disbursed_vnd, 0) AS disbursed_vnd,
  -- Rounded to whole tenths first: a half then rounds up in every engine, even one that divides in floating point.
  CAST(
    1000 * CAST(COALESCE(d.disbursed_vnd, 0) AS DECIMAL(38, 0)) / NULLIF(p.disbursed_vnd, 0) AS DECIMAL(18, 0)
  ) * 0.1 AS share_pct
FROM units AS u
CROSS JOIN province AS p
LEFT JOIN disbursed AS d ON d.unit_id = u.unit_id
ORDER BY disbursed_vnd DESC, u.unit_id
