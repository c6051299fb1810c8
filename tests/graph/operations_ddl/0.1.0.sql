CREATE TABLE decisions (
  id VARCHAR(64) NOT NULL,
  party VARCHAR(128) NOT NULL,
  product VARCHAR(64) NOT NULL,
  verdict VARCHAR(16) NOT NULL,
  decided_at DATETIME NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX ix_decisions_party ON decisions (party);
CREATE INDEX ix_decisions_decided_at ON decisions (decided_at);
CREATE INDEX ix_decisions_product ON decisions (product);
CREATE TABLE ledger (
  source VARCHAR(64) NOT NULL,
  content_sha256 VARCHAR(64) NOT NULL,
  file_name VARCHAR(255) NOT NULL,
  state VARCHAR(16) NOT NULL,
  batch VARCHAR(128),
  position INTEGER,
  known_at DATETIME,
  rows_in INTEGER,
  accepted INTEGER,
  unchanged INTEGER,
  quarantined INTEGER,
  refused_code VARCHAR(64),
  refused_at DATETIME,
  PRIMARY KEY (source, content_sha256)
);
