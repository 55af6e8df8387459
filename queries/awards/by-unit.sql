-- ---
-- title = "Awards by unit, kind and authority"
-- title_vi = "Khen thưởng theo đơn vị và cấp"
-- topic = "awards"
-- description = "One row a unit and kind of award, zeros included; one row a unit with a kind named. Awards count by the year they honour, which may be decided by 31 January of the next, in a column for each deciding authority. An award to a collective and one to an individual both count 1."
-- description_vi = "Mỗi dòng là một đơn vị và một hình thức khen thưởng, kể cả khi bằng 0; nếu nêu hình thức thì mỗi đơn vị một dòng. Tính theo năm được khen (quyết định có thể ký đến 31/01 năm sau), mỗi cấp quyết định một cột. Khen tập thể và khen cá nhân đều tính là 1."
-- [params.kind]
-- type = "text"
-- optional = true
-- values = ["emulation_flag", "certificate_of_merit", "commendation", "praise"]
-- description = "One kind of award; every kind when absent"
-- description_vi = "Một hình thức khen thưởng; bỏ trống là tất cả"
-- [params.year]
-- type = "integer"
-- default = "$year"
-- description = "The year honoured"
-- description_vi = "Năm được khen"
-- [columns.kind]
-- same_as = "awards.kind"
-- [columns.awards]
-- title = "Awards"
-- title_vi = "Khen thưởng"
-- [columns.provincial_committee]
-- title = "Provincial People's Committee"
-- title_vi = "Ủy ban nhân dân tỉnh"
-- [columns.central_union]
-- title = "Central Union"
-- title_vi = "Trung ương Đoàn"
-- [columns.provincial_union]
-- title = "Provincial Union"
-- title_vi = "Tỉnh đoàn"
-- [columns.district_union]
-- title = "District Union"
-- title_vi = "Đoàn cấp huyện"
-- [columns.to_collectives]
-- title = "To collectives"
-- title_vi = "Khen tập thể"
-- [columns.to_individuals]
-- title = "To individuals"
-- title_vi = "Khen cá nhân"
-- [chart]
-- kind = "bar"
-- x = "name_vi"
-- y = "awards"
-- ---
WITH
  kinds (kind_order, kind) AS (
    VALUES (1, 'emulation_flag'), (2, 'certificate_of_merit'), (3, 'commendation'), (4, 'praise')
  ),
  given AS (
    SELECT
      unit_id,
      kind,
      count(*) AS awards,
      count(*) FILTER (WHERE authority = 'provincial_committee') AS provincial_committee,
      count(*) FILTER (WHERE authority = 'central_union') AS central_union,
      count(*) FILTER (WHERE authority = 'provincial_union') AS provincial_union,
      count(*) FILTER (WHERE authority = 'district_union') AS district_union,
      count(*) FILTER (WHERE recipient_kind = 'collective') AS to_collectives,
      count(*) FILTER (WHERE recipient_kind = 'individual') AS to_individuals
    FROM awards
    WHERE honoured_year = $year
    GROUP BY unit_id, kind
  )
SELECT
  u.unit_id,
  u.name_vi,
  k.kind,
  COALESCE(g.awards, 0) AS awards,
  COALESCE(g.provincial_committee, 0) AS provincial_committee,
  COALESCE(g.central_union, 0) AS central_union,
  COALESCE(g.provincial_union, 0) AS provincial_union,
  COALESCE(g.district_union, 0) AS district_union,
  COALESCE(g.to_collectives, 0) AS to_collectives,
  COALESCE(g.to_individuals, 0) AS to_individuals
FROM units AS u
CROSS JOIN kinds AS k
LEFT JOIN given AS g ON g.unit_id = u.unit_id AND g.kind = k.kind
WHERE $kind IS NULL OR k.kind = $kind
ORDER BY u.unit_id, k.kind_order
