//! The `consilium` command: settles the configuration, starts the log, and hands over to [`consilium::cli`].

use std::{error::Error, iter, process::ExitCode};

use clap::Parser;
use consilium::{
    cli::{self, Cli},
    config::Config,
    telemetry,
};

/// A third less CPU than the system's allocator when answering queries.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Room for requests as deep as the guard lets them be, without optimisation too. What is not used costs nothing.
const STACK: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    let done = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(start(cli)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let chain = iter::successors(Some(&*error), |error| (*error).source());
            eprintln!("{}", chain.map(ToString::to_string).collect::<Vec<_>>().join(": "));
            ExitCode::FAILURE
        }
    }
}

async fn start(cli: Cli) -> Result<(), Box<dyn Error>> {
    let config = Config::load(cli.config.as_deref(), std::env::vars_os())?;
    telemetry::start(&config.log)?;
    Ok(cli::run(cli.command, config).await?)
}
