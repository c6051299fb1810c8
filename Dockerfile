FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt
COPY graph graph
COPY queries queries
COPY ingest ingest
COPY api api
RUN pip install --no-cache-dir --no-build-isolation --no-deps .
RUN useradd --create-home xinnong && mkdir /data && chown xinnong /data
USER xinnong
CMD ["xinnong", "serve"]
