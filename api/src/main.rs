//! The binary: parse and run.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    glans::cli::run(std::env::args_os()).await
}
