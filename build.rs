//! How the binary is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // An executable that may lie anywhere is put right at each start: half a million addresses in five
    // megabytes, which took as long as a short query does. One with a fixed place needs none of it.
    // What is given up is the random place of the program's own code; its stack, heap and libraries
    // keep theirs, and there is no unsafe code of ours to be led astray.
    let target = |part: &str| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
