# What a program to ship is built for: what people have it do. For scripts that define `run`, which runs the program
# with the arguments that it is given.

# Has the program work in a workspace that `init` made: a start, the saved queries, questions over stored and other
# files, exports, an import.
exercise() {
    local year=$1 queries query name
    local columns='SELECT * EXCLUDE (source_file, source_row) FROM'
    run -C "$year" -c 'SELECT count(*) FROM activities'
    queries=$(cd "$year/queries" && find . -name '*.sql' | LC_ALL=C sort)
    for query in ${queries:?no saved queries}; do
        name=${query#./}
        run -C "$year" run "${name%.sql}"
    done
    for name in csv json parquet xlsx; do
        run -C "$year" -c "$columns activities" -o "$year/activities.$name"
    done
    for name in csv json parquet; do
        run -C "$year" -c "SELECT category, count(*), sum(participations * (1 - 0.1)), avg(cost_vnd), max(start_date)
            FROM '$year/activities.$name' WHERE unit_id LIKE '%o%' GROUP BY category ORDER BY 3 DESC"
    done
    run -C "$year" -c "SELECT u.name_vi, a.activity_id, sum(o.benefit_vnd) AS benefit
        FROM units AS u JOIN activities AS a USING (unit_id) LEFT JOIN outputs AS o USING (activity_id)
        WHERE a.start_date BETWEEN DATE '2022-03-01' AND DATE '2022-09-30'
        GROUP BY u.name_vi, a.activity_id ORDER BY benefit DESC NULLS LAST, a.activity_id LIMIT 100"
    rm "$year"/datasets/activities*.parquet
    run -C "$year" import "$year/activities.csv" --table activities
}
