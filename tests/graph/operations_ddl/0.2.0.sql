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
CREATE TABLE rule_texts (
  id VARCHAR(64) NOT NULL,
  text BLOB NOT NULL,
  PRIMARY KEY (id)
);
CREATE TABLE jobs (
  id VARCHAR(64) NOT NULL,
  kind VARCHAR(32) NOT NULL,
  request_sha256 VARCHAR(64) NOT NULL,
  request TEXT NOT NULL,
  state VARCHAR(16) NOT NULL,
  began_at DATETIME NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  problem TEXT,
  PRIMARY KEY (id)
);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_jobs_began_at ON jobs (began_at);
CREATE TABLE identity_pairs (
  one VARCHAR(128) NOT NULL,
  other VARCHAR(128) NOT NULL,
  probability DOUBLE NOT NULL,
  reasons JSON NOT NULL,
  policy VARCHAR(64) NOT NULL,
  found_at DATETIME NOT NULL,
  PRIMARY KEY (one, other)
);
CREATE TABLE identity_judgements (
  number INTEGER NOT NULL,
  one VARCHAR(128) NOT NULL,
  other VARCHAR(128) NOT NULL,
  verdict VARCHAR(16) NOT NULL,
  user VARCHAR(64) NOT NULL,
  at DATETIME NOT NULL,
  note VARCHAR(500) NOT NULL,
  takes_back INTEGER,
  PRIMARY KEY (number)
);
CREATE INDEX ix_identity_judgements_one ON identity_judgements (one);
CREATE INDEX ix_identity_judgements_other ON identity_judgements (other);
CREATE TABLE leases (
  source VARCHAR(64) NOT NULL,
  pid INTEGER NOT NULL,
  started DOUBLE NOT NULL,
  since DATETIME NOT NULL,
  PRIMARY KEY (source)
);
CREATE TABLE ledger (
  source VARCHAR(64) NOT NULL,
  content_sha256 VARCHAR(64) NOT NULL,
  file_name VARCHAR(255) NOT NULL,
  state VARCHAR(16) NOT NULL,
  received_at DATETIME,
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
CREATE TABLE proposals (
  id VARCHAR(64) NOT NULL,
  subject VARCHAR(64) NOT NULL,
  text BLOB NOT NULL,
  proof BLOB NOT NULL,
  proposed_by VARCHAR(64) NOT NULL,
  proposed_at DATETIME NOT NULL,
  approved_by VARCHAR(64),
  approved_at DATETIME,
  PRIMARY KEY (id)
);
CREATE INDEX ix_proposals_approved_at ON proposals (approved_at);
CREATE INDEX ix_proposals_subject ON proposals (subject);
CREATE TABLE uploads (
  id VARCHAR(128) NOT NULL,
  source VARCHAR(64) NOT NULL,
  file_name VARCHAR(255) NOT NULL,
  content_sha256 VARCHAR(64) NOT NULL,
  chunks INTEGER NOT NULL,
  list_name VARCHAR(255),
  list_part INTEGER,
  list_of INTEGER,
  state VARCHAR(16) NOT NULL,
  began_at DATETIME NOT NULL,
  doing VARCHAR(255) NOT NULL,
  done INTEGER NOT NULL,
  total INTEGER,
  result TEXT,
  PRIMARY KEY (id)
);
CREATE INDEX ix_uploads_state ON uploads (state);
CREATE TABLE job_lines (
  job VARCHAR(64) NOT NULL,
  number INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (job, number),
  FOREIGN KEY(job) REFERENCES jobs (id)
);
