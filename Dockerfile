# syntax=docker/dockerfile:1
# Everything is installed from the hash-locked list; nothing is built or fetched at run time.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/vigil
COPY requirements.lock /src/requirements.lock
RUN /opt/vigil/bin/python -m pip install --require-hashes -r /src/requirements.lock
COPY pyproject.toml README.md LICENSE /src/
COPY bot /src/bot
COPY filters /src/filters
RUN /opt/vigil/bin/python -m pip install --no-deps --no-build-isolation /src \
 && /opt/vigil/bin/python -m compileall -q /opt/vigil/lib

FROM python:3.12-slim
COPY --from=build /opt/vigil /opt/vigil
# The root file system may be read-only: only /data is written to.
RUN groupadd --gid 10001 vigil \
 && useradd --uid 10001 --gid vigil --no-create-home --home-dir /data --shell /usr/sbin/nologin vigil \
 && install -d -m 0700 -o vigil -g vigil /data
ENV PATH=/opt/vigil/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VIGIL_DATA_DIR=/data
USER vigil
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 \
  CMD ["vigil", "doctor", "--quick"]
ENTRYPOINT ["vigil"]
CMD ["run"]
