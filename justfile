# Short names for what `cargo xtask` does. `just` alone lists them.

# List the recipes
default:
    @just --list --unsorted

# Start the shop with demo products and a local Stripe
run *arguments:
    cargo xtask run {{ arguments }}

# All that continuous integration runs
test *arguments:
    cargo xtask test {{ arguments }}

# The checks and tests of daily work: SQLite, no browser
fast *words:
    cargo xtask test --fast {{ words }}

# Browser tests
e2e *arguments:
    cargo xtask e2e {{ arguments }}

# Build the browser app
web *arguments:
    cargo xtask web {{ arguments }}

# Format everything
format:
    cargo fmt --all

# Rewrite openapi/openapi.json
openapi:
    cargo xtask openapi

# Measure speed and memory against yardsticks
bench *arguments:
    cargo xtask bench {{ arguments }}

# The production shape in containers: needs a filled-in .env
up *arguments:
    docker compose up --build {{ arguments }}
