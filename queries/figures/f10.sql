-- ---
-- title = "F10 · Entrusted lending outstanding"
-- title_vi = "F10 · Dư nợ vốn Ngân hàng Chính sách xã hội ủy thác qua Đoàn"
-- topic = "figures"
-- description = "Outstanding entrusted lending of the Bank for Social Policies at 31 December, summed over groups where known. A stock: never summed over dates, never added to F09 or F11."
-- description_vi = "Dư nợ vốn Ngân hàng Chính sách xã hội ủy thác qua Đoàn tại ngày 31/12 của năm, cộng theo tổ trên các số dư đã biết. Là số dư: không cộng qua các thời điểm, không cộng với F09, F11."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Outstanding"
-- title_vi = "Dư nợ"
-- unit = "VND"
-- [published]
-- text = "dư nợ ủy thác NHCSXH đạt trên 397,8 tỷ đồng"
-- value = 397800000000
-- unit = "VND"
-- qualifier = "more_than"
-- kind = "stock"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT sum(outstanding_vnd) AS value
FROM loan_balances
WHERE channel = 'vbsp_entrusted'
  AND as_of_date = make_date($year, 12, 31)
