-- What a citizen thinks of a finished dossier: once, by himself.
-- migration 15 create_dossier_rating
CREATE TABLE dossier_rating (
    shard SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    procedure_key TEXT NOT NULL,
    level SMALLINT NOT NULL,
    reason TEXT NOT NULL,
    rated_us BIGINT NOT NULL,
    PRIMARY KEY (shard, dossier)
)
-- migration 16 index_dossier_rating_reason
CREATE INDEX dossier_rating_reason ON dossier_rating (shard, organisation, level, rated_us)
-- The count of ratings by month (yyyymm), kept with each rating.
-- migration 17 create_rating_figure
CREATE TABLE rating_figure (
    shard SMALLINT NOT NULL,
    organisation TEXT NOT NULL,
    month INTEGER NOT NULL,
    procedure_key TEXT NOT NULL,
    level SMALLINT NOT NULL,
    ratings BIGINT NOT NULL,
    PRIMARY KEY (shard, organisation, month, procedure_key, level)
)
-- migration 18 index_rating_figure_month
CREATE INDEX rating_figure_month ON rating_figure (shard, month, organisation, level, ratings)
-- due_us: by when the office has to act next, 0: it has ended; late_us: when its head was told that it is late.
-- migration 19 create_complaint
CREATE TABLE complaint (
    shard SMALLINT NOT NULL,
    id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    state SMALLINT NOT NULL,
    dossier BIGINT NOT NULL,
    applicant BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    reason TEXT NOT NULL,
    wish TEXT NOT NULL,
    lodged_us BIGINT NOT NULL,
    accepted_us BIGINT NOT NULL,
    due_us BIGINT NOT NULL,
    ended_us BIGINT NOT NULL,
    late_us BIGINT NOT NULL,
    answer TEXT NOT NULL,
    account BIGINT NOT NULL,
    PRIMARY KEY (shard, id)
)
-- migration 20 index_complaint_dossier
CREATE INDEX complaint_dossier ON complaint (shard, dossier, id)
-- migration 21 index_complaint_queue
CREATE INDEX complaint_queue ON complaint (shard, organisation, ended_us, due_us, id)
-- migration 22 index_complaint_late
CREATE INDEX complaint_late ON complaint (shard, ended_us, late_us, due_us, id)
-- Dossiers whose time has passed are looked for from the last one on: where the watch stands.
-- migration 23 index_dossier_due
CREATE INDEX dossier_due ON dossier (shard, ended_us, due_us, id)
-- migration 24 create_dossier_watch
CREATE TABLE dossier_watch (
    shard SMALLINT NOT NULL,
    name TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    at_id BIGINT NOT NULL,
    PRIMARY KEY (shard, name)
)
