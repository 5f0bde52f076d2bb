# syntax=docker/dockerfile:1
# The server with the browser app: build by `docker build -t vitrine .`, run with settings as in .env.example.

FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && rustup target add wasm32-unknown-unknown
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    --mount=type=cache,target=/src/frontend/node_modules \
    cargo xtask web \
    && cargo build --locked --release --package vitrine \
    && install -D target/release/vitrine /out/vitrine \
    && cp -r frontend/dist /out/web

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --create-home vitrine
COPY --from=build /out/vitrine /usr/local/bin/vitrine
COPY --from=build /out/web /srv/web
USER vitrine
VOLUME /data
ENV VITRINE_BIND=0.0.0.0:8080 VITRINE_DATA_DIR=/data VITRINE_WEB_DIR=/srv/web
EXPOSE 8080
# bash speaks TCP: no HTTP client needs to be installed for this.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
ENTRYPOINT ["vitrine"]
CMD ["serve"]
