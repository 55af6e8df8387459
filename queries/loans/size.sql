-- ---
-- title = "Loan sizes"
-- title_vi = "Quy mô khoản vay"
-- topic = "loans"
-- description = "One row a channel: sizes approved for the loans contracted in the year. Quartiles are the loans at the nearest rank, the median is the mean of the middle two. Resolution 43 caps a loan at 500 000 000 VND and 60 months: over_amount and over_term count the loans beyond either, breaches those beyond one or both; null for channels without this cap. Entrusted lending has no loans here (the bank keeps its ledgers), so its sizes are null. Approved, not disbursed and not outstanding."
-- description_vi = "Mỗi dòng là một kênh vay: mức được duyệt của các khoản vay ký trong năm. Tứ phân vị lấy khoản vay ở hạng gần nhất, trung vị là bình quân hai khoản ở giữa. Nghị quyết 43 giới hạn mỗi khoản 500 triệu đồng và 60 tháng: over_amount và over_term đếm khoản vượt từng mức, breaches đếm khoản vượt ít nhất một mức; để trống với kênh không có giới hạn này. Kênh ủy thác không có khoản vay ở đây (sổ vay do ngân hàng giữ) nên các mức để trống. Là số được duyệt, không phải giải ngân hay dư nợ."
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year reviewed"
-- description_vi = "Năm tổng kết"
-- [columns.loans]
-- title = "Loans"
-- title_vi = "Số khoản vay"
-- [columns.smallest_vnd]
-- title = "Smallest"
-- title_vi = "Nhỏ nhất"
-- [columns.quartile_1_vnd]
-- title = "First quartile"
-- title_vi = "Tứ phân vị thứ nhất"
-- [columns.median_vnd]
-- title = "Median"
-- title_vi = "Trung vị"
-- [columns.quartile_3_vnd]
-- title = "Third quartile"
-- title_vi = "Tứ phân vị thứ ba"
-- [columns.largest_vnd]
-- title = "Largest"
-- title_vi = "Lớn nhất"
-- [columns.largest_loan_id]
-- title = "Largest loan id"
-- title_vi = "Mã khoản vay lớn nhất"
-- [columns.over_amount]
-- title = "Over the amount cap"
-- title_vi = "Vượt trần số tiền"
-- [columns.over_term]
-- title = "Over the term cap"
-- title_vi = "Vượt trần thời hạn"
-- [columns.breaches]
-- title = "Over either cap"
-- title_vi = "Vượt ít nhất một trần"
-- [chart]
-- kind = "bar"
-- x = "channel"
-- y = "median_vnd"
-- ---
WITH
  channels (channel) AS (
    VALUES ('national_employment_fund'), ('resolution_43'), ('vbsp_entrusted')
  ),
  ordered AS (
    SELECT
      channel,
      loan_id,
      approved_vnd,
      term_months,
      row_number() OVER (PARTITION BY channel ORDER BY approved_vnd, loan_id DESC) AS place,
      count(*) OVER (PARTITION BY channel) AS peers
    FROM loans
    WHERE EXTRACT(YEAR FROM contract_date) = $year
  ),
  -- place * 4 >= peers is the nearest rank: the first loan with a quarter of them at or below it.
  sized AS (
    SELECT
      channel,
      count(*) AS loans,
      sum(approved_vnd) AS approved_vnd,
      min(approved_vnd) AS smallest_vnd,
      min(approved_vnd) FILTER (WHERE place * 4 >= peers) AS quartile_1_vnd,
      (
        min(approved_vnd) FILTER (WHERE 2 * place BETWEEN peers AND peers + 2)
        + max(approved_vnd) FILTER (WHERE 2 * place BETWEEN peers AND peers + 2)
      ) * 0.5 AS median_vnd,
      min(approved_vnd) FILTER (WHERE place * 4 >= peers * 3) AS quartile_3_vnd,
      max(approved_vnd) AS largest_vnd,
      max(loan_id) FILTER (WHERE place = peers) AS largest_loan_id,
      count(*) FILTER (WHERE approved_vnd > 500000000) AS over_amount,
      count(*) FILTER (WHERE term_months > 60) AS over_term,
      count(*) FILTER (WHERE approved_vnd > 500000000 OR term_months > 60) AS breaches
    FROM ordered
    GROUP BY channel
  )
SELECT
  c.channel,
  COALESCE(s.loans, 0) AS loans,
  COALESCE(s.approved_vnd, 0) AS approved_vnd,
  s.smallest_vnd,
  s.quartile_1_vnd,
  s.median_vnd,
  s.quartile_3_vnd,
  s.largest_vnd,
  s.largest_loan_id,
  CASE WHEN c.channel = 'resolution_43' THEN COALESCE(s.over_amount, 0) END AS over_amount,
  CASE WHEN c.channel = 'resolution_43' THEN COALESCE(s.over_term, 0) END AS over_term,
  CASE WHEN c.channel = 'resolution_43' THEN COALESCE(s.breaches, 0) END AS breaches
FROM channels AS c
LEFT JOIN sized AS s ON s.channel = c.channel
ORDER BY c.channel
