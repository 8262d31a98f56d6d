# Assets from npm, a cgo build, and a small image that runs as nobody. `.ci/image` runs the same steps without Docker.

FROM node:22-bookworm-slim AS assets
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/build.mjs ./
COPY web/vendor/README.md vendor/
RUN npm ci --no-audit --no-fund --silent && node build.mjs && rm -rf node_modules

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=assets /src/web/vendor/ web/vendor/
ARG VERSION=dev
RUN CGO_ENABLED=1 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/earshot ./cmd/earshot

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin earshot \
 && mkdir -p /data/configs && chown -R earshot:earshot /data
COPY --from=build /out/earshot /usr/local/bin/earshot
COPY --chown=earshot:earshot configs/ /data/configs/
USER earshot
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["earshot", "health", "--url", "http://127.0.0.1:8080"]
ENTRYPOINT ["earshot"]
CMD ["serve", "--config", "configs/earshot.yaml", "--listen", "0.0.0.0:8080"]
