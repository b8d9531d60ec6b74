# Short names for long commands; `just` lists them. None is needed to start: `cargo run` and `cargo test` are.

_default:
    @just --list --unsorted

# The server on an embedded database with a demo board in it
run *ARGS:
    cargo run -- {{ ARGS }}

# All tests, on SQLite and PostgreSQL; `just test postgres::` runs one engine, `just test access` one slice
test *FILTER:
    cargo test -- {{ FILTER }}

# What must hold before a merge
ci:
    .ci/run

# Formats the code
fmt:
    cargo fmt --all

# The lints as CI has them
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Writes schema.graphql anew
schema:
    cargo run --quiet -- schema > schema.graphql.new
    mv schema.graphql.new schema.graphql

# Writes tests/golden anew; read the difference before you commit it
golden:
    UPDATE=1 cargo test -p glans-tests access

# Looks for a document that the guard dies of, or reads for a second; needs cargo-fuzz and a nightly compiler
fuzz *ARGS:
    cargo +nightly fuzz run guard -- -max_len=65536 -timeout=1 {{ ARGS }}

# Licences, advisories, sources and doubles of what is built in; needs cargo-deny
deny:
    cargo deny check

# The two screens at the size of a country, on both databases, beside a flat SQL handler
bench *ARGS:
    cargo bench -p glans-tests --bench screens -- {{ ARGS }}
