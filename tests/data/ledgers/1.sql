PRAGMA application_id = 1869640809;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE attempts (
        number INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        owner TEXT NOT NULL,
        begun REAL NOT NULL,
        ended REAL,
        how TEXT NOT NULL DEFAULT ''
    );
INSERT INTO "attempts" VALUES(1,'a','host/1/2.00',1.0,2.0,'died');
INSERT INTO "attempts" VALUES(2,'b','host/1/2.00',2.0,3.0,'failed');
INSERT INTO "attempts" VALUES(3,'a','host/1/2.00',3.0,4.0,'done');
CREATE TABLE inputs (mark TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO "inputs" VALUES('50ac81f970325a3e011f2437818adde426e1278dee5670dd359edfca43a72d79',X'789C2BC92FCF0300047D01C9');
CREATE TABLE tasks (
        position INTEGER PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        version TEXT NOT NULL,
        input TEXT NOT NULL,
        spec TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed', 'aside')),
        owner TEXT NOT NULL DEFAULT '',
        deaths INTEGER NOT NULL DEFAULT 0,
        summary TEXT NOT NULL DEFAULT '{}',
        error TEXT NOT NULL DEFAULT '{}',
        size INTEGER NOT NULL DEFAULT 0,
        sha256 TEXT NOT NULL DEFAULT ''
    );
INSERT INTO "tasks" VALUES(1,'a','plan','0.1.0','50ac81f970325a3e011f2437818adde426e1278dee5670dd359edfca43a72d79','{"seed": 1}','done','',1,'{"objective": 1.5}','{}',10,'00');
INSERT INTO "tasks" VALUES(2,'b','plan','0.1.0','50ac81f970325a3e011f2437818adde426e1278dee5670dd359edfca43a72d79','{"seed": 2}','failed','',0,'{}','{"kind": "Infeasible", "code": 5, "message": "no"}',0,'');
INSERT INTO "tasks" VALUES(3,'c','plan','0.1.0','50ac81f970325a3e011f2437818adde426e1278dee5670dd359edfca43a72d79','{"seed": 3}','waiting','',0,'{}','{}',0,'');
CREATE INDEX tasks_by_state ON tasks (state, kind, version, position);
CREATE INDEX attempts_by_key ON attempts (key, number);
COMMIT;
