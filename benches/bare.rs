//! The yardstick of the benchmark: a poem handler that sends the bytes of a file to whoever asks, and does nothing else.
//!
//! `cargo run --release --example bare -- 127.0.0.1:8081 body.json`

use std::{env, process::ExitCode};

use poem::{Route, Server, endpoint::make_sync, listener::TcpListener};

/// The same allocator as the service.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    let [_, address, file] = arguments.as_slice() else {
        eprintln!("usage: bare ADDRESS FILE");
        return ExitCode::FAILURE;
    };
    match serve(address, file).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, file: &str) -> std::io::Result<()> {
    let body = bytes::Bytes::from(std::fs::read(file)?);
    let send = make_sync(move |_| poem::Response::builder().content_type("application/json").body(body.clone()));
    Server::new(TcpListener::bind(address.to_owned())).run(Route::new().at("/graphql", send)).await
}
