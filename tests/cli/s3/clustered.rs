//! A bucket that the machines of a cluster read.

use super::server::Server;
use crate::cluster;
use crate::env::TestEnv;
use crate::golden;

#[test]
fn a_cluster_reads_a_bucket_and_needs_its_credentials() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let variables = [
        ("AWS_ENDPOINT_URL", server.address.as_str()),
        ("AWS_ACCESS_KEY_ID", "anyone"),
        ("AWS_SECRET_ACCESS_KEY", "anything"),
        ("AWS_REGION", "us-east-1"),
    ];
    let cluster = cluster::Server::up_with(&variables);
    for name in golden::names(&env) {
        let args = ["-C", &place, "run", &name, "--csv"];
        let (there, here) = (bucket.run(&env, &cluster.on_it(&args)), env.run(&["run", &name, "--csv"]));
        assert_eq!((there.stdout, there.status), (here.stdout, 0), "{name}: {}", there.stderr);
    }
    let sql = "SELECT label('awards.kind', kind) AS kind, count(*) AS n FROM awards GROUP BY 1 ORDER BY 1";
    let ran = bucket.run(&env, &cluster.on_it(&["-C", &place, "--csv", "-c", sql]));
    assert_eq!(ran.stdout, env.csv(sql), "{ran}");
    // Machines that are told nothing ask Amazon, or nobody.
    let stranger =
        cluster::Server::up_with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), variables[1], variables[2]]);
    let ran = bucket.run(&env, &stranger.on_it(&["-C", &place, "--csv", "-c", sql]));
    assert!(ran.status == 1 && ran.stderr.contains("http://127.0.0.1:9 is not reached"), "{ran}");
}
