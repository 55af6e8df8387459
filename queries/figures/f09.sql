-- ---
-- title = "F09 · National Employment Fund capital"
-- title_vi = "F09 · Vốn Quỹ Quốc gia về việc làm"
-- topic = "figures"
-- description = "Capital of the National Employment Fund through the Central Union at 31 December, summed over units where known. A stock: never summed over dates, never added to F10 or F11."
-- description_vi = "Vốn Quỹ Quốc gia về việc làm kênh Trung ương Đoàn tại ngày 31/12 của năm, cộng theo đơn vị trên các số dư đã biết. Là số dư: không cộng qua các thời điểm, không cộng với F10, F11."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Capital"
-- title_vi = "Nguồn vốn"
-- unit = "VND"
-- [published]
-- text = "Quỹ Quốc gia về việc làm, kênh Trung ương Đoàn: 2,819 tỷ đồng"
-- value = 2819000000
-- unit = "VND"
-- qualifier = "exact"
-- kind = "stock"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT sum(capital_vnd) AS value
FROM loan_balances
WHERE channel = 'national_employment_fund'
  AND as_of_date = make_date($year, 12, 31)
