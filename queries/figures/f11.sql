-- ---
-- title = "F11 · Disbursed under Resolution 43"
-- title_vi = "F11 · Giải ngân theo Nghị quyết 43"
-- topic = "figures"
-- description = "Disbursements of the year to loans under Resolution 43; repayments are not taken off. A flow of the year: never added to the balances F09 and F10."
-- description_vi = "Số giải ngân trong năm cho các khoản vay theo Nghị quyết 43; không trừ số thu nợ. Là số phát sinh trong năm: không cộng với số dư F09, F10."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Disbursed"
-- title_vi = "Số tiền giải ngân"
-- unit = "VND"
-- [published]
-- text = "Nghị quyết 43/2018/NQ-HĐND: năm 2022 giải ngân 10 tỷ đồng"
-- value = 10000000000
-- unit = "VND"
-- qualifier = "exact"
-- kind = "flow"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT sum(flow_vnd) AS value
FROM loan_flows
WHERE kind = 'disbursement'
  AND EXTRACT(YEAR FROM flow_date) = $year
  AND loan_id IN (SELECT loan_id FROM loans WHERE channel = 'resolution_43')
