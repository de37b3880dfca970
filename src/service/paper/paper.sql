-- query papers_of(shard i16, dossier i64) many
-- row paper_row
SELECT dossier, kind, event, lang, code, number, organisation, issued_us, digest, file, bytes, subject, state, ended_us
FROM paper WHERE shard = :shard AND dossier = :dossier ORDER BY kind, event, lang LIMIT 1000;

-- query paper_add(shard i16, dossier i64, kind i16, event i32, lang i16, code str, number str, organisation str, issued_us i64,
--   digest bytes, file str, bytes i64, subject i64, state i16, ended_us i64) exec
INSERT INTO paper (shard, dossier, kind, event, lang, code, number, organisation, issued_us, digest, file, bytes, subject, state, ended_us)
VALUES (:shard, :dossier, :kind, :event, :lang, :code, :number, :organisation, :issued_us, :digest, :file, :bytes, :subject, :state, :ended_us);

-- query paper_end(shard i16, dossier i64, kind i16, from_state i16, state i16, ended_us i64) exec
UPDATE paper SET state = :state, ended_us = :ended_us WHERE shard = :shard AND dossier = :dossier AND kind = :kind AND state = :from_state;

-- query paper_code_get(code str) one?
SELECT shard, dossier FROM paper_code WHERE code = :code;

-- query paper_code_add(code str, shard i16, dossier i64) exec
INSERT INTO paper_code (code, shard, dossier) VALUES (:code, :shard, :dossier);

-- What an office received between two moments, by time.
-- query dossiers_received(shard i16, organisation str, from_us i64, to_us i64, most i64) many
-- row dossier_row
SELECT id, version, state, generation, procedure_key, procedure_day, code, applicant, account, channel, organisation, unit, assignee,
    step, created_us, submitted_us, due_us, ended_us, until_us, fee, paid, granted, answers
FROM dossier WHERE shard = :shard AND organisation = :organisation AND submitted_us >= :from_us AND submitted_us < :to_us AND submitted_us > 0
ORDER BY submitted_us, id LIMIT :most;

-- query subject_key_get(shard i16, subject i64) one?
SELECT sealed FROM subject_key WHERE shard = :shard AND subject = :subject;

-- query subject_key_any(shard i16) one?
SELECT subject FROM subject_key WHERE shard = :shard LIMIT 1;

-- query subject_key_add(shard i16, subject i64, sealed bytes, made_us i64) exec
INSERT INTO subject_key (shard, subject, sealed, made_us) VALUES (:shard, :subject, :sealed, :made_us);

-- query subject_key_drop(shard i16, subject i64, sealed bytes) exec
UPDATE subject_key SET sealed = :sealed WHERE shard = :shard AND subject = :subject;

-- query attachments_of(shard i16, dossier i64) many
-- row attachment_row
SELECT dossier, id, component, name, media, bytes, digest, file, subject, account, added_us
FROM attachment WHERE shard = :shard AND dossier = :dossier ORDER BY added_us, id LIMIT 500;

-- query attachment_add_row(shard i16, dossier i64, id i64, component str, name str, media i16, bytes i64, digest bytes, file str,
--   subject i64, account i64, added_us i64) exec
INSERT INTO attachment (shard, dossier, id, component, name, media, bytes, digest, file, subject, account, added_us)
VALUES (:shard, :dossier, :id, :component, :name, :media, :bytes, :digest, :file, :subject, :account, :added_us);

-- query attachment_drop_row(shard i16, dossier i64, id i64) exec
DELETE FROM attachment WHERE shard = :shard AND dossier = :dossier AND id = :id;

-- query paper_of_file(shard i16, file str) one?
SELECT dossier FROM paper WHERE shard = :shard AND file = :file LIMIT 1;

-- query attachment_of_file(shard i16, file str) one?
SELECT dossier FROM attachment WHERE shard = :shard AND file = :file LIMIT 1;
