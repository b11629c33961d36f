# docker build -t rekey .
# docker run --rm rekey keygen > rekey.env       # once; store it separately from the data
# docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --stop-timeout 30 \
#   --env-file rekey.env --volume rekey-data:/data --publish 127.0.0.1:8080:8080 rekey

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed: better-sqlite3 includes its binaries, and the image already has Node 24.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json README.md LICENSE ./
COPY scripts ./scripts
COPY generated ./generated
COPY src ./src
# dist/ contains all libraries but better-sqlite3, of which the server needs neither the sources nor the binaries for
# other platforms.
RUN node scripts/build.ts && cd node_modules/better-sqlite3 && rm -r deps src binding.gyp && \
  find prebuilds -type f ! -name "linux-$(node --print process.arch).node" -delete

FROM node:24-slim
# Remove the package managers: the server does not need them, and they would need security updates.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* /usr/local/bin/yarn /usr/local/bin/yarnpkg
# The image does not set DATABASE_URL, so that DATABASE_URL_FILE can be set. The default, ./data, is a link to /data.
RUN mkdir --mode=700 /data && chown 1000:1000 /data && mkdir /app && ln -s /data /app/data
WORKDIR /app
COPY --from=build /app/node_modules/better-sqlite3 ./node_modules/better-sqlite3
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
# The user `node`, by number, so orchestrators can verify that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 8080
# Checks only that the process runs. /readyz also checks the database, which a restart would not fix.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# By default, V8's young generation grows to 192 MiB, although 48 MiB are as fast. Node also starts four V8 worker
# threads on any machine; 0 derives their number from the available processors.
ENTRYPOINT ["node", "--max-semi-space-size=16", "--v8-pool-size=0", "/app/dist/src/main.js"]
CMD ["serve"]
