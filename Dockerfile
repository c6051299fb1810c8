FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt requirements-dev.txt pyproject.toml README.md LICENSE ./
# of the tools only what an operations store in PostgreSQL is spoken to with
RUN awk '/^[a-z]/ { kept = /^psycopg/ } kept' requirements-dev.txt > postgresql.txt \
    && pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt \
    && pip install --no-cache-dir --require-hashes --no-deps -r postgresql.txt
COPY graph graph
COPY queries queries
COPY ingest ingest
COPY api api
RUN pip install --no-cache-dir --no-build-isolation --no-deps .
RUN useradd --create-home xinnong && mkdir /data /backups && chown xinnong /data /backups
USER xinnong
CMD ["xinnong", "serve"]
