//! An OpenID provider that is none of ours: `oidc-provider`, run by Node, told what to do by lines on its standard input.
//! See `tests/oidc/provider.mjs`.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

const NEEDED: &str = "this test starts an OpenID provider: install Node.js 20 or newer with npm, \
                      then run `npm ci --prefix tests/oidc`";

/// The provider, while it runs.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Provider {
    #[track_caller]
    pub(crate) fn start() -> Self {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        assert!(directory.join("node_modules/oidc-provider").exists(), "{NEEDED}");
        let started = Command::new("node")
            .arg("provider.mjs")
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = started.unwrap_or_else(|error| panic!("{NEEDED} ({error})"));
        let input = child.stdin.take().expect("an input");
        let output = BufReader::new(child.stdout.take().expect("an output"));
        let mut provider = Self { issuer: String::new(), child, input, output };
        provider.issuer = provider.answer()["issuer"].as_str().expect("an issuer").to_owned();
        provider
    }

    /// Tells it to do something, and gives what it answers.
    #[track_caller]
    pub(crate) fn tell(&mut self, act: &str) -> Value {
        writeln!(self.input, "{act}").expect("it listens");
        let answer = self.answer();
        assert!(answer["error"].is_null(), "{act}: {answer:#}");
        answer
    }

    /// Its next line of JSON. It says other things as well.
    #[track_caller]
    fn answer(&mut self) -> Value {
        let mut line = String::new();
        while !line.starts_with('{') {
            line.clear();
            assert!(self.output.read_line(&mut line).expect("it speaks") > 0, "the provider has ended. {NEEDED}");
        }
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
