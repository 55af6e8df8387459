-- ---
-- title = "F12 · Projects under Resolution 43"
-- title_vi = "F12 · Mô hình, dự án theo Nghị quyết 43"
-- topic = "figures"
-- description = "Loans under Resolution 43 contracted in the year, one a project."
-- description_vi = "Số khoản vay theo Nghị quyết 43 ký trong năm, mỗi khoản là một mô hình, dự án."
-- [params.year]
-- type = "integer"
-- default = 2022
-- description = "The year reviewed; what was published is about 2022"
-- description_vi = "Năm tổng kết; số liệu công bố là của năm 2022"
-- [columns.value]
-- title = "Projects"
-- title_vi = "Số mô hình, dự án"
-- [published]
-- text = "cho 168 mô hình dự án"
-- value = 168
-- unit = "projects"
-- qualifier = "exact"
-- kind = "count"
-- source = "Báo Ninh Bình, 2023-01-05"
-- ---
SELECT count(*) AS value
FROM loans
WHERE channel = 'resolution_43'
  AND EXTRACT(YEAR FROM contract_date) = $year
