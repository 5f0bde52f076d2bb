//! `cargo xtask schemathesis`: a program that knows only the API's document asks for all it describes, rightly and wrongly,
//! as a stranger, as a customer and as the owner. No answer may be a failure of ours, or one that the document does not
//! tell of.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{
    cmd::{Run, cmd},
    native,
    report::{Outcome, bold},
    run::{self, CUSTOMER, OWNER},
    tools,
};

/// Left out: the first two end the session that asks, the third lets it grow old, the last one asks strangers' hosts.
const LEFT_OUT: [&str; 4] = ["logout", "end_session", "travel_in_time", "create_external_calendar"];

/// That what fits the document is accepted: a cursor or a link's token is a text, but few texts are one.
const NOT_CHECKED: &str = "positive_data_acceptance";

/// Prints an access token for an address, an e-mail address and a password.
const SIGN_IN: &str = "import requests, sys
answer = requests.post(sys.argv[1] + '/api/v1/auth/login', json={'email': sys.argv[2], 'password': sys.argv[3]})
print(answer.json()['access_token'])";

/// How much to ask.
#[derive(Args)]
pub struct Options {
    /// How many requests of each kind for each operation
    #[arg(long, default_value_t = 100)]
    max_examples: u32,
    /// Chance's seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Passed on: `--include-operation-id create_booking`, `--report har` …
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// The whole of it.
pub fn run(options: &Options) -> Result<()> {
    let python = tools::python(&tools::SCHEMATHESIS, true).map_err(anyhow::Error::msg)?;
    ask(&python, options)
}

/// A minute of it, for every test run.
pub fn briefly() -> Result<Outcome> {
    match tools::python(&tools::SCHEMATHESIS, true) {
        Ok(python) => {
            ask(&python, &Options { max_examples: 3, seed: 1, arguments: Vec::new() }).map(|()| Outcome::Done)
        }
        Err(why) => Ok(Outcome::Skipped(why)),
    }
}

fn ask(python: &Path, options: &Options) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("vitrine-schemathesis-").tempdir()?;
    // Else it signs up by itself, and there is no stranger.
    fs::write(folder.path().join("schemathesis.toml"), "[auth]\nauto-signup = false\n")?;
    let shop = run::demo(&native::build()?, &folder.path().join("shop"))?;
    let sign_in = |[email, password]: [&str; 2]| -> Result<String> {
        let token = cmd(python).args(["-c", SIGN_IN, &shop.url, email, password]).read().context("cannot sign in")?;
        Ok(format!("Authorization: Bearer {}", token.trim()))
    };
    let mut failed = Vec::new();
    for (name, who) in [("a stranger", None), ("a customer", Some(CUSTOMER)), ("the owner", Some(OWNER))] {
        println!("\n{}", bold(&format!("As {name}")));
        // Only now: it is good for a quarter of an hour.
        let header = who.map(sign_in).transpose()?;
        // What it keeps of its runs goes with the folder.
        let mut program = cmd(python.with_file_name("schemathesis"));
        program.current_dir(folder.path()).arg("run").arg(format!("{}/api/openapi.json", shop.url));
        program.args(["--max-examples", &options.max_examples.to_string(), "--seed", &options.seed.to_string()]);
        program.args(["--phases", "examples,coverage,fuzzing", "--exclude-checks", NOT_CHECKED]);
        program.args(["--generation-database", "none", "--warnings", "off", "--request-timeout", "30"]);
        program.args(LEFT_OUT.iter().flat_map(|id| ["--exclude-operation-id", id]));
        program.args(header.iter().flat_map(|header| ["--header", header]));
        if program.args(&options.arguments).run().is_err() {
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("not as the document says, asked as {}", failed.join(" and as "));
    }
    Ok(())
}
