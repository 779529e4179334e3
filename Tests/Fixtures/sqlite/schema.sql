CREATE TABLE attempts (
    job INTEGER NOT NULL REFERENCES jobs (row),
    number INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    worker BLOB NOT NULL,
    claimed INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER NOT NULL,
    end_code INTEGER NOT NULL,
    end_data BLOB,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE TABLE definitions (
    sort TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (sort, name, version)
) WITHOUT ROWID;
CREATE TABLE files (
    hash TEXT PRIMARY KEY,
    contents BLOB NOT NULL
);
CREATE TABLE jobs (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    arguments BLOB NOT NULL,
    options BLOB,
    definition INTEGER,
    submitted INTEGER NOT NULL,
    submitted_wall INTEGER NOT NULL,
    workflow BLOB,
    step TEXT,
    step_index INTEGER,
    member INTEGER,
    unique_hash INTEGER,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    detail INTEGER,
    detail_text TEXT,
    due INTEGER,
    due_wall INTEGER,
    fence INTEGER NOT NULL CHECK (fence >= attempts),
    generation INTEGER NOT NULL CHECK (generation >= 1),
    attempts INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    crashed INTEGER NOT NULL,
    unstarted INTEGER NOT NULL,
    worker BLOB,
    claimed INTEGER,
    lease_started INTEGER,
    lease_expires INTEGER,
    started INTEGER,
    finished INTEGER,
    result BLOB,
    failure BLOB,
    progress_done INTEGER,
    progress_total INTEGER,
    status_name TEXT,
    status_data BLOB,
    start_by INTEGER,
    deadline INTEGER, stand_in BLOB,
    CHECK ((state = 3) = (worker IS NOT NULL)),
    CHECK ((state = 4) = (finished IS NOT NULL)),
    CHECK (result IS NULL OR state = 4)
);
CREATE TABLE leases (
    worker BLOB PRIMARY KEY,
    renewed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE queues (
    name TEXT PRIMARY KEY,
    is_set INTEGER NOT NULL,
    is_paused INTEGER NOT NULL,
    capacity INTEGER,
    keep_for INTEGER NOT NULL,
    keep_count INTEGER,
    suspended INTEGER NOT NULL,
    ready INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    running INTEGER NOT NULL,
    finished INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE steps (
    workflow INTEGER NOT NULL REFERENCES workflows (row),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    state INTEGER NOT NULL,
    members INTEGER NOT NULL,
    succeeded INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (workflow, position)
) WITHOUT ROWID;
CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    sequence INTEGER NOT NULL,
    clock_offset INTEGER NOT NULL,
    boot TEXT NOT NULL,
    last_store INTEGER NOT NULL,
    last_wall INTEGER NOT NULL
);
CREATE TABLE submission_keys (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    job BLOB NOT NULL,
    queue TEXT NOT NULL,
    arguments BLOB NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    created INTEGER NOT NULL,
    revoked INTEGER
) WITHOUT ROWID;
CREATE TABLE workers (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    kinds BLOB NOT NULL,
    queues BLOB NOT NULL,
    slots INTEGER NOT NULL,
    is_local INTEGER NOT NULL,
    since INTEGER NOT NULL,
    lease_ends INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE workflows (
    row INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    hash TEXT NOT NULL,
    commands BLOB NOT NULL,
    parameters BLOB NOT NULL,
    submitted INTEGER NOT NULL,
    submitted_wall INTEGER NOT NULL,
    cancelled TEXT,
    outcome INTEGER,
    finished INTEGER,
    outputs BLOB
);
CREATE INDEX jobs_deadline ON jobs (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX jobs_due ON jobs (due) WHERE due IS NOT NULL;
CREATE INDEX jobs_due_wall ON jobs (due_wall) WHERE due_wall IS NOT NULL;
CREATE INDEX jobs_finished ON jobs (queue, finished) WHERE finished IS NOT NULL;
CREATE INDEX jobs_held ON jobs (worker) WHERE worker IS NOT NULL;
CREATE INDEX jobs_members ON jobs (workflow, step, member) WHERE workflow IS NOT NULL;
CREATE INDEX jobs_merged ON jobs (stand_in, id) WHERE stand_in IS NOT NULL AND state = 0;
CREATE INDEX jobs_ready ON jobs (queue, kind, priority DESC, sequence, submitted) WHERE state = 1;
CREATE INDEX jobs_start_by ON jobs (start_by) WHERE start_by IS NOT NULL;
CREATE INDEX jobs_unique ON jobs (unique_hash) WHERE unique_hash IS NOT NULL AND state < 4;
CREATE INDEX jobs_unsuccessful ON jobs (id) WHERE finished IS NOT NULL AND detail > 0;
CREATE INDEX jobs_waiting ON jobs (queue, id) WHERE state < 3;
CREATE INDEX submission_keys_expires ON submission_keys (expires);
CREATE UNIQUE INDEX tokens_live ON tokens (name) WHERE revoked IS NULL;
CREATE INDEX workflows_finished ON workflows (finished) WHERE finished IS NOT NULL;
